package jp.sekisho.policy.usb;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Descriptor files of devices, as the kernel shows them; real ones where a comment says so. */
public final class Blobs {
  /** QEMU's usb-kbd, dumped from a Linux 6.1 guest. */
  public static final byte[] KEYBOARD =
      hex(
          "12 01 00 02 00 00 00 08 27 06 01 00 00 00 01 04 0b 01"
              + "09 02 22 00 01 01 08 a0 32"
              + "09 04 00 00 01 03 01 01 00 09 21 11 01 00 01 22 3f 00 07 05 81 03 08 00 07");

  private Blobs() {}

  /** Bytes of a hex dump; blanks do not count. */
  public static byte[] hex(String dump) {
    return HexFormat.of().parseHex(dump.replaceAll("\\s", ""));
  }

  /** An interface descriptor. */
  public static byte[] iface(int number, int alternate, String classes) {
    return join(
        new byte[] {9, 4, (byte) number, (byte) alternate, 0}, hex(classes), new byte[] {0});
  }

  /** A configuration with its interfaces; {@code numbers} is bNumInterfaces. */
  public static byte[] configuration(int value, int numbers, byte[]... parts) {
    byte[] inside = join(parts);
    int length = 9 + inside.length;
    byte[] head = {
      9, 2, (byte) length, (byte) (length >> 8), (byte) numbers, (byte) value, 0, (byte) 0x80, 50
    };
    return join(head, inside);
  }

  /** A device descriptor and its configurations. */
  public static byte[] device(int deviceClass, byte[]... configurations) {
    byte[] head = hex("12 01 00 02 00 00 00 40 81 07 67 55 00 01 01 02 03 00");
    head[4] = (byte) deviceClass;
    head[17] = (byte) configurations.length;
    return join(head, join(configurations));
  }

  /** A device of one configuration whose interfaces have these classes, such as {@code 080650}. */
  public static byte[] of(String... classes) {
    byte[][] parts = new byte[classes.length][];
    for (int i = 0; i < classes.length; i++) {
      parts[i] = iface(i, 0, classes[i]);
    }
    return device(0, configuration(1, classes.length, parts));
  }

  /** One after another. */
  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
