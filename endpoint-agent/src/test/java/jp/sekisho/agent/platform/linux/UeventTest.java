package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jp.sekisho.agent.enforce.usb.UsbSignal;
import jp.sekisho.agent.enforce.usb.UsbSignal.Kind;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Messages as a Linux 6.1 guest sent them, shortened. */
class UeventTest {
  private static final String CONTROLLER = "/devices/pci0000:00/0000:00:06.0/usb2";

  private static Optional<UsbSignal> read(String... fields) throws MalformedException {
    byte[] bytes = (String.join("\0", fields) + "\0").getBytes(StandardCharsets.UTF_8);
    return Uevent.read(bytes, bytes.length);
  }

  private static Optional<UsbSignal> device(String action, String path) throws MalformedException {
    return read(
        action + "@" + path, "ACTION=" + action, "SUBSYSTEM=usb", "DEVTYPE=usb_device", "SEQNUM=1");
  }

  @Test
  @DisplayName("a root hub counts when it is added, a device when the generic driver was bound")
  void devices() throws MalformedException {
    assertEquals(Optional.of(UsbSignal.of(Kind.CONTROLLER)), device("add", CONTROLLER));
    assertEquals(Optional.empty(), device("bind", CONTROLLER));
    assertEquals(Optional.empty(), device("add", CONTROLLER + "/2-1"));
    assertEquals(
        Optional.of(new UsbSignal(Kind.BOUND, "2-1.4", "")),
        device("bind", CONTROLLER + "/2-1/2-1.4"));
    assertEquals(
        Optional.of(new UsbSignal(Kind.REMOVED, "2-1", "")), device("remove", CONTROLLER + "/2-1"));
    assertEquals(Optional.empty(), device("change", CONTROLLER + "/2-1"));
    assertEquals(Optional.empty(), device("unbind", CONTROLLER + "/2-1"));
  }

  @Test
  @DisplayName("an interface names its device, a block or network device the last port of its path")
  void others() throws MalformedException {
    assertEquals(
        Optional.of(new UsbSignal(Kind.INTERFACE, "2-1", "")),
        read("add@" + CONTROLLER + "/2-1/2-1:1.0", "SUBSYSTEM=usb", "DEVTYPE=usb_interface"));
    assertEquals(
        Optional.of(new UsbSignal(Kind.INTERFACE, "2-1", "")),
        read("bind@" + CONTROLLER + "/2-1/2-1:1.0", "SUBSYSTEM=usb", "DEVTYPE=usb_interface"),
        "a driver that was loaded after the release");
    assertEquals(
        Optional.empty(),
        read("remove@" + CONTROLLER + "/2-1/2-1:1.0", "SUBSYSTEM=usb", "DEVTYPE=usb_interface"));
    assertEquals(
        Optional.of(new UsbSignal(Kind.INTERFACE, "2-1", "")),
        read("add@" + CONTROLLER + "/2-1/2-1:1.0/net/enx0200", "SUBSYSTEM=net"));
    assertEquals(Optional.empty(), read("add@/devices/virtual/net/lo", "SUBSYSTEM=net"));
    assertEquals(
        Optional.of(new UsbSignal(Kind.VOLUME, "2-1.3", "sda1")),
        read(
            "add@" + CONTROLLER + "/2-1/2-1.3/2-1.3:1.0/host0/target0:0:0/0:0:0:0/block/sda/sda1",
            "SUBSYSTEM=block",
            "DEVTYPE=partition"));
    assertEquals(
        Optional.empty(),
        read("add@/devices/pci0000:00/0000:00:01.0/virtio0/block/vda", "SUBSYSTEM=block"));
    assertEquals(Optional.empty(), read("add@/module/usbhid", "SUBSYSTEM=module"));
  }

  @Test
  @DisplayName("what is not the kernel's form is malformed: everything is then looked at again")
  void malformed() {
    assertThrows(MalformedException.class, () -> read("libudev"));
    assertThrows(MalformedException.class, () -> read("add"));
    assertThrows(MalformedException.class, () -> read(""));
    assertThrows(MalformedException.class, () -> read("add without a path", "SUBSYSTEM=usb"));
  }
}
