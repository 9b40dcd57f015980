package jp.sekisho.agent.platform.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.MediumReader;
import jp.sekisho.agent.enforce.MediumWriter;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.agent.enforce.media.Volumes;
import jp.sekisho.protocol.Refusal;

/**
 * Volumes behind USB ports on Linux: waited for by the kernel's messages, made read-only in the
 * block layer, mounted {@code ro,nosuid,nodev,noexec} in the host's namespace, and believed only
 * when the kernel's own table of mounts says so. Written only by {@link WritableMount}, and taken
 * in by {@link ReadOnlyMount}, where no other process sees it. Thread-safe; one opening or closing
 * at a time per port. No lock is held over a mount or unmount: what one medium delays is its own.
 */
public final class LinuxVolumes implements Volumes {
  /**
   * Where media are mounted: each at {@code <port>/medium}. {@code <port>} is root's and nobody but
   * the seat's user may pass it, whatever the file system below says of its files.
   */
  public static final Path PLACE = Path.of("/run/sekisho/media");

  private static final String MEDIUM = "medium";

  /** From authorisation to a block device: a second of the kernel's own, and slow sticks. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** When messages were lost, what sysfs shows is taken after this long. */
  private static final Duration WITHOUT_MESSAGE = Duration.ofSeconds(5);

  private static final System.Logger LOG = System.getLogger(LinuxVolumes.class.getName());

  private final BlockDevices blocks;
  private final MountCalls mounts;
  private final Path dev;
  private final Path place;

  /** Block devices that were announced, by port. Guarded by this. */
  private final Map<String, Set<String>> announced = new HashMap<>();

  /** {@code major:minor} of what was opened, by port. */
  private final Map<String, Set<String>> opened = new ConcurrentHashMap<>();

  /** Volumes of this machine. */
  public LinuxVolumes(BlockDevices blocks) {
    this(blocks, new MountCalls(), Path.of("/dev"), PLACE);
  }

  LinuxVolumes(BlockDevices blocks, MountCalls mounts, Path dev, Path place) {
    this.blocks = blocks;
    this.mounts = mounts;
    this.dev = dev;
    this.place = place;
  }

  /** A volume that could not be opened. */
  private static final class NotOpened extends Exception {
    private static final long serialVersionUID = 1L;
    private final Refusal reason;

    NotOpened(Refusal reason) {
      super(reason.name());
      this.reason = reason;
    }
  }

  /**
   * The volume of a medium, with everything of it read-only in the block layer.
   *
   * @param disk the whole of which it is a part, or itself
   */
  private record Found(String disk, String volume, FileSystemKind kind) {}

  @Override
  public OpenOutcome open(String port, int user, BooleanSupplier wanted) {
    try {
      return new OpenOutcome.Opened(mount(port, find(port, wanted), user));
    } catch (NotOpened e) {
      return new OpenOutcome.Failed(e.reason);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "not opened: " + port, e);
      return new OpenOutcome.Failed(Refusal.MEDIUM_NOT_OPENED);
    }
  }

  /** Does something with a volume where this process alone can see it. */
  private interface Alone {
    /**
     * Mounts it at {@code target}, does it and unmounts it.
     *
     * @param begun to be run before it is done
     */
    void act(Found found, Path target, Runnable begun) throws IOException, NotOpened;
  }

  @Override
  public WriteOutcome write(String port, BooleanSupplier wanted, MediumWriter writer) {
    return alone(
        port,
        wanted,
        Refusal.EXPORT_MEDIUM,
        (found, target, begun) -> {
          if (found.kind().writingOptions().isEmpty()) {
            throw new NotOpened(Refusal.MEDIUM_FILE_SYSTEM);
          }
          try (WritableMount mount =
              WritableMount.make(
                  mounts,
                  List.of(dev.resolve(found.disk()), dev.resolve(found.volume())),
                  blocks.number(found.volume()).orElse(""),
                  found.kind(),
                  target,
                  wanted)) {
            begun.run();
            writer.write(mount);
          }
        });
  }

  @Override
  public WriteOutcome read(String port, BooleanSupplier wanted, MediumReader reader) {
    return alone(
        port,
        wanted,
        Refusal.IMPORT_MEDIUM,
        (found, target, begun) -> {
          try (ReadOnlyMount mount =
              ReadOnlyMount.make(
                  dev.resolve(found.volume()),
                  blocks.number(found.volume()).orElse(""),
                  found.kind(),
                  target,
                  wanted)) {
            begun.run();
            reader.read(mount);
          }
        });
  }

  private WriteOutcome alone(String port, BooleanSupplier wanted, Refusal brokenOff, Alone alone) {
    AtomicBoolean begun = new AtomicBoolean();
    try {
      Found found = find(port, wanted);
      Path target = Files.createDirectories(place.resolveSibling("writing").resolve(port));
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
      try {
        alone.act(found, target, () -> begun.set(true));
      } finally {
        Files.deleteIfExists(target);
      }
      return new WriteOutcome.Done();
    } catch (NotOpened e) {
      return new WriteOutcome.Failed(e.reason, begun.get());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "not written or read, or not whole: " + port, e);
      return new WriteOutcome.Failed(
          begun.get() ? brokenOff : Refusal.MEDIUM_NOT_OPENED, begun.get());
    }
  }

  private Found find(String port, BooleanSupplier wanted) throws IOException, NotOpened {
    String disk = await(port, wanted);
    if (blocks.units(port) != 1 || blocks.disks(port).size() != 1 || blocks.isEmpty(disk)) {
      throw new NotOpened(Refusal.MEDIUM_UNUSABLE);
    }
    List<String> parts = blocks.partitions(port);
    List<String> candidates = parts.isEmpty() ? List.of(disk) : parts;
    Set<String> nodes = new HashSet<>(candidates);
    nodes.add(disk);
    remember(port, nodes);
    for (String node : nodes) {
      // Whatever rules udev has for it: a disc's are of who sits at the screen.
      Files.setPosixFilePermissions(
          dev.resolve(node), PosixFilePermissions.fromString("rw-------"));
      mounts.forceReadOnly(dev.resolve(node));
      if (!blocks.isReadOnly(node)) {
        throw new NotOpened(Refusal.MEDIUM_NOT_OPENED);
      }
    }
    List<String> readable = new ArrayList<>();
    FileSystemKind kind = null;
    for (String candidate : candidates) {
      Optional<FileSystemKind> found = FileSystemKind.of(head(candidate));
      if (found.isPresent()) {
        readable.add(candidate);
        kind = found.get();
      }
    }
    if (kind == null) {
      throw new NotOpened(Refusal.MEDIUM_FILE_SYSTEM);
    }
    if (readable.size() != 1) {
      throw new NotOpened(Refusal.MEDIUM_UNUSABLE);
    }
    return new Found(disk, readable.get(0), kind);
  }

  private void remember(String port, Set<String> nodes) {
    Set<String> numbers = new HashSet<>();
    nodes.forEach(node -> blocks.number(node).ifPresent(numbers::add));
    opened.put(port, Set.copyOf(numbers));
  }

  /** Waits until the kernel announced the disk of a port; its partitions are known by then. */
  private synchronized String await(String port, BooleanSupplier wanted) throws NotOpened {
    long start = System.nanoTime();
    try {
      while (wanted.getAsBoolean()) {
        long waited = System.nanoTime() - start;
        List<String> disks = blocks.disks(port);
        Set<String> known = announced.getOrDefault(port, Set.of());
        for (String disk : disks) {
          if (known.contains(disk) || waited > WITHOUT_MESSAGE.toNanos()) {
            return disk;
          }
        }
        if (waited > PATIENCE.toNanos()) {
          break;
        }
        wait(Duration.ofSeconds(1).toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new NotOpened(Refusal.MEDIUM_UNUSABLE);
  }

  private Path mount(String port, Found found, int user) throws IOException, NotOpened {
    Path target = target(port);
    if (!blocks.unmount(Set.of(), target.toString())) {
      throw new NotOpened(Refusal.MEDIUM_NOT_OPENED);
    }
    Path enclosure = place.resolve(port);
    Files.createDirectories(enclosure);
    mounts.encloseFor(enclosure, user);
    Files.createDirectories(target);
    // Whatever the process's umask is: the seat's user must reach the files, nobody may add any.
    for (Path directory : List.of(place, target)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    IOException refused = null;
    for (String options : found.kind().options(user)) {
      try {
        mounts.mountReadOnly(dev.resolve(found.volume()), target, found.kind().type(), options);
        refused = null;
        break;
      } catch (IOException e) {
        refused = e;
      }
    }
    if (refused != null) {
      throw refused;
    }
    if (!isMounted(target, blocks.number(found.volume()).orElse(""))) {
      throw new NotOpened(Refusal.MEDIUM_NOT_OPENED);
    }
    return target;
  }

  private Path target(String port) {
    return place.resolve(port).resolve(MEDIUM);
  }

  private byte[] head(String volume) throws IOException {
    try (InputStream in = Files.newInputStream(dev.resolve(volume))) {
      return in.readNBytes(FileSystemKind.HEAD_BYTES);
    }
  }

  private boolean isMounted(Path target, String number) throws IOException {
    Mount last = null;
    for (Mount mount : mounts.all()) {
      if (mount.target().equals(target.toString())) {
        last = mount;
      }
    }
    return last != null
        && last.device().equals(number)
        && last.options().containsAll(Set.of("ro", "nosuid", "nodev", "noexec"))
        && last.superOptions().contains("ro");
  }

  @Override
  public boolean close(String port) {
    synchronized (this) {
      announced.remove(port);
    }
    Set<String> numbers = opened.getOrDefault(port, Set.of());
    Path target = target(port);
    boolean closed = blocks.unmountAll(port) && blocks.unmount(numbers, target.toString());
    if (closed) {
      opened.remove(port);
      try {
        Files.deleteIfExists(target);
        Files.deleteIfExists(place.resolve(port));
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "mount point stays", e);
      }
    }
    return closed;
  }

  @Override
  public boolean isOpen(String port) {
    try {
      for (String number : opened.getOrDefault(port, Set.of())) {
        if (isMounted(target(port), number)) {
          return true;
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "mounts cannot be read", e);
    }
    return false;
  }

  @Override
  public boolean isSingle(String port) {
    return blocks.units(port) == 1 && blocks.disks(port).size() == 1;
  }

  @Override
  public synchronized void appeared(String port, String name) {
    announced.computeIfAbsent(port, unused -> new HashSet<>()).add(name);
    notifyAll();
  }

  @Override
  public synchronized void wake() {
    notifyAll();
  }
}
