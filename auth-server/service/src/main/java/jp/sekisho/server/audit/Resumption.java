package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.NoteSignature;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.StorageException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Lets logs go on that lost entries, after a restore or an attack: the generation that cannot go on
 * is closed and the next one opens, whose entry 0 says what was known to be signed and what of it
 * is left (ADR 0017). Closed means that nobody signs for it any more; what it held stays readable.
 *
 * <p>The next generation has a key of its own, so that no terminal follows before the officers have
 * signed a root with it. A log that lost nothing is left alone. Holds the sequencer's lock, so that
 * no service runs beside it; used by one thread. May be repeated after any failure: the generation
 * counts from the moment its key file has its name.
 */
public final class Resumption implements AutoCloseable {
  private final Database database;
  private final Path keys;
  private final RowSeal seal;
  private final OpeningEntries openings;
  private final SequencerLock lock;

  private Resumption(
      Database database, Path keys, RowSeal seal, OpeningEntries openings, SequencerLock lock) {
    this.database = database;
    this.keys = keys;
    this.seal = seal;
    this.openings = openings;
    this.lock = lock;
  }

  /** What became of a log. */
  public sealed interface Outcome {
    /**
     * It goes on in a new generation.
     *
     * @param key to be signed into the root by the officers
     * @param known entries the last known checkpoint of the old one covered
     * @param held of those, how many are left; −1 when the log signed other entries in their place
     * @param carried entries that were committed, not yet signed, and follow entry 0
     * @param foreign rows that were left behind because this service never wrote them
     */
    record Opened(String log, VerifierKey key, long known, long held, long carried, long foreign)
        implements Outcome {}

    /** It lost nothing that anybody here knows of, and was left alone. */
    record Whole(String log) implements Outcome {}

    /** Nothing was changed. */
    record Refused(String log, Reason reason) implements Outcome {}
  }

  /** Why nothing was changed. */
  public enum Reason {
    /** The checkpoint shown is of none of this installation's newest generations, or not signed. */
    FOREIGN_CHECKPOINT,
    /** The database knows no such log: it is not a backup of this installation. */
    NO_STATE,
    /** The database holds rows of the next generation that this service did not write. */
    FOREIGN_GENERATION
  }

  /**
   * With the sequencer's lock; empty when another process still has it after a while. Of a service
   * that was just killed, PostgreSQL frees it a moment later.
   *
   * @param patience how long the lock is waited for
   */
  public static Optional<Resumption> begin(
      Database database, Path keys, RowSeal seal, InstantSource clock, Duration patience) {
    SequencerLock lock = new SequencerLock(database, keys);
    long began = System.nanoTime();
    while (!lock.tryAcquire()) {
      if (System.nanoTime() - began >= patience.toNanos()
          || Thread.currentThread().isInterrupted()) {
        lock.close();
        return Optional.empty();
      }
      LockSupport.parkNanos(PublishedByOthers.POLL.toNanos());
    }
    return Optional.of(new Resumption(database, keys, seal, new OpeningEntries(seal, clock), lock));
  }

  /** The organs whose logs this installation has, and {@code system}. */
  public Set<String> organs() {
    return Generation.newest(LogFiles.logs(keys)).keySet();
  }

  /**
   * Lets one log go on, if it cannot by itself.
   *
   * @param shown checkpoints a terminal or a witness has; those of other logs do not matter here
   * @throws LogIntegrityException when what the database holds was never signed
   * @throws StorageException when files or database fail; to be repeated
   */
  public Outcome resume(String organ, List<SignedNote> shown) {
    Map<String, Generation> newest = Generation.newest(LogFiles.logs(keys));
    Generation old = newest.get(organ);
    if (old == null) {
      throw new IllegalArgumentException("no log called " + organ);
    }
    try {
      return resume(old, shown);
    } catch (IOException e) {
      throw new StorageException("cannot open a generation of log " + organ, e);
    } catch (FormatException e) {
      throw new LogIntegrityException("a checkpoint of log " + organ + " is damaged", e);
    }
  }

  private Outcome resume(Generation old, List<SignedNote> shown)
      throws IOException, FormatException {
    Optional<String> origin = origin(old);
    if (origin.isEmpty()) {
      return new Outcome.Refused(old.organ(), Reason.NO_STATE);
    }
    LogFiles files = new LogFiles(keys, old.log());
    SignedCheckpoint known;
    @Nullable SignedCheckpoint contradiction = null;
    Left left;
    try (LogSigner signer = files.signer(origin.get())) {
      VerifierKey key = signer.verifierKey();
      known = SignedCheckpoint.of(files.readLast(key));
      List<SignedCheckpoint> seen = new ArrayList<>();
      for (SignedNote note : shown) {
        SignedCheckpoint other = SignedCheckpoint.of(note);
        if (other.checkpoint().origin().equals(origin.get())) {
          if (!isSigned(note, key)) {
            return new Outcome.Refused(old.organ(), Reason.FOREIGN_CHECKPOINT);
          }
          SignedCheckpoint own = own(other, key);
          seen.add(own);
          known = own.size() > known.size() ? own : known;
        }
      }
      known = own(known, key); // entry 0 holds it whole, and has no room for others' lines
      LogState state = state(old).orElse(null);
      if (state == null) {
        SignedNote first = Checkpoint.of(origin.get(), Frontier.empty()).sign(signer);
        left = new Left(old, Remains.none(SignedCheckpoint.of(first)), true);
      } else {
        SignedCheckpoint published = NewestCheckpoints.published(state, key);
        known = published.size() > known.size() ? own(published, key) : known;
        left =
            new Left(
                old,
                Remains.of(database, seal, old.log(), files.minimumIndex(key), published, known),
                false);
      }
      Frontier tree = left.remains().tree();
      for (SignedCheckpoint other : seen) {
        if (Remains.contradicts(database, old.log(), files.minimumIndex(key), tree, other)) {
          contradiction = other; // the log grew over what was lost
        }
      }
    }
    LogFiles next = new LogFiles(keys, old.next().log());
    if (next.isPrepared() && state(old.next()).isPresent()) {
      return finish(old, origin.get(), next, known);
    }
    long committed = CommittedMark.open(files.committed()).get();
    boolean stragglers = haveStragglers(old);
    if (contradiction == null
        && !stragglers
        && !left.lacksState()
        && left.remains().isWhole(known, committed)) {
      return new Outcome.Whole(old.organ());
    }
    if (state(old.next()).isPresent()) {
      return new Outcome.Refused(old.organ(), Reason.FOREIGN_GENERATION);
    }
    return contradiction == null
        ? open(
            old, origin.get(), next, known, known, stragglers, left, left.remains().held().size())
        : open(old, origin.get(), next, known, contradiction, stragglers, left, -1);
  }

  /**
   * What is left of one generation.
   *
   * @param lacksState the database is older than the generation
   */
  private record Left(Generation generation, Remains remains, boolean lacksState) {}

  /**
   * Opens the next generation.
   *
   * @param last what is kept of the old one from now on, also where a terminal showed it
   * @param known what entry 0 says
   */
  private Outcome open(
      Generation old,
      String origin,
      LogFiles next,
      SignedCheckpoint last,
      SignedCheckpoint known,
      boolean stragglers,
      Left newest,
      long held)
      throws IOException, FormatException {
    List<Left> all = new ArrayList<>();
    if (newest.lacksState() || stragglers) {
      all.addAll(earlier(old)); // as they were before they were closed
    }
    all.add(newest);
    Generation opened = old.next();
    String own = opened.origin(origin);
    try (LogSigner signer = next.prepare(own)) {
      SignedNote first = Checkpoint.of(own, Frontier.empty()).sign(signer);
      List<LogTables.Pending> carried =
          all.stream().flatMap(one -> one.remains().rest().stream()).toList();
      long foreign = all.stream().mapToLong(one -> one.remains().foreign()).sum();
      LogEvent.GenerationOpened opening =
          new LogEvent.GenerationOpened(
              origin,
              known.size(),
              Base64Url.encode(known.note().toBytes()),
              held,
              carried.size(),
              foreign,
              lost(old));
      List<LogTables.Pending> rows = openings.rows(opened, opening, carried);
      int _ =
          database
              .writer()
              .<Integer, RuntimeException>sequence(handle -> {
                for (Left one : all) {
                  close(handle, one, one.generation().origin(origin));
                }
                int made =
                    LogTables.insertState(handle, opened.log(), opened.number(), own, text(first));
                LogTables.insertPending(handle, rows);
                return made;
              });
      // Not before: what cannot be opened leaves everything as it was.
      new LogFiles(keys, old.log()).writeLast(last.note());
      next.finish(first);
      return new Outcome.Opened(
          old.organ(), signer.verifierKey(), known.size(), held, carried.size(), foreign);
    }
  }

  private static void close(Handle handle, Left left, String origin) {
    Generation generation = left.generation();
    String checkpoint = text(left.remains().held().note());
    if (left.lacksState()) {
      int _ =
          LogTables.insertState(handle, generation.log(), generation.number(), origin, checkpoint);
    }
    LogTables.close(handle, generation.log(), left.remains().tree(), checkpoint);
  }

  /**
   * Whether a process that went on writing while a generation was closed left entries there: with
   * them no log is numbered any more.
   */
  private boolean haveStragglers(Generation newest) {
    return database.read(handle -> LogTables.logsWithPending(handle)).stream()
        .map(Generation::of)
        .anyMatch(one -> one.organ().equals(newest.organ()) && one.number() < newest.number());
  }

  /** The generations before {@code newest} that the database knows. */
  private List<Left> earlier(Generation newest) {
    List<Left> found = new ArrayList<>();
    for (int number = 1; number < newest.number(); number++) {
      Generation generation = new Generation(newest.organ(), number);
      LogState state = state(generation).orElse(null);
      if (state == null) {
        continue; // opened after this backup, too: nothing of it is here
      }
      LogFiles files = new LogFiles(keys, generation.log());
      try (LogSigner signer = files.signer(state.origin())) {
        VerifierKey key = signer.verifierKey();
        SignedCheckpoint published = NewestCheckpoints.published(state, key);
        SignedCheckpoint last = SignedCheckpoint.of(files.readLast(key));
        found.add(
            new Left(
                generation,
                Remains.of(
                    database, seal, generation.log(), files.minimumIndex(key), published, last),
                false));
      }
    }
    return found;
  }

  /** The generations before one that is closed now, of which this database has nothing. */
  private List<Long> lost(Generation closed) {
    return IntStream.range(1, closed.number())
        .filter(number -> state(new Generation(closed.organ(), number)).isEmpty())
        .mapToObj(Long::valueOf)
        .toList();
  }

  /** The origin of a generation: from its state, or from that of an earlier one. */
  private Optional<String> origin(Generation generation) {
    for (int number = generation.number(); number >= 1; number--) {
      Optional<LogState> state = state(new Generation(generation.organ(), number));
      if (state.isPresent()) {
        return Optional.of(generation.origin(state.get().origin()));
      }
    }
    return Optional.empty();
  }

  /** Goes on after a failure between the COMMIT and the name of the key file. */
  private Outcome finish(Generation old, String oldOrigin, LogFiles next, SignedCheckpoint last)
      throws IOException, FormatException {
    String log = old.next().log();
    String origin = old.next().origin(oldOrigin);
    List<LogTables.Pending> rows =
        database.read(handle -> LogTables.pending(handle, log, Long.MIN_VALUE, Long.MAX_VALUE));
    Optional<OpeningEntries.Said> said = openings.read(log, rows);
    if (said.isEmpty()) {
      return new Outcome.Refused(old.organ(), Reason.FOREIGN_GENERATION);
    }
    try (LogSigner signer = next.prepare(origin)) {
      new LogFiles(keys, old.log()).writeLast(last.note());
      next.finish(Checkpoint.of(origin, Frontier.empty()).sign(signer));
      return new Outcome.Opened(
          old.organ(),
          signer.verifierKey(),
          said.get().known(),
          said.get().held(),
          said.get().carried(),
          said.get().foreign());
    }
  }

  private Optional<LogState> state(Generation generation) {
    return database.read(handle -> LogTables.state(handle, generation.log()));
  }

  /** The checkpoint under the log's own signature alone: anybody can add lines to the file. */
  private static SignedCheckpoint own(SignedCheckpoint checkpoint, VerifierKey key)
      throws FormatException {
    for (NoteSignature line : checkpoint.note().signatures()) {
      String alone = checkpoint.note().text() + "\n" + line.line();
      SignedNote note = SignedNote.parse(alone.getBytes(StandardCharsets.UTF_8));
      if (isSigned(note, key)) {
        return SignedCheckpoint.of(note);
      }
    }
    throw new LogIntegrityException("a checkpoint that was taken for signed is not");
  }

  private static boolean isSigned(SignedNote note, VerifierKey key) {
    return new TrustedKeys(key, List.of()).open(note) instanceof CheckpointOpening.Opened;
  }

  private static String text(SignedNote note) {
    return new String(note.toBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    lock.close();
  }
}
