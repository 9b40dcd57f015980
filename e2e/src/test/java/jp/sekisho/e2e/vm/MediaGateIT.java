package jp.sekisho.e2e.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import jp.sekisho.e2e.vm.Recorded.Uevent;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Media on a real kernel by the agent's own gates; {@link MediumOpener} stands where grants do,
 * whose own test is apart.
 */
@Tag("vm")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MediaGateIT {
  private static final String CONTENT = "list for the audit office";

  @TempDir static Path directory;
  private TerminalVm vm;

  @BeforeAll
  void boot() throws Exception {
    vm = TerminalVm.start(VmOptions.of("media-gate"));
    Path here =
        Path.of(MediumOpener.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("jp/sekisho/e2e/vm");
    try (DirectoryStream<Path> classes = Files.newDirectoryStream(here, "MediumOpener*.class")) {
      for (Path file : classes) {
        vm.write("/tmp/opener/jp/sekisho/e2e/vm/" + file.getFileName(), Files.readAllBytes(file));
      }
    }
    vm.run(
            "java @/opt/java/agent.flags -cp /opt/sekisho/sekisho-agent.jar:/tmp/opener "
                + MediumOpener.class.getName()
                + " >/run/opener.log 2>&1 &")
        .expectOk();
    vm.await("the gates", "[ -f /run/sekisho/ready ]");
  }

  @AfterAll
  void switchOff() {
    vm.close();
  }

  private String command(String line) {
    vm.run(
            "rm -f /run/media.answer; echo '"
                + line
                + "' >/run/media.next; mv /run/media.next /run/media.command")
        .expectOk();
    vm.await(line, "[ -f /run/media.answer ]");
    return vm.run("cat /run/media.answer").expectOk();
  }

  private String plugged(Plugged stick) {
    String name = vm.awaitDevice(stick).name();
    vm.await("its decision", "grep -q 'usb.blocked.*port=" + name + "' /run/opener.log");
    return name;
  }

  private String mounts() {
    return vm.run("grep /run/sekisho/media /proc/self/mountinfo; true").expectOk();
  }

  @Test
  @DisplayName(
      "one medium is read by one user only, written by nobody, and closed although a file is open")
  void openAndClose() throws IOException {
    UsbStick medium =
        UsbStick.make(
            directory.resolve("m.img"),
            "M-0007",
            Map.of("LIST.TXT", CONTENT.getBytes(StandardCharsets.UTF_8)));
    UsbStick other = UsbStick.make(directory.resolve("o.img"), "M-0008", Map.of());
    Plugged stick = vm.plug(medium, "1");
    String name = plugged(stick);
    assertEquals("Failed[reason=MEDIUM_CHANGED]", command("forged " + name));
    assertEquals("Failed[reason=MEDIUM_ABSENT]", command("open 9-9 1000"));
    assertTrue(
        vm.recorderLog().stream()
            .noneMatch(line -> line instanceof Uevent event && event.opensBlockDevice()));

    String place = "/run/sekisho/media/" + name + "/medium";
    assertEquals("Opened[mountPoint=" + place + "]", command("open " + name + " 1000"));
    assertTrue(mounts().contains(" ro,nosuid,nodev,noexec,relatime - vfat "), mounts());
    assertEquals(
        CONTENT, vm.run(TerminalVm.CLERK + "sh -c 'cat " + place + "/list.txt'").expectOk());
    assertNotEquals(0, vm.run(TerminalVm.NOBODY + "ls " + place).rc());
    assertNotEquals(0, vm.run("touch " + place + "/new").rc());
    String disk = vm.run("ls -d /sys/block/sd*").expectOk().strip();
    assertEquals("1", vm.run("cat " + disk + "/ro").expectOk().strip());
    assertNotEquals(0, vm.run("dd if=/dev/zero of=/dev/" + disk.substring(11) + " count=1").rc());

    Plugged second = vm.plug(other, "2");
    String secondName = plugged(second);
    assertEquals(
        "0", vm.run("cat /sys/bus/usb/devices/" + secondName + "/authorized").expectOk().strip());

    vm.run("sh -c 'exec 3<" + place + "/list.txt; sleep 600' >/dev/null 2>&1 &").expectOk();
    assertEquals("true", command("close " + name));
    assertEquals("", mounts());
    assertEquals(
        "0", vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip());
    assertEquals("", vm.run("ls -d /sys/block/sd* 2>/dev/null; true").expectOk());
    assertEquals("true", command("close " + name));

    assertEquals("Opened[mountPoint=" + place + "]", command("open " + name + " 1000"));
    vm.unplug(stick);
    vm.await("it is unmounted", "! grep -q /run/sekisho/media /proc/self/mountinfo");
    vm.await("it is told", "grep -q 'unplugged " + name + "' /run/opener.log");
    assertEquals("Failed[reason=MEDIUM_ABSENT]", command("open " + name + " 1000"));
  }
}
