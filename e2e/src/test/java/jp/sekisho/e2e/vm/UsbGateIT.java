package jp.sekisho.e2e.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jp.sekisho.e2e.vm.Recorded.SysWrite;
import jp.sekisho.e2e.vm.Recorded.Uevent;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gate of a real agent on a real kernel; that a stick opens without it is TerminalVmIT's
 * negative control. The agent is not enrolled: gating depends on nothing. Nothing is concluded from
 * {@code ls /dev}, only from the log of all events and all writes.
 */
@Tag("vm")
@Tag("torture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UsbGateIT {
  private static final String DECISIONS = "/var/lib/sekisho-agent/gates.log";
  private static final String START =
      "/opt/sekisho/agent service --state /var/lib/sekisho-agent >>/run/agent.log 2>&1 & echo $! >/run/agent.pid";

  @TempDir static Path directory;
  private TerminalVm vm;

  @BeforeAll
  void boot() {
    vm = TerminalVm.start(VmOptions.of("usb-gate"));
  }

  @AfterAll
  void switchOff() {
    vm.close();
  }

  @BeforeEach
  void startAgent() {
    vm.run(START).expectOk();
    vm.await("the agent", "[ -f /run/sekisho/ready ]");
  }

  /** In order; the ready mark goes last. */
  @AfterEach
  void stopAgent() {
    vm.run("kill $(cat /run/agent.pid) 2>/dev/null; true").expectOk();
    vm.await("its end", "! kill -0 $(cat /run/agent.pid)");
    vm.run("rm -f /run/sekisho/ready").expectOk();
    assertGated();
  }

  private void assertGated() {
    assertEquals(
        "0",
        vm.run("cat /sys/bus/usb/devices/usb*/authorized_default | sort -u").expectOk().strip());
  }

  private static UsbStick stick(String serial) throws IOException {
    return UsbStick.make(
        directory.resolve(serial + ".img"),
        serial,
        Map.of("LIST.TXT", "x".getBytes(StandardCharsets.UTF_8)));
  }

  private List<Uevent> events(int since) {
    return vm.recorderLog().stream()
        .skip(since)
        .filter(Uevent.class::isInstance)
        .map(Uevent.class::cast)
        .toList();
  }

  private void assertNothingOpened(Plugged device) {
    vm.run("udevadm settle").expectOk();
    assertTrue(events(device.since()).stream().noneMatch(Uevent::opensBlockDevice));
  }

  private String awaitDecision(Plugged device, String type) {
    String name = vm.awaitDevice(device).name();
    vm.await(
        type + " at " + name,
        "grep '\"port\":\""
            + name
            + "\"' "
            + DECISIONS
            + " | tail -1 | grep -q '\""
            + type
            + "\"'");
    return name;
  }

  private Uevent awaitDriver(Plugged device, String driver) {
    return vm.awaitUevent(
        driver,
        device.since(),
        event ->
            event.is("bind", "usb", "usb_interface")
                && driver.equals(event.values().get("DRIVER")));
  }

  private String authorized(String name) {
    return vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip();
  }

  private void remove(Plugged device) {
    vm.unplug(device);
    vm.awaitUevent("it left", device.since(), event -> event.is("remove", "usb", "usb_device"));
  }

  @Test
  @DisplayName(
      "R8: a stick is blocked: no block device, no interface, no write of 1, on either transport")
  void stickBlocked() throws IOException {
    for (UsbStick.Attached transport : UsbStick.Attached.values()) {
      Plugged plugged = vm.plug(stick("G-" + transport).by(transport), "1");
      String name = awaitDecision(plugged, "usb.blocked");
      assertNothingOpened(plugged);
      assertTrue(
          events(plugged.since()).stream()
              .noneMatch(event -> event.is("add", "usb", "usb_interface")));
      assertTrue(
          vm.recorderLog().stream().skip(plugged.since()).noneMatch(SysWrite.class::isInstance));
      assertEquals("0", authorized(name));
      remove(plugged);
    }
  }

  @Test
  @DisplayName(
      "the first keyboard is released, configured once; a further one waits for its leaving")
  void keyboards() {
    Plugged first = vm.plug(UsbPart.KEYBOARD, "2");
    awaitDriver(first, "usbhid");
    String name = awaitDecision(first, "usb.allowed");
    assertEquals(
        1,
        events(first.since()).stream()
            .filter(event -> event.is("add", "usb", "usb_interface"))
            .filter(event -> event.name().startsWith(name))
            .count());
    Plugged further = vm.plug(UsbPart.KEYBOARD, "3");
    String second = awaitDecision(further, "usb.blocked");
    assertEquals("0", authorized(second));
    remove(first);
    awaitDriver(further, "usbhid");
    assertEquals("1", authorized(second));
    remove(further);
  }

  @Test
  @DisplayName("hub, card reader and mouse are released; a stick behind the hub is not")
  void behindAHub() throws IOException {
    Plugged hub = vm.plug(UsbPart.HUB, "4");
    awaitDriver(hub, "hub");
    Plugged reader = vm.plug(UsbPart.CARD_READER, "4.1");
    String readerName = awaitDecision(reader, "usb.allowed");
    assertEquals("1", authorized(readerName));
    Plugged mouse = vm.plug(UsbPart.MOUSE, "4.2");
    awaitDriver(mouse, "usbhid");
    Plugged stick = vm.plug(stick("G-HUB"), "4.3");
    awaitDecision(stick, "usb.blocked");
    assertNothingOpened(stick);
    remove(hub);
  }

  @Test
  @DisplayName(
      "a keyboard with storage, and one with storage in its second configuration, are blocked whole on a new controller")
  void composite() {
    int since = vm.recorderLog().size();
    vm.run(
            """
            modprobe -a dummy_hcd libcomposite
            [ -d /sys/kernel/config/usb_gadget ] || mount -t configfs none /sys/kernel/config
            dd if=/dev/zero of=/tmp/lun bs=1M count=1 2>/dev/null
            gadget() {
              g=/sys/kernel/config/usb_gadget/$1; mkdir $g; cd $g
              echo 0x1d6b >idVendor; echo 0x0104 >idProduct
              mkdir configs/c.1 functions/hid.0 functions/mass_storage.0
              echo 1 >functions/hid.0/protocol; echo 1 >functions/hid.0/subclass; echo 8 >functions/hid.0/report_length
              printf '\\005\\001\\011\\006\\241\\001\\005\\007\\031\\340\\051\\347\\025\\000\\045\\001\\165\\001\\225\\010\\201\\002\\300' >functions/hid.0/report_desc
              echo /tmp/lun >functions/mass_storage.0/lun.0/file
              ln -s functions/hid.0 configs/c.1/
            }
            gadget one; ln -s functions/mass_storage.0 configs/c.1/; ls /sys/class/udc >UDC
            """)
        .expectOk();
    vm.awaitUevent(
        "the composite device",
        since,
        event ->
            event.is("bind", "usb", "usb_device")
                && event.values().getOrDefault("PRODUCT", "").startsWith("1d6b/104"));
    vm.await(
        "its decision",
        "tail -1 " + DECISIONS + " | grep '03:01:01' | grep '08:06:50' | grep -q usb.blocked");
    vm.run(
            """
            cd /sys/kernel/config/usb_gadget/one; echo >UDC; rm configs/c.1/mass_storage.0
            mkdir configs/c.2; ln -s functions/mass_storage.0 configs/c.2/; : >%s; ls /sys/class/udc >UDC
            """
                .formatted(DECISIONS))
        .expectOk();
    vm.await(
        "its decision",
        "tail -1 " + DECISIONS + " | grep '03:01:01' | grep '08:06:50' | grep -q usb.blocked");
    vm.run("udevadm settle").expectOk();
    assertTrue(events(since).stream().noneMatch(Uevent::opensBlockDevice));
    assertTrue(
        vm.recorderLog().stream()
            .skip(since)
            .noneMatch(line ->
                line instanceof SysWrite write
                    && write.name().equals("authorized")
                    && write.value().equals("1")));
    vm.run("cd /sys/kernel/config/usb_gadget/one; echo >UDC; rmmod dummy_hcd").expectOk();
  }

  /**
   * Vendor and product are those of a meter that calls itself HID and for which Linux has a driver
   * of its own, loaded by udevd when the interface is there: after the release.
   */
  @Test
  @DisplayName(
      "a keyboard that the kernel serves by its id with another driver is blocked when that is bound")
  void servedByItsId() {
    int since = vm.recorderLog().size();
    vm.run(
            """
            modprobe -a dummy_hcd libcomposite
            [ -d /sys/kernel/config/usb_gadget ] || mount -t configfs none /sys/kernel/config
            g=/sys/kernel/config/usb_gadget/liar; mkdir $g; cd $g
            echo 0x0c45 >idVendor; echo 0x1010 >idProduct
            mkdir configs/c.1 functions/hid.0
            echo 1 >functions/hid.0/protocol; echo 1 >functions/hid.0/subclass; echo 8 >functions/hid.0/report_length
            printf '\\005\\001\\011\\006\\241\\001\\005\\007\\031\\340\\051\\347\\025\\000\\045\\001\\165\\001\\225\\010\\201\\002\\300' >functions/hid.0/report_desc
            ln -s functions/hid.0 configs/c.1/; ls /sys/class/udc >UDC
            """)
        .expectOk();
    Uevent bound =
        vm.awaitUevent(
            "a driver by its id",
            since,
            event ->
                event.is("bind", "usb", "usb_interface")
                    && "yurex".equals(event.values().get("DRIVER")));
    String port = bound.name().substring(0, bound.name().indexOf(':'));
    vm.await("blocked again", "[ \"$(cat /sys/bus/usb/devices/" + port + "/authorized)\" = 0 ]");
    vm.await(
        "its record", "tail -1 " + DECISIONS + " | grep USB_DRIVER | grep -q '\"wasOpen\":true'");
    assertTrue(
        vm.run("grep '\"port\":\"" + port + "\"' " + DECISIONS).expectOk().contains("usb.allowed"));
    vm.run("cd /sys/kernel/config/usb_gadget/liar; echo >UDC; rmmod dummy_hcd").expectOk();
  }

  @Test
  @DisplayName(
      "R8: kill -9: gates stay, a new stick and a new keyboard stay blocked; the next agent releases the keyboard only")
  void killed() throws IOException {
    vm.run("kill -9 $(cat /run/agent.pid); rm /run/sekisho/ready").expectOk();
    vm.await("its end", "! kill -0 $(cat /run/agent.pid)");
    assertGated();
    Plugged stick = vm.plug(stick("G-KILL"), "5");
    Plugged keyboard = vm.plug(UsbPart.KEYBOARD, "6");
    String stickName = vm.awaitDevice(stick).name();
    String keyboardName = vm.awaitDevice(keyboard).name();
    vm.awaitUevent(
        "the generic driver",
        keyboard.since(),
        event -> event.is("bind", "usb", "usb_device") && event.name().equals(keyboardName));
    assertNothingOpened(stick);
    assertEquals("0", authorized(stickName));
    assertEquals("0", authorized(keyboardName));
    startAgent();
    awaitDriver(keyboard, "usbhid");
    assertEquals("0", authorized(stickName));
    assertNothingOpened(stick);
    remove(stick);
    remove(keyboard);
  }

  @Test
  @DisplayName(
      "a stick mounted before the start is deauthorised and unmounted, and the record says it was open")
  void mountedBefore() throws IOException {
    stopAgent();
    Plugged stick = vm.plug(stick("G-OPEN"), "7");
    String name = vm.awaitDevice(stick).name();
    vm.awaitUevent(
        "the generic driver",
        stick.since(),
        event -> event.is("bind", "usb", "usb_device") && event.name().equals(name));
    vm.run("echo 1 >/sys/bus/usb/devices/" + name + "/authorized").expectOk();
    Uevent disk = vm.awaitUevent("the disk", stick.since(), Uevent::opensBlockDevice);
    String node = "/dev/" + disk.values().get("DEVNAME");
    vm.await("the node", "[ -b " + node + " ]");
    vm.run("mount -t vfat -o ro " + node + " /mnt && cat /mnt/list.txt").expectOk();
    startAgent();
    assertEquals("0", authorized(name));
    assertEquals("", vm.run("grep ' /mnt ' /proc/self/mountinfo; true").expectOk());
    assertTrue(
        vm.run("grep '\"port\":\"" + name + "\"' " + DECISIONS + " | tail -1")
            .expectOk()
            .contains("\"wasOpen\":true"));
    remove(stick);
  }

  @Test
  @DisplayName(
      "a flood of events: what was plugged meanwhile is decided when the agent reads again")
  void overflow() {
    vm.run("kill -STOP $(cat /run/agent.pid)").expectOk();
    vm.run(
            "i=0; while [ $i -lt 16000 ]; do echo change >/sys/class/net/lo/uevent; i=$((i+1)); done")
        .expectOk();
    Plugged keyboard = vm.plug(UsbPart.KEYBOARD, "8");
    String name = vm.awaitDevice(keyboard).name();
    assertEquals("0", authorized(name));
    // Of the agent's own socket for uevents (protocol 15) the kernel says how many it dropped.
    String dropped =
        vm.run(
                "awk -v pid=$(cat /run/agent.pid) '$2 == 15 && $3 == pid { print $9 }'"
                    + " /proc/net/netlink")
            .expectOk()
            .strip();
    assertTrue(!dropped.isEmpty() && Long.parseLong(dropped) > 0, "dropped: " + dropped);
    vm.run("kill -CONT $(cat /run/agent.pid)").expectOk();
    // Asked in the guest: in the recorder's log it stands behind 16,000 events.
    vm.await(
        "the keyboard's driver",
        "readlink /sys/bus/usb/devices/" + name + ":1.0/driver | grep -q usbhid");
    remove(keyboard);
  }

  @Test
  @DisplayName("what somebody else authorises is blocked again and recorded")
  void foreignWrite() throws IOException {
    Plugged stick = vm.plug(stick("G-FOREIGN"), "1");
    String name = awaitDecision(stick, "usb.blocked");
    vm.run("echo 1 >/sys/bus/usb/devices/" + name + "/authorized").expectOk();
    vm.await("blocked again", "[ \"$(cat /sys/bus/usb/devices/" + name + "/authorized)\" = 0 ]");
    vm.await("its record", "tail -1 " + DECISIONS + " | grep -q '\"wasOpen\":true'");
    remove(stick);
  }

  @Test
  @DisplayName("--no-enforcement writes nothing under /sys")
  void noEnforcement() {
    stopAgent();
    int since = vm.recorderLog().size();
    int rc =
        vm.run("/opt/sekisho/agent service --no-enforcement --state /tmp/none >/run/none.log 2>&1")
            .rc();
    assertEquals(3, rc);
    assertTrue(vm.run("cat /run/none.log").expectOk().contains("/tmp/none"));
    List<Recorded> written =
        vm.recorderLog().stream().skip(since).filter(SysWrite.class::isInstance).toList();
    assertFalse(
        written.stream().anyMatch(line -> ((SysWrite) line).comm().equals("java")), "" + written);
  }
}
