package jp.sekisho.agent.enforce.usb;

import java.util.List;
import java.util.Set;
import jp.sekisho.agent.enforce.usb.UsbPorts.Bound;
import jp.sekisho.policy.usb.UsbEvaluator;

/**
 * Which drivers may serve a released device, by the rule that released it.
 *
 * <p>A device is judged by the classes it names, but Linux also binds drivers by vendor and product
 * alone, whatever the class: usb-storage by its list of unusual devices, network adapters by
 * theirs. A device that names a keyboard's class and such an id would be a disk. So the rule is
 * kept by what was bound, too.
 */
final class UsbDrivers {
  /** Input, hubs, and what a program serves by itself: card readers, FIDO keys. */
  private static final Set<String> HARMLESS = Set.of("usbhid", "hub", "usbfs");

  /** Of a medium that a grant opened. */
  private static final Set<String> STORAGE = Set.of("usb-storage", "uas");

  /** Variants of usb-storage for single chips: ums-realtek and so on. */
  private static final String STORAGE_VARIANT = "ums-";

  private static final Set<String> BY_CLASS =
      Set.of(
          UsbEvaluator.KEYBOARD_AT_START,
          UsbEvaluator.KEYBOARD,
          UsbEvaluator.HUB,
          UsbEvaluator.SMART_CARD,
          UsbEvaluator.INPUT);

  private UsbDrivers() {}

  /** Whether a device released by {@code rule} has a driver that the rule does not mean. */
  static boolean isForeign(String rule, List<Bound> bound, boolean hasVolume) {
    if (rule.equals(UsbEvaluator.SYSTEM_DISK)) {
      return false;
    }
    if (BY_CLASS.contains(rule)) {
      return hasVolume
          || bound.stream().anyMatch(one -> one.carries() || !HARMLESS.contains(one.driver()));
    }
    // Enrolled: printers and the like have drivers of all names, but none that brings files or a
    // network.
    return hasVolume || bound.stream().anyMatch(one -> one.carries() || isStorage(one.driver()));
  }

  /** Whether a medium that a grant opened is served by anything that is not for storage. */
  static boolean isForeignToMedium(List<Bound> bound) {
    return bound.stream().anyMatch(one -> !isStorage(one.driver()));
  }

  private static boolean isStorage(String driver) {
    return STORAGE.contains(driver) || driver.startsWith(STORAGE_VARIANT);
  }
}
