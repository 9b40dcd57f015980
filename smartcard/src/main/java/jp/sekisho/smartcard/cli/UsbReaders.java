package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Card readers as the Linux kernel sees them: USB interfaces of class 0B (CCID). Tells a reader
 * that is not plugged in from one whose driver is missing. Reads sysfs, opens no device.
 */
final class UsbReaders {
  private static final Path SYSFS = Path.of("/sys/bus/usb/devices");
  private static final String SMART_CARD = "0b";

  /**
   * A plugged reader.
   *
   * @param product what the device calls itself, or its ids
   * @param driver the kernel driver that holds it; {@code usbfs} is pcscd itself, empty is nobody
   */
  record Plugged(String product, String driver) {
    boolean isHeldByTheService() {
      return driver.equals("usbfs");
    }

    /** A kernel driver holds the reader, so pcscd cannot. */
    boolean isTaken() {
      return !driver.isEmpty() && !isHeldByTheService();
    }
  }

  private UsbReaders() {}

  static List<Plugged> list() {
    return list(SYSFS);
  }

  /** Empty where there is no such directory. What vanishes while we look is left out. */
  static List<Plugged> list(Path devices) {
    List<Plugged> readers = new ArrayList<>();
    if (!Files.isDirectory(devices)) {
      return readers;
    }
    try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(devices, "*:*")) {
      for (Path usbInterface : interfaces) {
        if (read(usbInterface.resolve("bInterfaceClass")).equals(SMART_CARD)) {
          // 1-2:1.0 is an interface of the device 1-2 beside it.
          String name = usbInterface.getFileName().toString();
          Path device = devices.resolve(name.substring(0, name.indexOf(':')));
          readers.add(new Plugged(product(device), driver(usbInterface.resolve("driver"))));
        }
      }
    } catch (IOException e) {
      return readers;
    }
    return readers;
  }

  private static String product(Path device) {
    String product = read(device.resolve("product"));
    return product.isEmpty()
        ? read(device.resolve("idVendor")) + ":" + read(device.resolve("idProduct"))
        : product;
  }

  private static String driver(Path link) {
    try {
      return Files.readSymbolicLink(link).getFileName().toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
