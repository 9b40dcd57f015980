package jp.sekisho.policy.source;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import jp.sekisho.policy.usb.UsbDevice;
import org.jspecify.annotations.Nullable;

/** A USB device for a case, made of its classes: the descriptors such a device would send. */
final class DescribedDevice {
  private static final int VENDOR_AT = 8;
  private static final int PRODUCT_AT = 10;
  private static final int CONFIGURATION_LENGTH = 9;

  private DescribedDevice() {}

  /**
   * A device of one configuration.
   *
   * @param classes {@code class:subclass:protocol} of each interface
   * @param vendor idVendor, four hexadecimal digits
   * @param product idProduct, the same
   * @param serial its serial number; null without one
   */
  static UsbDevice of(
      List<String> classes, String vendor, String product, @Nullable String serial) {
    byte[] device = HexFormat.of().parseHex("120100020000004000000000000101020301");
    number(device, VENDOR_AT, Integer.parseInt(vendor, 16));
    number(device, PRODUCT_AT, Integer.parseInt(product, 16));
    byte[] configuration = HexFormat.of().parseHex("090200000001008032");
    number(configuration, 2, CONFIGURATION_LENGTH + classes.size() * 9);
    configuration[4] = (byte) classes.size();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(device);
    all.writeBytes(configuration);
    for (int i = 0; i < classes.size(); i++) {
      byte[] head = {9, 4, (byte) i, 0, 0};
      all.writeBytes(head);
      all.writeBytes(HexFormat.of().parseHex(classes.get(i).replace(":", "")));
      all.write(0);
    }
    return new UsbDevice("1-1", all.toByteArray(), null, null, serial);
  }

  private static void number(byte[] into, int at, int value) {
    into[at] = (byte) value;
    into[at + 1] = (byte) (value >> 8);
  }
}
