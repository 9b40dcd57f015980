package jp.sekisho.policy.usb;

import java.util.HashSet;
import java.util.List;
import jp.sekisho.policy.rule.Rule;

/**
 * Which USB devices a terminal lets in.
 *
 * <p>Hubs, the first keyboard and pointer, card readers, security keys and the system disk are not
 * for a policy to block; the gate knows them.
 *
 * @param storage what happens to storage
 * @param unlisted what happens to everything no rule names
 * @param enrolled the peripherals of the counters, at most {@value #MAX_ENROLLED}, none twice
 */
public record UsbRules(
    Rule<StorageAccess> storage,
    Rule<UnlistedDevices> unlisted,
    Rule<List<EnrolledPeripheral>> enrolled) {
  /** Most peripherals. */
  public static final int MAX_ENROLLED = 1000;

  /** Checks that no peripheral is listed twice. */
  public UsbRules {
    List<EnrolledPeripheral> all = List.copyOf(enrolled.value());
    enrolled = new Rule<>(enrolled.id(), enrolled.reason(), all);
    if (all.size() > MAX_ENROLLED || new HashSet<>(all).size() != all.size()) {
      throw new IllegalArgumentException("enrolled are over 1000 or one stands there twice");
    }
  }
}
