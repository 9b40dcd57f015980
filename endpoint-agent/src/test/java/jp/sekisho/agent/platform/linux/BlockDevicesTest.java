package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a copy of sysfs's form with a table of mounts of its own. */
class BlockDevicesTest {
  private static final String DISK = "devices/pci/usb2/2-1/2-1:1.0/host0/target0:0:0/0:0:0:0";

  @TempDir Path sys;

  private final List<Mount> table = new ArrayList<>();
  private final MountCalls mounts =
      new MountCalls() {
        @Override
        List<Mount> all() {
          return List.copyOf(table);
        }

        @Override
        void detach(String target) throws IOException {
          for (int i = table.size() - 1; i >= 0; i--) {
            if (table.get(i).target().equals(target)) {
              table.remove(i);
              return;
            }
          }
          throw new IOException("EINVAL");
        }
      };

  private BlockDevices blocks;

  @BeforeEach
  void stick() throws IOException {
    Path disk = Files.createDirectories(sys.resolve(DISK + "/block/sda"));
    Path part = Files.createDirectories(disk.resolve("sda1"));
    Files.writeString(disk.resolve("dev"), "8:0\n");
    Files.writeString(disk.resolve("size"), "32768\n");
    Files.writeString(disk.resolve("ro"), "0\n");
    Files.writeString(part.resolve("dev"), "8:1\n");
    Files.writeString(part.resolve("partition"), "1\n");
    link("class/block/sda", disk);
    link("class/block/sda1", part);
    link("bus/scsi/devices/0:0:0:0", sys.resolve(DISK));
    link("dev/block/8:1", part);
    Path mapped = sys.resolve("devices/virtual/block/dm-0");
    Files.createDirectories(mapped.resolve("slaves"));
    Files.createSymbolicLink(mapped.resolve("slaves/sda1"), part);
    link("dev/block/254:0", mapped);
    blocks = new BlockDevices(sys, sys.resolve("swaps"), sys.resolve("nodes"), mounts);
  }

  private void link(String name, Path target) throws IOException {
    Path link = sys.resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, target);
  }

  private static Mount mount(String device, String target, String source) {
    return new Mount(device, target, source, Set.of("rw"), Set.of("rw"));
  }

  private static Mount mount(String device, String target) {
    return mount(device, target, "none");
  }

  @Test
  @DisplayName("disks, partitions and units of a port are found by their place in the tree")
  void places() {
    assertEquals(List.of("sda"), blocks.disks("2-1"));
    assertEquals(List.of("sda1"), blocks.partitions("2-1"));
    assertEquals(1, blocks.units("2-1"));
    assertEquals(List.of(), blocks.disks("2-2"));
    assertFalse(blocks.isEmpty("sda"));
    assertFalse(blocks.isReadOnly("sda"));
    assertEquals(Optional.of("8:1"), blocks.number("sda1"));
  }

  @Test
  @DisplayName("a system on an encrypted USB disk is known by what its volumes stand on")
  void system() {
    table.add(mount("0:25", "/proc"));
    assertEquals(List.of(), blocks.systemPorts());
    table.add(mount("254:0", "/"));
    assertEquals(List.of("2-1"), blocks.systemPorts());
  }

  @Test
  @DisplayName("a system on btrfs, which has no number of its own, is known by its nodes")
  void systemOnBtrfs() throws Exception {
    Path second = Files.createDirectories(sys.resolve("devices/pci/usb3/3-1.2/host1/block/sdb"));
    link("class/block/sdb", second);
    Files.createFile(Files.createDirectories(sys.resolve("nodes")).resolve("sda1"));
    link("nodes/mapper/root", sys.resolve("nodes/sda1"));
    table.add(mount("0:30", "/home", "/dev/mapper/none"));
    table.add(mount("0:31", "/srv", "/dev/sda1"));
    assertEquals(List.of(), blocks.systemPorts());
    table.add(mount("0:30", "/", "/dev/mapper/root"));
    assertEquals(List.of("2-1"), blocks.systemPorts());
    link("fs/btrfs/5b0c/devices/sda1", sys.resolve("class/block/sda1"));
    link("fs/btrfs/5b0c/devices/sdb", second);
    assertEquals(List.of("2-1", "3-1.2"), blocks.systemPorts(), "a file system of two disks");
  }

  @Test
  @DisplayName("swap space by its node, also by another name of it")
  void swaps() throws Exception {
    Files.createFile(Files.createDirectories(sys.resolve("nodes")).resolve("sda1"));
    link("nodes/mapper/swap", sys.resolve("nodes/sda1"));
    Files.writeString(
        sys.resolve("swaps"),
        "Filename\tType\tSize\n/swapfile file 1\n/dev/mapper/swap  partition 2\n");
    assertEquals(List.of("2-1"), blocks.systemPorts());
  }

  @Test
  @DisplayName("every mount of a port's devices goes, copies and covered ones too, and no other")
  void unmounts() {
    table.add(mount("254:0", "/"));
    table.add(mount("8:1", "/mnt"));
    table.add(mount("8:1", "/home/clerk/copy"));
    table.add(mount("8:1", "/mnt"));
    assertTrue(blocks.unmountAll("2-1"));
    assertEquals(List.of(mount("254:0", "/")), table);
    assertTrue(blocks.unmountAll("2-1"));
  }

  @Test
  @DisplayName("a name that is no UTF-8 hides no other mount, and is named to the kernel as it is")
  void rawBytes() throws Exception {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    lines.writeBytes("20 1 0:40 / /mnt/".getBytes(StandardCharsets.US_ASCII));
    lines.writeBytes(new byte[] {(byte) 0xff, '\r', (byte) 0xe9, '\\', '0', '4', '0'});
    lines.writeBytes(" rw - fuse \u0085\u00fe rw\n".getBytes(StandardCharsets.ISO_8859_1));
    lines.writeBytes(
        "21 1 8:1 / /run/sekisho/media/2-1/medium ro - vfat /dev/sda1 ro\n"
            .getBytes(StandardCharsets.US_ASCII));
    List<Mount> read =
        new MountCalls(Files.write(sys.resolve("mountinfo"), lines.toByteArray())).all();
    assertEquals(List.of("0:40", "8:1"), read.stream().map(Mount::device).toList());
    assertArrayEquals(
        new byte[] {'/', 'm', 'n', 't', '/', (byte) 0xff, '\r', (byte) 0xe9, ' ', 0},
        MountCalls.path(read.get(0).target()));
  }

  @Test
  @DisplayName("a line of mountinfo is read, escapes included")
  void mountinfo() {
    assertEquals(
        Optional.of(
            new Mount(
                "8:0",
                "/run/sekisho/media/a b",
                "/dev/sda",
                Set.of("ro", "nosuid", "nodev", "noexec"),
                Set.of("ro", "uid=1000"))),
        Mount.parse(
            "34 29 8:0 / /run/sekisho/media/a\\040b ro,nosuid,nodev,noexec shared:2 - vfat"
                + " /dev/sda ro,uid=1000"));
    assertEquals(Optional.empty(), Mount.parse("34 29 8:0 /"));
    assertEquals(Optional.empty(), Mount.parse(""));
  }
}
