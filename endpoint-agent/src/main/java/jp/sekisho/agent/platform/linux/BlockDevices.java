package jp.sekisho.agent.platform.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which block device hangs on which USB port, by sysfs. Stateless and thread-safe. */
public final class BlockDevices {
  /** Mounts without which the system does not go on. */
  private static final Set<String> SYSTEM_TARGETS =
      Set.of("/", "/boot", "/boot/efi", "/usr", "/var", "/home");

  /** Mounts of one device that are taken away in one go at most; one above the other, or copies. */
  private static final int MOST_MOUNTS = 256;

  private static final System.Logger LOG = System.getLogger(BlockDevices.class.getName());

  private final Path sys;
  private final Path swaps;
  private final Path dev;
  private final MountCalls mounts;

  /** The block devices below {@code sys}. */
  public BlockDevices(Path sys) {
    this(sys, Path.of("/proc/swaps"), Path.of("/dev"), new MountCalls());
  }

  BlockDevices(Path sys, Path swaps, Path dev, MountCalls mounts) {
    this.sys = sys;
    this.swaps = swaps;
    this.dev = dev;
    this.mounts = mounts;
  }

  /** The USB port a device with this path in sysfs hangs on: the last one in it. */
  static Optional<String> portOf(String path) {
    List<String> parts = List.of(path.split("/"));
    for (int i = parts.size() - 1; i > 0; i--) {
      String part = parts.get(i);
      if (SysfsUsb.isPort(part) && parts.contains("usb" + part.substring(0, part.indexOf('-')))) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  /** Names of the disks behind {@code port}, partitions not among them. */
  List<String> disks(String port) {
    return entries(sys.resolve("class").resolve("block"), port).stream()
        .filter(name -> !Files.exists(block(name).resolve("partition")))
        .toList();
  }

  /** Names of the partitions behind {@code port}. */
  List<String> partitions(String port) {
    return entries(sys.resolve("class").resolve("block"), port).stream()
        .filter(name -> Files.exists(block(name).resolve("partition")))
        .toList();
  }

  /** How many SCSI logical units there are behind {@code port}. */
  int units(String port) {
    return (int)
        entries(sys.resolve("bus").resolve("scsi").resolve("devices"), port).stream()
            .filter(name -> name.matches("[0-9]+:[0-9]+:[0-9]+:[0-9]+"))
            .count();
  }

  /** {@code major:minor} of a block device. */
  Optional<String> number(String name) {
    return text(block(name).resolve("dev"));
  }

  /** Whether the kernel refuses writes to it. */
  boolean isReadOnly(String name) {
    return text(block(name).resolve("ro")).filter("1"::equals).isPresent();
  }

  /** Whether it holds anything: an empty card reader has a disk of size 0. */
  boolean isEmpty(String name) {
    return text(block(name).resolve("size")).filter(size -> !size.equals("0")).isEmpty();
  }

  private Path block(String name) {
    return sys.resolve("class").resolve("block").resolve(name);
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Entries of a directory of links whose targets hang on {@code port}, sorted. */
  private static List<String> entries(Path directory, String port) {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (portOf(real(entry)).filter(port::equals).isPresent()) {
          names.add(entry.getFileName().toString());
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(System.Logger.Level.DEBUG, "no " + directory, e);
    }
    return List.copyOf(names);
  }

  private static String real(Path link) {
    try {
      return link.toRealPath().toString();
    } catch (IOException e) {
      // It left while the directory was read.
      return "";
    }
  }

  /** Ports that the mounted system and its swap space hang on. */
  List<String> systemPorts() {
    Set<Path> seen = new HashSet<>();
    List<Path> left = new ArrayList<>();
    try {
      for (Mount mount : mounts.all()) {
        if (SYSTEM_TARGETS.contains(mount.target())) {
          left.add(sys.resolve("dev").resolve("block").resolve(mount.device()));
          left.addAll(standingOn(mount.source()));
        }
      }
      if (Files.exists(swaps)) {
        for (String line : Files.readAllLines(swaps, StandardCharsets.ISO_8859_1)) {
          left.addAll(standingOn(line.split("\\s", 2)[0]));
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "the system's own disks are not known", e);
    }
    Set<String> ports = new TreeSet<>();
    while (!left.isEmpty()) {
      Path device = left.remove(left.size() - 1);
      if (!Files.exists(device) || !seen.add(device)) {
        continue;
      }
      portOf(real(device)).ifPresent(ports::add);
      // Encrypted and logical volumes stand on others.
      try (DirectoryStream<Path> slaves = Files.newDirectoryStream(device.resolve("slaves"))) {
        slaves.forEach(left::add);
      } catch (IOException | DirectoryIteratorException e) {
        // A partition stands on nothing.
      }
    }
    return List.copyOf(ports);
  }

  /**
   * The block devices behind a node such as {@code /dev/sda2} or {@code /dev/mapper/root}: itself,
   * and those that a btrfs on it has besides. Empty for what is no node.
   */
  private List<Path> standingOn(String node) {
    String below = "/dev/";
    if (!node.startsWith(below)) {
      return List.of();
    }
    List<Path> all = new ArrayList<>();
    try {
      String name =
          dev.resolve(node.substring(below.length())).toRealPath().getFileName().toString();
      all.add(block(name));
      try (DirectoryStream<Path> systems =
          Files.newDirectoryStream(sys.resolve("fs").resolve("btrfs"))) {
        for (Path system : systems) {
          Path devices = system.resolve("devices");
          if (Files.exists(devices.resolve(name))) {
            try (DirectoryStream<Path> members = Files.newDirectoryStream(devices)) {
              members.forEach(member -> all.add(block(member.getFileName().toString())));
            }
          }
        }
      }
    } catch (IOException | DirectoryIteratorException | InvalidPathException e) {
      // No such node, or no btrfs on this machine.
      LOG.log(System.Logger.Level.DEBUG, node, e);
    }
    return all;
  }

  /** Takes away every mount of a device behind {@code port}; whether none is left. */
  boolean unmountAll(String port) {
    Set<String> numbers = new HashSet<>();
    for (String name : entries(sys.resolve("class").resolve("block"), port)) {
      number(name).ifPresent(numbers::add);
    }
    return unmount(numbers, "");
  }

  /** Takes away every mount of one of these devices, or at {@code target}. */
  boolean unmount(Set<String> numbers, String target) {
    try {
      for (int i = 0; i < MOST_MOUNTS; i++) {
        // The newest first: it may stand upon another.
        Mount last = null;
        for (Mount mount : mounts.all()) {
          if (numbers.contains(mount.device()) || mount.target().equals(target)) {
            last = mount;
          }
        }
        if (last == null) {
          return true;
        }
        mounts.detach(last.target());
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "not unmounted", e);
    }
    return false;
  }
}
