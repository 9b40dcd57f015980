package jp.sekisho.policy.usb;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 *   <li>{@value #STORAGE}: storage in any configuration or setting blocks the whole device,
 *       enrolled or not.
 *   <li>a rule of the policy that enrols exactly this device releases it.
 *   <li>{@value #CLASS}: anything with an interface that is not input, hub or smart-card reader is
 *       blocked.
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

  private static final Set<Integer> HARMLESS =
      Set.of(UsbInterface.CLASS_HID, UsbInterface.CLASS_HUB, UsbInterface.CLASS_SMART_CARD);

  private final EnrolledDevices enrolled;

  /**
   * Decides by the built-in rules and {@code enrolled}.
   *
   * @param enrolled the peripherals of the terminal's policy
   */
  public UsbEvaluator(EnrolledDevices enrolled) {
    this.enrolled = enrolled;
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
      return verdict(STORAGE, Refusal.USB_STORAGE, said);
    }
    Optional<String> rule = enrolled.ruleFor(device);
    if (rule.isPresent()) {
      return verdict(rule.get(), null, said);
    }
    if ((said.hasOwnClass() && !HARMLESS.contains(said.deviceClass()))
        || !said.interfaces().stream().allMatch(i -> HARMLESS.contains(i.usbClass()))) {
      return verdict(CLASS, Refusal.USB_CLASS, said);
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
    List<String> classes = new ArrayList<>();
    for (UsbInterface one : said.interfaces()) {
      if (!classes.contains(one.classes())) {
        classes.add(one.classes());
      }
    }
    boolean medium =
        reason == Refusal.USB_STORAGE
            && (!said.hasOwnClass() || said.deviceClass() == UsbInterface.CLASS_STORAGE)
            && said.interfaces().stream().allMatch(UsbInterface::isStorage);
    return new UsbVerdict(
        rule, reason, medium, isKeyboard(said), said.vendor(), said.product(), classes);
  }

  private static boolean isKeyboard(UsbDescriptors said) {
    return said.interfaces().stream().anyMatch(UsbInterface::isKeyboard);
  }

  private static boolean any(UsbDescriptors said, int usbClass) {
    return said.deviceClass() == usbClass
        || said.interfaces().stream().anyMatch(i -> i.usbClass() == usbClass);
  }
}
