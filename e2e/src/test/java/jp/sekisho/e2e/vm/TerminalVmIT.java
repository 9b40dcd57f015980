package jp.sekisho.e2e.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jp.sekisho.e2e.vm.Recorded.Lost;
import jp.sekisho.e2e.vm.Recorded.SysWrite;
import jp.sekisho.e2e.vm.Recorded.Uevent;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The terminal without an agent: what a test of the agent may take for granted, and what it must
 * not.
 */
@Tag("vm")
@Tag("torture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TerminalVmIT {
  private static final String CONTENT = "resident list";

  @TempDir static Path directory;
  private TerminalVm vm;

  @BeforeAll
  void boot() {
    vm = TerminalVm.start(VmOptions.of("plain"));
  }

  @AfterAll
  void switchOff() {
    vm.close();
  }

  private static UsbStick stick(String name) throws IOException {
    return UsbStick.make(
        directory.resolve(name + ".img"),
        name,
        Map.of("LIST.TXT", CONTENT.getBytes(StandardCharsets.UTF_8)));
  }

  private boolean opened(Plugged device) {
    return vm.recorderLog().stream()
        .skip(device.since())
        .anyMatch(event -> event instanceof Uevent uevent && uevent.opensBlockDevice());
  }

  @Test
  void bootsWithTheDevicesOfATerminal() throws IOException {
    System.out.printf(
        "T-VM booted in %.1f s, load %s%n",
        vm.bootTime().toMillis() / 1000.0, Files.readString(Path.of("/proc/loadavg")).strip());
    assertEquals("1000", vm.run("id -u clerk").expectOk().strip());
    assertEquals("clerk", vm.run("stat -c %U /home/clerk").expectOk().strip());
    assertTrue(vm.run("/opt/sekisho/agent --version").expectOk().startsWith("sekisho-agent"));
    long apart =
        Math.abs(
            Long.parseLong(vm.run("date +%s").expectOk().strip())
                - System.currentTimeMillis() / 1000);
    assertTrue(apart < 60, "the guest's clock is " + apart + " s off");
  }

  @Test
  void negativeControlAStickBecomesADiskWithoutAnAgent() throws IOException {
    Plugged stick = vm.plug(stick("S-0001"), "1");
    Uevent device = vm.awaitDevice(stick);
    Uevent disk = vm.awaitUevent("the disk", stick.since(), Uevent::opensBlockDevice);
    assertEquals("S-0001", vm.run("cat /sys" + device.devpath() + "/serial").expectOk().strip());
    String node = "/dev/" + disk.values().get("DEVNAME");
    vm.await(node, "[ -b " + node + " ]");
    assertEquals(
        CONTENT,
        vm.run("mount -o ro " + node + " /mnt && cat /mnt/list.txt; umount /mnt").expectOk());
    vm.unplug(stick);
    vm.awaitUevent("the disk's end", stick.since(), event -> event.is("remove", "block", "disk"));
  }

  @Test
  void negativeControlAUasStickBecomesADiskWithoutAnAgent() throws IOException {
    Plugged stick = vm.plug(stick("S-0002").by(UsbStick.Attached.UAS), "2");
    vm.awaitUevent(
        "the driver",
        stick.since(),
        event ->
            event.is("bind", "usb", "usb_interface") && "uas".equals(event.values().get("DRIVER")));
    vm.awaitUevent("the disk", stick.since(), Uevent::opensBlockDevice);
    vm.unplug(stick);
    vm.awaitUevent("the disk's end", stick.since(), event -> event.is("remove", "block", "disk"));
  }

  @Test
  void theSameStickCanBePluggedAgainIntoTheSamePort() throws IOException {
    UsbStick stick = stick("S-0003");
    for (int i = 0; i < 2; i++) {
      Plugged plugged = vm.plug(stick, "3");
      Uevent device = vm.awaitDevice(plugged);
      assertTrue(device.name().endsWith("-3"), device.name());
      vm.awaitUevent("the disk", plugged.since(), Uevent::opensBlockDevice);
      vm.unplug(plugged);
      vm.awaitUevent("its end", plugged.since(), event -> event.is("remove", "usb", "usb_device"));
    }
  }

  @Test
  void negativeControlAKeyboardBehindAHubBindsWithoutAnAgent() {
    Plugged hub = vm.plug(UsbPart.HUB, "4");
    String name = vm.awaitDevice(hub).name();
    Plugged keyboard = vm.plug(UsbPart.KEYBOARD, "4.1");
    assertEquals(name + ".1", vm.awaitDevice(keyboard).name());
    vm.awaitUevent(
        "the keyboard's driver",
        keyboard.since(),
        event ->
            event.is("bind", "usb", "usb_interface")
                && "usbhid".equals(event.values().get("DRIVER")));
    assertFalse(opened(keyboard));
    vm.unplug(keyboard);
    vm.unplug(hub);
  }

  @Test
  void theRecorderNamesEveryWriterOfAuthorized() {
    Plugged keyboard = vm.plug(UsbPart.KEYBOARD, "5");
    Uevent device = vm.awaitDevice(keyboard);
    vm.awaitUevent(
        "its driver",
        keyboard.since(),
        event -> event.is("bind", "input", "") || event.is("bind", "usb", "usb_interface"));
    String file = "/sys" + device.devpath() + "/authorized";
    int since = vm.recorderLog().size();
    // Twice by one process: equal events, which fanotify would merge if the recorder were late.
    // Then from another mount namespace.
    String pids =
        vm.run(
                "sh -c 'echo $$; echo 0 >"
                    + file
                    + "; echo 1 >"
                    + file
                    + "; echo 0 >"
                    + file
                    + "'\n"
                    + "unshare -m sh -c 'mount -t sysfs sysfs /mnt; echo $$; echo 1 >/mnt"
                    + device.devpath()
                    + "/authorized'")
            .expectOk();
    vm.awaitWrite(
        "the last write",
        since,
        write ->
            write.path().equals(file) && write.pid() == Integer.parseInt(pids.split("\n", -1)[1]));
    List<SysWrite> writes =
        vm.recorderLog().stream()
            .skip(since)
            .filter(SysWrite.class::isInstance)
            .map(SysWrite.class::cast)
            .filter(write -> write.path().equals(file))
            .toList();
    assertEquals(List.of("0", "1", "0", "1"), writes.stream().map(SysWrite::value).toList());
    assertTrue(writes.stream().allMatch(write -> write.comm().equals("sh")), "" + writes);
    int first = Integer.parseInt(pids.split("\n", -1)[0]);
    assertEquals(3, writes.stream().filter(write -> write.pid() == first).count());
    vm.unplug(keyboard);
  }

  @Test
  void theRecorderSurvivesAFloodOfEvents() {
    int since = vm.recorderLog().size();
    vm.run(
            "for i in $(seq 3000); do echo change; done | while read a; do echo $a >/sys/class/net/lo/uevent; done")
        .expectOk();
    List<Recorded> log = vm.recorderLog();
    assertEquals(
        3000,
        log.stream()
            .skip(since)
            .filter(event -> event instanceof Uevent uevent && uevent.is("change", "net", ""))
            .count());
    assertFalse(log.stream().anyMatch(Lost.class::isInstance));
  }

  @Test
  void theGuestSeesTheLineCutAndMended() {
    vm.cutNetwork();
    vm.await("no carrier", "[ \"$(cat /sys/class/net/eth0/carrier)\" = 0 ]");
    vm.restoreNetwork();
    vm.await("a carrier", "[ \"$(cat /sys/class/net/eth0/carrier)\" = 1 ]");
  }

  @Test
  void aServerOfThisMachineIsReachedByItsName() throws IOException {
    var server =
        com.sun.net.httpserver.HttpServer.create(
            new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(204, -1);
          }
        });
    server.start();
    try {
      String url = "http://service:" + server.getAddress().getPort() + "/";
      assertEquals("204", vm.run("curl -s -m 30 -o /dev/null -w '%{http_code}' " + url).expectOk());
      vm.cutNetwork();
      assertEquals(28, vm.run("curl -s -m 2 -o /dev/null " + url).rc());
      vm.restoreNetwork();
      vm.await("the way back", "curl -s -m 5 -o /dev/null " + url);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void withTheKernelsGateNothingOpensUntilSomebodyWritesAuthorized() throws IOException {
    try (TerminalVm gated =
        TerminalVm.start(
            VmOptions.of("gated")
                .withKernelArgument("usbcore.authorized_default=0")
                .withPlugged(stick("S-0004"), "1"))) {
      Plugged late = gated.plug(stick("S-0005"), "2");
      Uevent device = gated.awaitDevice(late);
      // The generic driver has had its turn; interfaces, without which no other driver can come, do
      // not exist.
      gated.awaitUevent(
          "the generic driver",
          late.since(),
          event -> event.is("bind", "usb", "usb_device") && event.name().equals(device.name()));
      gated.run("udevadm settle").expectOk();
      assertEquals(
          "", gated.run("ls -d /sys/bus/usb/devices/?-[12]:* 2>/dev/null | cat").expectOk());
      assertFalse(
          gated.recorderLog().stream()
              .anyMatch(event -> event instanceof Uevent uevent && uevent.opensBlockDevice()));
      // The same stick opens by that one write, and only this one: the gate was what held it.
      gated.run("echo 1 >/sys" + device.devpath() + "/authorized").expectOk();
      Uevent disk = gated.awaitUevent("the disk", 0, Uevent::opensBlockDevice);
      assertTrue(disk.devpath().startsWith(device.devpath()), disk.devpath());
    }
  }
}
