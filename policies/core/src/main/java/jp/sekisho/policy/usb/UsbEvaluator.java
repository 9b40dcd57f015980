package jp.sekisho.policy.usb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Decides about USB devices: total, deterministic, without clock or I/O. Thread-safe.
 *
 * <p>The first of these that applies decides:
 *
 * <ol>
 *   <li>{@value #SYSTEM_DISK}: the disk the system runs from is released.
 *   <li>{@value #MALFORMED}: descriptors that are not whole are blocked.
 *   <li>{@value #STORAGE}, or the policy's own id: storage in any configuration or setting blocks
 *       the whole device, enrolled or not.
 *   <li>the policy's rule of enrolled peripherals releases a device it lists, when every interface
 *       is listed too.
 *   <li>{@value #CLASS}, or the policy's own id: anything with an interface that is not input, hub
 *       or smart-card reader is blocked.
 *   <li>{@value #KEYBOARD_AT_START}, {@value #FURTHER_KEYBOARD}, {@value #KEYBOARD}: a keyboard in
 *       use when the gate started stays, one more is blocked while another is released, the first
 *       is released.
 *   <li>{@value #HUB}, {@value #SMART_CARD}, {@value #INPUT}: released.
 * </ol>
 *
 * <p>The strictest policy is one that enrols nothing; it is what a terminal without a policy uses.
 */
public final class UsbEvaluator {
  public static final String SYSTEM_DISK = "usb.system-disk";
  public static final String MALFORMED = "usb.malformed";
  public static final String STORAGE = "usb.storage";
  public static final String CLASS = "usb.class";
  public static final String KEYBOARD_AT_START = "usb.keyboard-at-start";
  public static final String FURTHER_KEYBOARD = "usb.further-keyboard";
  public static final String KEYBOARD = "usb.keyboard";
  public static final String HUB = "usb.hub";
  public static final String SMART_CARD = "usb.smart-card";
  public static final String INPUT = "usb.input";

  /** A released device that got a driver for something else; decided by the gate, not here. */
  public static final String DRIVER = "usb.driver";

  private static final Set<Integer> HARMLESS =
      Set.of(UsbInterface.CLASS_HID, UsbInterface.CLASS_HUB, UsbInterface.CLASS_SMART_CARD);

  private final @Nullable UsbRules rules;
  // By idVendor and idProduct: the list may hold a thousand.
  private final Map<Integer, List<EnrolledPeripheral>> enrolled;

  private UsbEvaluator(@Nullable UsbRules rules) {
    this.rules = rules;
    this.enrolled =
        rules == null
            ? Map.of()
            : rules.enrolled().value().stream()
                .collect(
                    Collectors.groupingBy(
                        one -> Integer.parseUnsignedInt(one.vendor() + one.product(), 16)));
  }

  /** Decides by the built-in rules alone: nothing is enrolled. */
  public static UsbEvaluator strictest() {
    return new UsbEvaluator(null);
  }

  /** Decides by the built-in rules and those of a policy, whose ids the verdicts then name. */
  public static UsbEvaluator by(UsbRules rules) {
    return new UsbEvaluator(rules);
  }

  /** What is done with {@code device}. */
  public UsbVerdict decide(UsbDevice device, UsbSurroundings around) {
    UsbDescriptors said;
    try {
      said = UsbDescriptors.parse(device.descriptors());
    } catch (MalformedException e) {
      return around.systemDisk()
          ? verdict(SYSTEM_DISK, null, null)
          : verdict(MALFORMED, Refusal.USB_MALFORMED, null);
    }
    if (around.systemDisk()) {
      return verdict(SYSTEM_DISK, null, said);
    }
    if (any(said, UsbInterface.CLASS_STORAGE)) {
      return verdict(rules == null ? STORAGE : rules.storage().id(), Refusal.USB_STORAGE, said);
    }
    if (rules != null && isEnrolled(device, said)) {
      return verdict(rules.enrolled().id(), null, said);
    }
    if ((said.hasOwnClass() && !HARMLESS.contains(said.deviceClass()))
        || !said.interfaces().stream().allMatch(i -> HARMLESS.contains(i.usbClass()))) {
      return verdict(rules == null ? CLASS : rules.unlisted().id(), Refusal.USB_CLASS, said);
    }
    if (isKeyboard(said)) {
      if (around.inUseAtStart()) {
        return verdict(KEYBOARD_AT_START, null, said);
      }
      return around.otherKeyboard()
          ? verdict(FURTHER_KEYBOARD, Refusal.USB_KEYBOARD_WAITS, said)
          : verdict(KEYBOARD, null, said);
    }
    if (any(said, UsbInterface.CLASS_HUB)) {
      return verdict(HUB, null, said);
    }
    return verdict(any(said, UsbInterface.CLASS_SMART_CARD) ? SMART_CARD : INPUT, null, said);
  }

  private static UsbVerdict verdict(
      String rule, @Nullable Refusal reason, @Nullable UsbDescriptors said) {
    if (said == null) {
      return new UsbVerdict(rule, reason, false, false, null, null, List.of());
    }
    List<String> classes = new ArrayList<>(said.interfaces().size());
    for (UsbInterface one : said.interfaces()) {
      String text = one.classes();
      if (!classes.contains(text)) {
        classes.add(text);
      }
    }
    boolean medium =
        reason == Refusal.USB_STORAGE
            && (!said.hasOwnClass() || said.deviceClass() == UsbInterface.CLASS_STORAGE)
            && said.interfaces().stream().allMatch(UsbInterface::isStorage);
    return new UsbVerdict(
        rule, reason, medium, isKeyboard(said), said.vendor(), said.product(), classes);
  }

  private boolean isEnrolled(UsbDevice device, UsbDescriptors said) {
    List<EnrolledPeripheral> candidates = enrolled.get(said.vendor() << 16 | said.product());
    if (candidates == null) {
      return false;
    }
    String ownClass = String.format(Locale.ROOT, "%02x", said.deviceClass());
    if (said.hasOwnClass() && EnrolledPeripheral.FORBIDDEN_CLASSES.contains(ownClass)) {
      return false;
    }
    return candidates.stream()
        .anyMatch(one ->
            (one.serial() == null || one.serial().equals(device.serial()))
                && said.interfaces().stream()
                    .allMatch(i -> one.interfaces().contains(i.classes())));
  }

  private static boolean isKeyboard(UsbDescriptors said) {
    return said.interfaces().stream().anyMatch(UsbInterface::isKeyboard);
  }

  private static boolean any(UsbDescriptors said, int usbClass) {
    return said.deviceClass() == usbClass
        || said.interfaces().stream().anyMatch(i -> i.usbClass() == usbClass);
  }
}
