package jp.sekisho.keycloak;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RelyingRecord;
import org.jboss.logging.Logger;

/**
 * Events on their way to the service: a file of lines, each on the disk before {@link #append}
 * returns, each naming the hash of the one before, none twice while it waits. Thread-safe; one
 * process at a time, by a lock.
 *
 * <p>Files of its directory: {@code lock}; {@code events}, the lines that are not acknowledged and
 * some that are; {@code state}, the spool's id with number and hash of the last line that the
 * service holds, replaced at once. A line torn by a power cut was never said to be there and is cut
 * off. Any other damage is moved aside and a new chain begins, which the log shows; what was in the
 * damaged one is found again in Keycloak's own event store.
 */
final class Spool implements AutoCloseable {
  /** Acknowledged lines are cut off once the file is longer than this. */
  private static final long COMPACT = 1 << 20;

  /** Unsent events beyond this are not taken, some 25 MB: the service was away for long. */
  static final int MOST = 50_000;

  private static final Logger LOG = Logger.getLogger(Spool.class);

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  // Staff numbers and who logged in when are nobody's but Keycloak's.
  private static final FileAttribute<?>[] OWN_FILE = mode("rw-------");
  private static final FileAttribute<?>[] OWN_DIRECTORY = mode("rwx------");

  private final Path directory;
  private final FileChannel lock;
  // Lines by their events' ids, without a gap; the newest has the number `last`.
  private final Map<String, String> unsent = new LinkedHashMap<>();
  private FileChannel events;
  private String id = "";
  private long last;
  private String lastHash = RelyingRecord.GENESIS;
  // Up to here the file holds whole lines; what a failed write left behind is cut off.
  private long length;
  private boolean failed;

  /**
   * Opens or makes the spool in {@code directory}.
   *
   * @throws IOException also when another process has it
   */
  Spool(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory, OWN_DIRECTORY);
    settle(directory);
    this.lock = open(directory.resolve("lock"));
    try {
      FileLock held = lock.tryLock();
      if (held == null) {
        throw new IOException("another process uses " + directory);
      }
      this.events = open(directory.resolve("events"));
      try {
        recover();
      } catch (MalformedException e) {
        events.close();
        Path aside = directory.resolve("damaged-" + System.currentTimeMillis());
        LOG.errorf(
            "the spool is damaged (%s): kept as %s, a new one begins", e.getMessage(), aside);
        rename(directory.resolve("events"), aside);
        unsent.clear();
        this.events = open(directory.resolve("events"));
        begin(newId());
      }
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static FileChannel open(Path file) throws IOException {
    FileChannel opened =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            OWN_FILE);
    settle(file);
    return opened;
  }

  /** A name that was made or moved is on the disk when its directory is. */
  private static void settle(Path file) throws IOException {
    if (POSIX) {
      try (FileChannel names = FileChannel.open(file.resolveSibling("."))) {
        names.force(true);
      }
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    Path moved = Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    settle(moved);
  }

  private static FileAttribute<?>[] mode(String mode) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static String newId() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return Base64Url.encode(random);
  }

  private void begin(String spool) throws IOException {
    id = spool;
    last = 0;
    lastHash = RelyingRecord.GENESIS;
    length = events.size();
    save(0, RelyingRecord.GENESIS);
  }

  private void save(long acknowledged, String hash) throws IOException {
    replace(directory.resolve("state"), id + " " + acknowledged + " " + hash);
  }

  private void recover() throws IOException, MalformedException {
    Path state = directory.resolve("state");
    if (!Files.exists(state)) {
      if (events.size() > 0) {
        throw new MalformedException("lines without a state");
      }
      begin(newId());
      return;
    }
    String[] parts = Files.readString(state).split(" ", -1);
    if (parts.length != 3 || !parts[1].matches("[0-9]{1,16}")) {
      throw new MalformedException("state");
    }
    id = parts[0];
    last = Long.parseLong(parts[1]);
    lastHash = parts[2];
    long acknowledged = last;
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(events.size()));
    while (all.hasRemaining() && events.read(all) >= 0) {
      // On.
    }
    // A line is ASCII, so that bytes and characters are one.
    String text = new String(all.array(), 0, all.position(), StandardCharsets.ISO_8859_1);
    length = text.lastIndexOf('\n') + 1L;
    for (String line : text.substring(0, (int) length).split("\n", -1)) {
      if (!line.isEmpty()) {
        take(line, acknowledged);
      }
    }
    cut();
  }

  private void take(String line, long acknowledged) throws MalformedException {
    RelyingRecord record = RelyingRecord.parse(line);
    if (!record.spool().equals(id)) {
      // A restart that a power cut interrupted: the new lines are there, the state is the old one.
      if (record.seq() != 1 || !unsent.isEmpty()) {
        throw new MalformedException("a line of another spool");
      }
      id = record.spool();
      last = 0;
      lastHash = RelyingRecord.GENESIS;
    } else if (record.seq() <= acknowledged && unsent.isEmpty()) {
      return;
    }
    if (record.seq() != last + 1 || !record.prev().equals(lastHash)) {
      throw new MalformedException("it does not chain at " + record.seq());
    }
    accept(record.id(), line);
  }

  private void accept(String event, String line) {
    last++;
    lastHash = RelyingRecord.hash(line);
    String unused = unsent.put(event, line);
  }

  private void cut() throws IOException {
    if (events.size() > length) {
      events.truncate(length);
      events.force(true);
    }
    events.position(length);
  }

  /**
   * Adds an event, whatever place it has; it is on the disk when this returns.
   *
   * @return false when it waits there already
   * @throws IOException then it is not there; the comparison with the event store finds it later
   */
  synchronized boolean append(RelyingRecord event) throws IOException {
    if (unsent.containsKey(event.id())) {
      return false;
    }
    if (unsent.size() >= MOST) {
      throw new IOException("the spool is full: the service was away for long");
    }
    String text = event.in(id, last + 1, lastHash).text();
    write(text + "\n");
    length += text.length() + 1L;
    accept(event.id(), text);
    return true;
  }

  private void write(String text) throws IOException {
    failed = true;
    cut();
    write(events, text);
    events.force(false);
    failed = false;
  }

  private static void write(FileChannel to, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      int unused = to.write(bytes);
    }
  }

  /**
   * Whether an event could be added now: if not, no login may succeed. After one that could not it
   * tries as much as a line takes at most: a full disk lets a file be cut off, but not grow.
   */
  synchronized boolean isHealthy() {
    if (!events.isOpen() || unsent.size() >= MOST) {
      return false;
    }
    try {
      if (failed) {
        write(" ".repeat(4096));
      }
      cut();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether an event of this id waits. What was acknowledged is the service's to know: it is asked.
   */
  synchronized boolean knows(String event) {
    return unsent.containsKey(event);
  }

  /** Id of the chain that is written now. */
  synchronized String id() {
    return id;
  }

  /** The oldest events that are not acknowledged, at most {@code most}. */
  synchronized List<String> unsent(int most) {
    return unsent.values().stream().limit(most).toList();
  }

  /** The service holds all of the spool {@code spool} up to {@code seq}. */
  synchronized void acknowledge(String spool, long seq) throws IOException {
    if (!spool.equals(id)) {
      return;
    }
    long held = last - unsent.size();
    String newest = null;
    for (Iterator<String> lines = unsent.values().iterator(); lines.hasNext() && held < seq; ) {
      newest = lines.next();
      lines.remove();
      held++;
    }
    if (newest != null) {
      save(held, RelyingRecord.hash(newest));
    }
    if (unsent.isEmpty() && length > COMPACT) {
      length = 0;
      cut();
    }
  }

  /**
   * Begins a new chain with what is not acknowledged: the service does not take the old one, which
   * was put back from a copy or is not the one that it knows.
   */
  synchronized void restart() throws IOException {
    String next = newId();
    long seq = 0;
    String prev = RelyingRecord.GENESIS;
    Map<String, String> moved = new LinkedHashMap<>(unsent);
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> line : moved.entrySet()) {
      String there = own(line.getValue()).in(next, ++seq, prev).text();
      prev = RelyingRecord.hash(there);
      line.setValue(there);
      text.append(there).append('\n');
    }
    Path file = directory.resolve("events");
    replace(file, text.toString());
    FileChannel old = events;
    events = open(file);
    old.close();
    unsent.clear();
    begin(next);
    moved.forEach(this::accept);
    cut();
  }

  private static RelyingRecord own(String line) {
    try {
      return RelyingRecord.parse(line);
    } catch (MalformedException e) {
      throw new IllegalStateException("a line of this spool", e);
    }
  }

  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            next,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
            OWN_FILE)) {
      write(out, text);
      out.force(true);
    }
    rename(next, file);
  }

  @Override
  public synchronized void close() throws IOException {
    events.close();
    lock.close();
  }
}
