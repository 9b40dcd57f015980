package jp.sekisho.policy.usb;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.protocol.MalformedException;

/**
 * What a USB device says of itself: its device descriptor and every interface of every
 * configuration and alternate setting.
 *
 * <p>Read from the kernel's {@code descriptors} file (USB 2.0 §9.6, USB 3.2 §9.6): the device
 * descriptor, then each configuration with all that belongs to it, little-endian, as the device
 * sent them. The reading is stricter than the kernel's, which skips what it does not understand: a
 * length that does not fit, a part too many or too few, a count that is wrong are all malformed,
 * because what two readers see differently is where a device hides.
 *
 * @param vendor idVendor
 * @param product idProduct
 * @param deviceClass bDeviceClass; 0 and 0xEF say "look at the interfaces"
 * @param interfaces in the order of the bytes, at least one
 */
public record UsbDescriptors(
    int vendor, int product, int deviceClass, List<UsbInterface> interfaces) {
  /** Most bytes read of one device: nobody needs more, and the kernel reads as much. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Most configurations: the kernel ignores further ones, so a device with more is malformed. */
  public static final int MAX_CONFIGURATIONS = 8;

  /** Most interfaces of a configuration; further ones the kernel ignores as well. */
  public static final int MAX_INTERFACES = 32;

  private static final int DEVICE_LENGTH = 18;
  private static final int CONFIGURATION_LENGTH = 9;
  private static final int INTERFACE_LENGTH = 9;
  private static final int TYPE_DEVICE = 1;
  private static final int TYPE_CONFIGURATION = 2;
  private static final int TYPE_INTERFACE = 4;
  private static final int CLASS_PER_INTERFACE = 0x00;
  private static final int CLASS_MISCELLANEOUS = 0xEF;

  public UsbDescriptors {
    interfaces = List.copyOf(interfaces);
  }

  /** Whether the device as a whole names a class of its own, which is then judged too. */
  public boolean hasOwnClass() {
    return deviceClass != CLASS_PER_INTERFACE && deviceClass != CLASS_MISCELLANEOUS;
  }

  /**
   * Reads the bytes of a {@code descriptors} file.
   *
   * @throws MalformedException unless every byte is accounted for
   */
  public static UsbDescriptors parse(byte[] raw) throws MalformedException {
    if (raw.length > MAX_BYTES) {
      throw new MalformedException("over " + MAX_BYTES + " bytes");
    }
    if (raw.length < DEVICE_LENGTH || u8(raw, 0) != DEVICE_LENGTH || u8(raw, 1) != TYPE_DEVICE) {
      throw new MalformedException("no device descriptor");
    }
    int configurations = u8(raw, 17);
    if (configurations < 1 || configurations > MAX_CONFIGURATIONS) {
      throw new MalformedException("not 1 to " + MAX_CONFIGURATIONS + " configurations");
    }
    List<UsbInterface> interfaces = new ArrayList<>();
    Set<Integer> values = new HashSet<>();
    int at = DEVICE_LENGTH;
    for (int i = 0; i < configurations; i++) {
      at = configuration(raw, at, values, interfaces);
    }
    if (at != raw.length) {
      throw new MalformedException("bytes after the last configuration");
    }
    return new UsbDescriptors(u16(raw, 8), u16(raw, 10), u8(raw, 4), interfaces);
  }

  /** Reads one configuration and answers where the next begins. */
  private static int configuration(
      byte[] raw, int start, Set<Integer> values, List<UsbInterface> interfaces)
      throws MalformedException {
    if (raw.length - start < CONFIGURATION_LENGTH
        || u8(raw, start) != CONFIGURATION_LENGTH
        || u8(raw, start + 1) != TYPE_CONFIGURATION) {
      throw new MalformedException("no configuration descriptor");
    }
    int length = u16(raw, start + 2);
    if (length < CONFIGURATION_LENGTH || length > raw.length - start) {
      throw new MalformedException("wTotalLength does not fit");
    }
    int value = u8(raw, start + 5);
    if (!values.add(value)) {
      throw new MalformedException("two configurations of one value");
    }
    int end = start + length;
    Set<Integer> numbers = new HashSet<>();
    Set<Integer> alternates = new HashSet<>();
    int at = start + CONFIGURATION_LENGTH;
    while (at < end) {
      int size = u8(raw, at);
      if (end - at < 2 || size < 2 || size > end - at) {
        throw new MalformedException("bLength does not fit");
      }
      switch (u8(raw, at + 1)) {
        case TYPE_DEVICE, TYPE_CONFIGURATION ->
            throw new MalformedException("a device or configuration inside a configuration");
        case TYPE_INTERFACE -> {
          if (size < INTERFACE_LENGTH) {
            throw new MalformedException("bad interface descriptor");
          }
          int number = u8(raw, at + 2);
          int alternate = u8(raw, at + 3);
          numbers.add(number);
          if (!alternates.add(number << 8 | alternate)) {
            throw new MalformedException("two interfaces of one number and setting");
          }
          interfaces.add(
              new UsbInterface(
                  value, number, alternate, u8(raw, at + 5), u8(raw, at + 6), u8(raw, at + 7)));
        }
        default -> {
          // Endpoint, class-specific, association …: nothing a driver is chosen by.
        }
      }
      at += size;
    }
    if (numbers.isEmpty() || numbers.size() != u8(raw, start + 4)) {
      throw new MalformedException("interfaces are not as many as announced");
    }
    if (numbers.size() > MAX_INTERFACES) {
      throw new MalformedException("over " + MAX_INTERFACES + " interfaces");
    }
    return end;
  }

  private static int u8(byte[] raw, int at) {
    return Byte.toUnsignedInt(raw[at]);
  }

  private static int u16(byte[] raw, int at) {
    return u8(raw, at) | u8(raw, at + 1) << 8;
  }
}
