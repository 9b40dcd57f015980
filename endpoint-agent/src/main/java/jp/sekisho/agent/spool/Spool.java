package jp.sekisho.agent.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.agent.spool.SpoolException.Code;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;

/**
 * The terminal's chain of records: append, read what is not acknowledged, acknowledge.
 *
 * <p>One process at a time (a file lock). Thread-safe; an append holds the lock until the disk has
 * the record. After a write that failed, nobody knows what the disk holds: every later append fails
 * with {@code SPOOL_FAILED} until the spool is opened again, which finds out.
 *
 * <p>Past 400 lines: writing, reading and recovery know one file format.
 */
public final class Spool implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Spool.class.getName());

  /** Bytes of records in one batch at most, so that its JSON stays under a mebibyte. */
  private static final int BATCH_BYTES = 640 * 1024;

  private final Path directory;
  private final Chain chain;
  private final InstantSource clock;
  private final SpoolLimits limits;
  private final SegmentFiles files;
  private final FileChannel lockFile;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final long tornBytes;
  private Acknowledged ack;

  /** Records after this number are still to be sent; below {@code ack.seq} after a regression. */
  private long sentUpTo;

  private boolean failed;

  /** What this run begins with and had no room yet, in order. */
  private final List<AgentEvent> waiting = new ArrayList<>();

  private Spool(
      Path directory,
      Chain chain,
      SegmentFiles.Found found,
      Acknowledged ack,
      FileChannel lockFile,
      InstantSource clock,
      SpoolLimits limits) {
    this.directory = directory;
    this.chain = chain;
    this.files = found.files();
    this.tornBytes = found.tornBytes();
    this.ack = ack;
    this.sentUpTo = ack.seq();
    this.lockFile = lockFile;
    this.clock = clock;
    this.limits = limits;
  }

  /** Makes the spool of a newly enrolled terminal; refuses where there is one. */
  public static void create(Path directory, String terminal) throws SpoolException {
    try {
      if (Files.exists(ackFile(directory))) {
        throw new SpoolException(Code.SPOOL_FAILED, "there is a spool already");
      }
      AtomicFile.makeDirectory(directory);
      try (var entries = Files.newDirectoryStream(directory, "*.segment")) {
        // Left by an enrolment that was cut before its last step, hence empty or not ours.
        for (Path path : entries) {
          if (Files.size(path) > Frame.MAGIC.length) {
            throw new SpoolException(Code.SPOOL_CORRUPT, "records without ack.json");
          }
          Files.delete(path);
        }
      }
      SegmentFiles.create(directory);
      AtomicFile.write(ackFile(directory), Acknowledged.none(terminal).bytes());
    } catch (IOException e) {
      throw new SpoolException(Code.SPOOL_FAILED, "cannot make the spool", e);
    }
  }

  /** Whether enrolment made a spool here. */
  public static boolean exists(Path directory) {
    return Files.exists(ackFile(directory));
  }

  /**
   * Opens the spool, cutting off a torn tail (see {@link #tornBytes}).
   *
   * @param boot base64url of 16 bytes, for the records to come
   */
  public static Spool open(
      Path directory, String terminal, String boot, InstantSource clock, SpoolLimits limits)
      throws SpoolException {
    if (!exists(directory)) {
      throw new SpoolException(Code.SPOOL_MISSING, directory.toString());
    }
    FileChannel lockFile = lock(directory);
    try {
      SegmentFiles.Found found = null;
      try {
        Acknowledged ack = Acknowledged.parse(Files.readAllBytes(ackFile(directory)));
        if (!ack.terminal().equals(terminal)) {
          throw new SpoolException(Code.SPOOL_CORRUPT, "spool of another terminal");
        }
        found = SegmentFiles.open(directory);
        Chain chain = Chain.check(terminal, boot, found.payloads(), ack);
        Spool spool = new Spool(directory, chain, found, ack, lockFile, clock, limits);
        found = null;
        lockFile = null;
        return spool;
      } finally {
        if (found != null) {
          found.files().close();
        }
      }
    } catch (MalformedException e) {
      throw new SpoolException(Code.SPOOL_CORRUPT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new SpoolException(Code.SPOOL_FAILED, "cannot read the spool", e);
    } finally {
      closeQuietly(lockFile);
    }
  }

  /** Bytes of a torn tail cut off by {@link #open}; 0 normally. To be reported. */
  public long tornBytes() {
    return tornBytes;
  }

  /** Calls {@code listener} after each durable append, on the appending thread. */
  public void onAppend(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Makes {@code event} durable as the next record.
   *
   * @throws SpoolException {@code SPOOL_FULL} or {@code SPOOL_FAILED}: it is not recorded and what
   *     it describes must not be done
   */
  public DeviceRecord append(AgentEvent event) throws SpoolException {
    DeviceRecord record;
    synchronized (this) {
      writeWaiting();
      record = write(event);
    }
    listeners.forEach(Runnable::run);
    return record;
  }

  /**
   * Appends what a run of the agent begins with. Where there is no room it waits and goes before
   * the next record of this run: a full spool must not keep an agent from starting that can say so.
   */
  public void begin(AgentEvent event) {
    synchronized (this) {
      waiting.add(event);
      try {
        makeRoom(0);
        if (room() == Room.GONE) {
          return;
        }
        writeWaiting();
      } catch (IOException e) {
        failed = true;
        LOG.log(System.Logger.Level.ERROR, "no room can be made for records", e);
        return;
      } catch (SpoolException e) {
        LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded yet", e);
        return;
      }
    }
    listeners.forEach(Runnable::run);
  }

  private void writeWaiting() throws SpoolException {
    while (!waiting.isEmpty()) {
      write(waiting.get(0));
      waiting.remove(0);
    }
  }

  private DeviceRecord write(AgentEvent event) throws SpoolException {
    if (failed) {
      throw new SpoolException(Code.SPOOL_FAILED, "an earlier write failed");
    }
    DeviceRecord record = chain.next(event, clock.instant());
    byte[] payload = record.bytes();
    byte[] frame = Frame.encode(payload);
    try {
      makeRoom(frame.length);
      if (files.totalSize() + frame.length > limits.capacity()) {
        throw new SpoolException(Code.SPOOL_FULL, limits.capacity() + " bytes");
      }
      if (files.newestSize() > limits.segment()) {
        files.roll(record.seq());
      }
      files.append(frame);
    } catch (IOException e) {
      failed = true;
      throw new SpoolException(Code.SPOOL_FAILED, "write", e);
    }
    chain.add(payload, record);
    return record;
  }

  /** The oldest records to send, at most {@code max} and less than a batch's size. */
  public synchronized List<DeviceRecord> unacknowledged(int max) {
    return chain.after(sentUpTo, max, BATCH_BYTES);
  }

  /**
   * Takes the service's acknowledgement: remembers it and its checkpoint durably, and deletes
   * segments acknowledged long enough ago.
   *
   * @return false when its head is not our hash: the caller must stop sending. Nothing is taken,
   *     and the alarm is recorded.
   */
  public boolean acknowledged(EventAck reply) throws SpoolException {
    synchronized (this) {
      String ours = chain.hashOf(reply.acknowledged());
      if (reply.head().equals(ours)) {
        take(reply);
        return true;
      }
    }
    boolean known = reply.head().length() == 43 && reply.acknowledged() >= 0;
    append(
        new AgentEvent.Alarm(
            Refusal.ACK_MISMATCH, known ? Map.of("seq", reply.acknowledged()) : Map.of()));
    return false;
  }

  private void take(EventAck reply) throws SpoolException {
    sentUpTo = Math.max(sentUpTo, reply.acknowledged());
    if (reply.acknowledged() < ack.seq()) {
      return;
    }
    Instant now = clock.instant();
    Map<Long, Instant> times = new HashMap<>(ack.segments());
    List<Long> firsts = files.firsts();
    times.keySet().retainAll(firsts);
    for (int i = 0; i + 1 < firsts.size(); i++) {
      if (firsts.get(i + 1) - 1 <= reply.acknowledged()) {
        times.putIfAbsent(firsts.get(i), now);
      }
    }
    Acknowledged next =
        new Acknowledged(
            chain.terminal(), reply.acknowledged(), reply.head(), reply.checkpoint(), times);
    try {
      AtomicFile.write(ackFile(directory), next.bytes());
      ack = next;
      for (Long first : firsts) {
        Instant since = times.get(first);
        if (since != null && !since.plus(limits.keep()).isAfter(now)) {
          delete(first);
        }
      }
      // At once: where the room is gone nobody appends any more, so nothing else would make any.
      makeRoom(0);
    } catch (IOException e) {
      throw new SpoolException(Code.SPOOL_FAILED, "ack.json", e);
    }
  }

  /** Under pressure acknowledged segments go before their time: a login matters more. */
  private void makeRoom(int bytes) throws IOException {
    List<Long> firsts = files.firsts();
    for (int i = 0;
        i + 1 < firsts.size() && files.totalSize() + bytes > limits.capacity() - limits.reserve();
        i++) {
      if (firsts.get(i + 1) - 1 > Math.min(ack.seq(), sentUpTo)) {
        return;
      }
      delete(firsts.get(i));
    }
  }

  private void delete(long first) throws IOException {
    files.delete(first);
    chain.forgetBefore(files.firsts().get(0));
  }

  /**
   * The service says it holds less than it acknowledged; what is still here is sent again.
   *
   * @param seq what it holds
   */
  public void regressedTo(long seq) throws SpoolException {
    long had;
    synchronized (this) {
      had = ack.seq();
      if (seq >= had || seq >= sentUpTo) {
        return;
      }
      sentUpTo = Math.max(seq, chain.firstSeq() - 1);
    }
    append(new AgentEvent.Alarm(Refusal.SERVER_REGRESSED, Map.of("had", had, "has", seq)));
  }

  /** Highest number written, 0 before the first. */
  public synchronized long lastSeq() {
    return chain.lastSeq();
  }

  /** Boot of the newest record; empty where none is kept. */
  public synchronized Optional<String> lastBoot() {
    return chain.after(chain.lastSeq() - 1, 1, Integer.MAX_VALUE).stream()
        .map(DeviceRecord::boot)
        .findFirst();
  }

  /** Highest number the service ever acknowledged, 0 before the first. */
  public synchronized long acknowledgedSeq() {
    return ack.seq();
  }

  /** Records not yet acknowledged. */
  public synchronized int depth() {
    return Math.toIntExact(chain.lastSeq() - sentUpTo);
  }

  /** The newest checkpoint of an acknowledgement; empty before the first. */
  public synchronized String checkpoint() {
    return ack.checkpoint();
  }

  /** What the spool can still take. */
  public synchronized Room room() {
    long free = limits.capacity() - files.totalSize();
    if (failed || free <= limits.lastRoom()) {
      return Room.GONE;
    }
    return free <= limits.reserve() ? Room.RESERVE : Room.PLENTY;
  }

  /** All records still on the disk, oldest first. */
  public synchronized List<DeviceRecord> retained() {
    return new ArrayList<>(chain.after(chain.firstSeq() - 1, Integer.MAX_VALUE, Integer.MAX_VALUE));
  }

  @Override
  public synchronized void close() {
    failed = true;
    try {
      files.close();
    } catch (IOException e) {
      // Every record was forced when it was appended; nothing is left to lose.
    }
    closeQuietly(lockFile);
  }

  private static FileChannel lock(Path directory) throws SpoolException {
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        FileChannel held = channel;
        channel = null;
        return held;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer.
    } catch (IOException e) {
      throw new SpoolException(Code.SPOOL_FAILED, "lock", e);
    } finally {
      closeQuietly(channel);
    }
    throw new SpoolException(Code.SPOOL_BUSY, "another agent runs on " + directory);
  }

  private static void closeQuietly(@org.jspecify.annotations.Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Closing only lets go of a lock; the process end does it too.
    }
  }

  private static Path ackFile(Path directory) {
    return directory.resolve("ack.json");
  }

  /** The text form a batch carries. */
  public static String wire(DeviceRecord record) {
    return Base64Url.encode(record.bytes());
  }
}
