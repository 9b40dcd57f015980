package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sekisho-floor} on a copy of the trees it reads; it is told the root by SEKISHO_ROOT. */
class FloorTest {
  private static final Path FLOOR =
      Path.of("src/main/packaging/linux/sekisho/sekisho-floor").toAbsolutePath();
  private static final String DEVICE = "12 01 00 02 00 00 00 08 27 06 01 00 00 00 01 04 0b ";
  private static final String KEYBOARD =
      DEVICE + "01 09 02 12 00 01 01 00 80 32 09 04 00 00 00 03 01 01 00";
  private static final String STICK =
      DEVICE + "01 09 02 12 00 01 01 00 80 32 09 04 00 00 00 08 06 50 00";
  private static final String VENDOR =
      DEVICE + "01 09 02 12 00 01 01 00 80 32 09 04 00 00 00 ff 00 00 00";
  private static final String SECOND_FACE =
      DEVICE
          + "02 09 02 12 00 01 01 00 80 32 09 04 00 00 00 03 01 01 00"
          + " 09 02 12 00 01 02 00 80 32 09 04 00 00 00 08 06 50 00";

  @TempDir Path root;

  @BeforeEach
  void trees() throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(root.resolve("proc/self/mountinfo"), "");
    Files.createDirectories(root.resolve("run/sekisho"));
    Files.createDirectories(root.resolve("sys/dev/block"));
    Path hub = Files.createDirectories(device("usb1"));
    Files.writeString(hub.resolve("authorized_default"), "1\n");
  }

  private Path device(String name) {
    return root.resolve("sys/bus/usb/devices").resolve(name);
  }

  private void put(String port, String descriptors, String authorized) throws IOException {
    Files.createDirectories(device(port));
    Files.write(
        device(port).resolve("descriptors"), HexFormat.of().parseHex(descriptors.replace(" ", "")));
    Files.writeString(device(port).resolve("authorized"), authorized + "\n");
    Files.writeString(device(port).resolve("devnum"), "5\n");
  }

  private String authorized(String port) throws IOException {
    return Files.readString(device(port).resolve("authorized")).strip();
  }

  private void floor(String argument) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", FLOOR.toString(), argument);
    builder.environment().put("SEKISHO_ROOT", root.toString());
    Process process = builder.inheritIO().start();
    assertEquals(true, process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
  }

  @Test
  @DisplayName("without an agent keyboards are released, all else stays, open storage is shut")
  void all() throws Exception {
    put("1-1", KEYBOARD, "0");
    put("1-2", STICK, "1");
    put("1-3", VENDOR, "0");
    put("1-4", SECOND_FACE, "0");
    put("1-5", KEYBOARD.substring(0, 90), "0");
    floor("--all");
    assertEquals("1", authorized("1-1"));
    assertEquals("0", authorized("1-2"));
    assertEquals("0", authorized("1-3"));
    assertEquals("0", authorized("1-4"));
    assertEquals("0", authorized("1-5"));
    assertEquals("0", Files.readString(device("usb1").resolve("authorized_default")).strip());
  }

  @Test
  @DisplayName("one device is judged alone")
  void one() throws Exception {
    put("1-1", KEYBOARD, "0");
    put("1-2", KEYBOARD, "0");
    floor("1-2");
    assertEquals("0", authorized("1-1"));
    assertEquals("1", authorized("1-2"));
  }

  private void bind(String port, String driver) throws IOException {
    Path link = Files.createDirectories(device(port + ":1.0")).resolve("driver");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("../../drivers", driver));
  }

  @Test
  @DisplayName("a keyboard that got a driver for something else is blocked again, for good")
  void driver() throws Exception {
    put("1-1", KEYBOARD, "0");
    put("1-2", KEYBOARD, "0");
    put("1-3", KEYBOARD, "1");
    bind("1-1", "usbhid");
    bind("1-2", "usb-storage");
    bind("1-3", "asix");
    floor("--all");
    assertEquals("1", authorized("1-1"));
    assertEquals("0", authorized("1-2"));
    assertEquals("0", authorized("1-3"));
    Files.delete(device("1-2:1.0").resolve("driver"));
    floor("--all");
    assertEquals("0", authorized("1-2"), "it would get its driver again");
    bind("1-1", "usb-storage");
    floor("1-1:1.0");
    assertEquals("0", authorized("1-1"), "loaded after the release");
    Files.delete(device("1-1:1.0").resolve("driver"));
    floor("1-1");
    assertEquals("0", authorized("1-1"), "the same device");
    Files.writeString(device("1-1").resolve("devnum"), "6\n");
    floor("1-1");
    assertEquals("1", authorized("1-1"), "another device");
  }

  @Test
  @DisplayName(
      "while a ready agent runs the floor does nothing; a process of another start is none")
  void agentReady() throws Exception {
    put("1-1", KEYBOARD, "0");
    ReadyFile.write(root.resolve("run/sekisho/ready"));
    long pid = ProcessHandle.current().pid();
    Path process = Files.createDirectories(root.resolve("proc/" + pid));
    Path stat = process.resolve("stat");
    Files.writeString(stat, Files.readString(Path.of("/proc/self/stat")));
    floor("--all");
    assertEquals("0", authorized("1-1"));
    Files.writeString(root.resolve("run/sekisho/ready"), pid + " 1\n");
    floor("--all");
    assertEquals("1", authorized("1-1"));
  }

  @Test
  @DisplayName("the disk the system runs from is left alone")
  void systemDisk() throws Exception {
    put("1-2", STICK, "1");
    Path disk = Files.createDirectories(device("1-2").resolve("host0/block/sda"));
    Files.createSymbolicLink(root.resolve("sys/dev/block/8:0"), disk);
    Files.writeString(root.resolve("proc/self/mountinfo"), "20 1 8:0 / / rw - ext4 /dev/sda rw\n");
    floor("--all");
    assertEquals("1", authorized("1-2"));
  }

  @Test
  @DisplayName("the disks of a btrfs the system runs from are left alone, and no others")
  void systemOnBtrfs() throws Exception {
    String[] ports = {"1-2", "1-3", "1-4"};
    Files.createDirectories(root.resolve("sys/class/block"));
    Files.createDirectories(root.resolve("sys/fs/btrfs/5b0c/devices"));
    Files.createDirectories(root.resolve("dev/mapper"));
    for (int i = 0; i < ports.length; i++) {
      put(ports[i], STICK, "1");
      String name = "sd" + (char) ('a' + i);
      Path disk = Files.createDirectories(device(ports[i]).resolve("host0/block/" + name));
      Files.createSymbolicLink(root.resolve("sys/class/block/" + name), disk);
      Files.createFile(root.resolve("dev/" + name));
      if (i < 2) {
        Files.createSymbolicLink(root.resolve("sys/fs/btrfs/5b0c/devices/" + name), disk);
      }
    }
    Files.createSymbolicLink(root.resolve("dev/mapper/root"), root.resolve("dev/sda"));
    Files.writeString(
        root.resolve("proc/self/mountinfo"),
        """
        20 1 0:30 /@ / rw shared:1 - btrfs /dev/mapper/root rw,subvol=/@
        21 1 0:31 / /tmp rw - tmpfs tmpfs rw
        22 1 0:32 / /home rw - nfs4 server:/home rw
        """);
    floor("--all");
    assertEquals("1", authorized("1-2"));
    assertEquals("1", authorized("1-3"));
    assertEquals("0", authorized("1-4"));
  }
}
