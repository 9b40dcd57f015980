package jp.sekisho.smartcard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a copy of sysfs' shape. */
class UsbReadersTest {
  @TempDir Path devices;

  private void usb(String device, String product, String interfaceClass, String driver)
      throws IOException {
    Path top = Files.createDirectories(devices.resolve(device));
    if (!product.isEmpty()) {
      Files.writeString(top.resolve("product"), product + "\n");
    }
    Files.writeString(top.resolve("idVendor"), "072f\n");
    Files.writeString(top.resolve("idProduct"), "2200\n");
    Path first = Files.createDirectories(devices.resolve(device + ":1.0"));
    Files.writeString(first.resolve("bInterfaceClass"), interfaceClass + "\n");
    if (!driver.isEmpty()) {
      Files.createSymbolicLink(first.resolve("driver"), Path.of("../../bus/usb/drivers/" + driver));
    }
  }

  @Test
  void readersAreTheInterfacesOfClass0b() throws IOException {
    usb("1-1", "Mouse", "03", "usbhid");
    usb("1-2", "", "0b", "");
    usb("1-3.4", "ACR122U", "0b", "pn533_usb");
    usb("2-1", "Reader", "0b", "usbfs");
    List<UsbReaders.Plugged> readers =
        UsbReaders.list(devices).stream()
            .sorted((a, b) -> a.driver().compareTo(b.driver()))
            .toList();
    assertEquals(
        List.of(
            new UsbReaders.Plugged("072f:2200", ""),
            new UsbReaders.Plugged("ACR122U", "pn533_usb"),
            new UsbReaders.Plugged("Reader", "usbfs")),
        readers);
    assertFalse(readers.get(0).isTaken());
    assertTrue(readers.get(1).isTaken(), "a kernel driver keeps pcscd out");
    assertFalse(readers.get(2).isTaken(), "pcscd itself");
  }

  @Test
  void withoutSysfsThereAreNone() {
    assertEquals(List.of(), UsbReaders.list(devices.resolve("absent")));
  }
}
