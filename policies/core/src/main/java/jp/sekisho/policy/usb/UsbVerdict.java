package jp.sekisho.policy.usb;

import java.util.List;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a device, and by which rule.
 *
 * @param rule id of the rule that decided
 * @param reason why it is blocked; null exactly when it is released
 * @param medium whether a grant may open it: it is blocked for being storage and is nothing else. A
 *     stick that also types is opened by no grant
 * @param keyboard whether it says it types, in any configuration
 * @param vendor idVendor; null when it cannot be read
 * @param product idProduct; null when it cannot be read
 * @param classes class:subclass:protocol of its interfaces, each once, in the order of the bytes,
 *     at most {@value #MAX_CLASSES}
 */
public record UsbVerdict(
    String rule,
    @Nullable Refusal reason,
    boolean medium,
    boolean keyboard,
    @Nullable Integer vendor,
    @Nullable Integer product,
    List<String> classes) {
  /** Most classes named; a device with more of them is an oddity whose fingerprint says enough. */
  public static final int MAX_CLASSES = 32;

  public UsbVerdict {
    classes = List.copyOf(classes.size() > MAX_CLASSES ? classes.subList(0, MAX_CLASSES) : classes);
  }

  /** Whether the device is released. */
  public boolean allowed() {
    return reason == null;
  }
}
