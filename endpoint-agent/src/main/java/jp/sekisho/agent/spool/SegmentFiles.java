package jp.sekisho.agent.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import jp.sekisho.agent.config.AtomicFile;

/** The segments in the spool's folder: reads them all, appends to the newest. Not thread-safe. */
final class SegmentFiles implements AutoCloseable {
  private static final String SUFFIX = ".segment";

  private final Path directory;

  /** First number → size in bytes, of every segment. */
  private final TreeMap<Long, Long> sizes = new TreeMap<>();

  private FileChannel newest;

  private SegmentFiles(Path directory, FileChannel newest) {
    this.directory = directory;
    this.newest = newest;
  }

  /**
   * What was found on the disk.
   *
   * @param payloads by segment
   * @param tornBytes cut off the end of the newest
   */
  record Found(SegmentFiles files, TreeMap<Long, List<byte[]>> payloads, long tornBytes) {}

  /** Makes the first segment. */
  static void create(Path directory) throws IOException {
    start(directory, 1).close();
  }

  static Found open(Path directory) throws SpoolException, IOException {
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      entries.filter(path -> path.toString().endsWith(SUFFIX)).sorted().forEach(paths::add);
    }
    if (paths.isEmpty()) {
      throw new SpoolException(SpoolException.Code.SPOOL_MISSING, "no segment");
    }
    TreeMap<Long, List<byte[]>> payloads = new TreeMap<>();
    TreeMap<Long, Long> sizes = new TreeMap<>();
    long torn = 0;
    for (Path path : paths) {
      Frame.Contents contents =
          Frame.decode(Files.readAllBytes(path), path.equals(paths.get(paths.size() - 1)));
      payloads.put(first(path), contents.payloads());
      sizes.put(first(path), contents.goodBytes());
      torn = contents.tornBytes();
    }
    Path last = paths.get(paths.size() - 1);
    FileChannel channel = FileChannel.open(last, StandardOpenOption.WRITE);
    SegmentFiles files = new SegmentFiles(directory, channel);
    files.sizes.putAll(sizes);
    files.repair(torn);
    return new Found(files, payloads, torn);
  }

  private void repair(long torn) throws IOException {
    long good = sizes.lastEntry().getValue();
    if (torn > 0) {
      newest.truncate(good);
    }
    newest.position(good);
    if (good == 0) {
      AtomicFile.writeFully(newest, Frame.MAGIC);
      sizes.put(sizes.lastKey(), (long) Frame.MAGIC.length);
    }
    if (torn > 0 || good == 0) {
      newest.force(true);
    }
  }

  /** Appends a frame and waits until the disk has it. */
  void append(byte[] frame) throws IOException {
    AtomicFile.writeFully(newest, frame);
    newest.force(false);
    sizes.merge(sizes.lastKey(), (long) frame.length, Long::sum);
  }

  /** Starts the segment of record {@code first}. */
  void roll(long first) throws IOException {
    FileChannel next = start(directory, first);
    newest.close();
    newest = next;
    sizes.put(first, (long) Frame.MAGIC.length);
  }

  /** Deletes a segment that is not the newest. */
  void delete(long first) throws IOException {
    if (first == sizes.lastKey()) {
      throw new IllegalArgumentException("the newest segment stays");
    }
    Files.deleteIfExists(path(directory, first));
    sizes.remove(first);
    AtomicFile.syncDirectory(directory);
  }

  long newestSize() {
    return sizes.lastEntry().getValue();
  }

  long totalSize() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** First numbers of all segments, oldest first. */
  List<Long> firsts() {
    return List.copyOf(sizes.keySet());
  }

  @Override
  public void close() throws IOException {
    newest.close();
  }

  private static FileChannel start(Path directory, long first) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path(directory, first), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    AtomicFile.writeFully(channel, Frame.MAGIC);
    channel.force(true);
    AtomicFile.syncDirectory(directory);
    return channel;
  }

  private static Path path(Path directory, long first) {
    return directory.resolve("%020d%s".formatted(first, SUFFIX));
  }

  private static long first(Path path) throws SpoolException {
    String name = String.valueOf(path.getFileName());
    if (!name.matches("[0-9]{20}\\.segment")) {
      throw Frame.corrupt("a segment's name");
    }
    try {
      return Long.parseLong(name.substring(0, 20));
    } catch (NumberFormatException e) {
      throw Frame.corrupt("a segment's name");
    }
  }
}
