package jp.sekisho.policy.usb;

/**
 * One interface descriptor: an interface in one configuration and one alternate setting.
 *
 * @param configuration its bConfigurationValue, 0 to 255
 * @param number its bInterfaceNumber
 * @param alternate its bAlternateSetting
 * @param usbClass its bInterfaceClass
 * @param subclass its bInterfaceSubClass
 * @param protocol its bInterfaceProtocol
 */
public record UsbInterface(
    int configuration, int number, int alternate, int usbClass, int subclass, int protocol) {
  /** Human interface devices: keyboards, pointers, FIDO keys (usage page F1D0). */
  public static final int CLASS_HID = 0x03;

  /** Mass storage, in every protocol: Bulk-Only, CBI, UAS. */
  public static final int CLASS_STORAGE = 0x08;

  /** Hubs. */
  public static final int CLASS_HUB = 0x09;

  /** Smart card readers (CCID). */
  public static final int CLASS_SMART_CARD = 0x0B;

  private static final int HID_BOOT_KEYBOARD = 1;

  /** Whether it is of the mass-storage class. */
  public boolean isStorage() {
    return usbClass == CLASS_STORAGE;
  }

  /**
   * Whether it says of itself that it types. A HID interface without a boot protocol may type as
   * well; its report descriptor, readable only after release, tells ({@link HidUsages}).
   */
  public boolean isKeyboard() {
    return usbClass == CLASS_HID && protocol == HID_BOOT_KEYBOARD;
  }

  /** {@code class:subclass:protocol} as policy and log have it, such as {@code 03:01:01}. */
  public String classes() {
    // By hand: String.format would be most of a decision's time.
    char[] text = {
      hex(usbClass >> 4), hex(usbClass), ':',
      hex(subclass >> 4), hex(subclass), ':',
      hex(protocol >> 4), hex(protocol)
    };
    return new String(text);
  }

  private static char hex(int value) {
    return Character.forDigit(value & 0xF, 16);
  }
}
