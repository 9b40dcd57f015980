package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import org.jspecify.annotations.Nullable;

/**
 * All logs of this installation: waiting for publication, reading, exporting. Writing goes through
 * {@link jp.sekisho.server.storage.Change#record}. Thread-safe.
 *
 * <p>Over 400 lines because it is the one door to the logs: reading, proving and exporting share
 * how a log's generation, key and newest checkpoint are found and judged.
 */
public final class AuditLogs implements AutoCloseable {
  /** Most entries of one page. */
  public static final int MAX_PAGE = 200;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Database database;
  private final Path keys;
  private final RowSeal seal;
  private final PendingEntries pending;
  private final ConcurrentHashMap<String, VerifierKey> verifiers = new ConcurrentHashMap<>();
  private final NewestCheckpoints newest = new NewestCheckpoints();
  private final PastCheckpoints past;
  private final Continuations continuations;
  private final Waiting waiting = new Waiting(PATIENCE);
  private final SequencerLoop loop;

  /**
   * Opens the logs whose keys lie in {@code keys}; nothing is numbered before {@link #start} or
   * {@link #integrateNow}.
   *
   * @param seal of pending rows, the one {@code pending} has
   */
  public AuditLogs(Database database, Path keys, PendingEntries pending, RowSeal seal) {
    this.database = database;
    this.keys = keys;
    this.past = new PastCheckpoints(keys);
    this.seal = seal;
    this.pending = pending;
    this.continuations = new Continuations(database, seal, new CachedTiles.Full(), this::minimum);
    Sequencer sequencer =
        new Sequencer(
            database,
            keys,
            seal,
            pending.committed(),
            pending.newest(),
            waiting,
            this::completeFromDatabase);
    this.loop =
        new SequencerLoop(
            new SequencerLock(database, keys), sequencer, this::completeFromDatabase, waiting);
    pending.onCommitted(loop::wake);
  }

  /**
   * Makes key, first checkpoint and state of each log that lacks them.
   *
   * @param host of the installation's origin, the first part of each log's origin
   */
  public static void create(Database database, Path keys, String host, Collection<String> logs)
      throws IOException {
    for (String log : logs) {
      String origin = host + "/log/" + log + "/1";
      LogFiles files = new LogFiles(keys, log);
      files.createMissing(origin);
      String checkpoint;
      try (LogSigner signer = files.signer(origin)) {
        checkpoint =
            new String(files.readLast(signer.verifierKey()).toBytes(), StandardCharsets.UTF_8);
      }
      int _ =
          database
              .writer()
              .sequence(handle -> LogTables.insertState(handle, log, origin, checkpoint));
    }
  }

  /**
   * Starts numbering in the background if no other process does, after checking every log against
   * what was signed last.
   *
   * @param broken told once, on another thread, when a log no longer continues what was signed: the
   *     service must end
   * @throws LogIntegrityException when a log does not continue what was signed last
   */
  public void start(Consumer<LogIntegrityException> broken) {
    loop.start(broken);
  }

  /**
   * Sees to it that everything committed before this call is published: here, if no other process
   * numbers, else by waiting for it or for its end.
   *
   * @throws LogIntegrityException as {@link #start}
   * @throws StorageException when the other process does not publish within ten seconds
   */
  public void integrateNow() {
    PublishedByOthers.await(database, loop::runOnce);
  }

  /**
   * Whether the log works: the database answers and the last pass, if this process numbers, was
   * published.
   */
  public boolean isPublishing() {
    return loop.isWell() && database.read(LogTables::isReadable);
  }

  /** Compares rows with the newest entries about them. */
  public RowCheck rowCheck(InstantSource clock) {
    return new RowCheck(database, seal, pending.newest(), clock);
  }

  /**
   * The names of all logs. Methods that take one mean its newest generation; {@code name@1} is the
   * first, and so on.
   */
  public Set<String> names() {
    return pending.organs();
  }

  /**
   * Which generation of a log entries go to, from 1.
   *
   * @throws IllegalArgumentException without such a log
   */
  public int generation(String organ) {
    return pending.current(organ).number();
  }

  /**
   * As rows and files name the log.
   *
   * @param name an organ: its newest generation; or {@code organ@number}
   * @throws IllegalArgumentException without such a log
   */
  String stored(String name) {
    Generation asked = Generation.of(name);
    Generation newest = pending.current(asked.organ());
    if (name.indexOf('@') < 0) {
      return newest.log();
    }
    if (asked.number() > newest.number()) {
      throw new IllegalArgumentException("no log called " + name);
    }
    return asked.log();
  }

  /**
   * The generations of a log of which entries are here, as methods take them, the first one first
   * and the one that goes on last. One that was lost with a database is not among them.
   *
   * @throws IllegalArgumentException without such a log
   */
  public List<String> generations(String organ) {
    return IntStream.rangeClosed(1, generation(organ))
        .mapToObj(number -> organ + "@" + number)
        .filter(this::has)
        .toList();
  }

  /** How many entries of a log are published and must be there. */
  public long size(String name) {
    return readable(stored(name)).size();
  }

  /** Whether there is such a log, or such a generation of one. */
  public boolean has(String name) {
    try {
      return database.read(handle -> LogTables.state(handle, stored(name))).isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean isClosed(String stored) {
    Generation generation = Generation.of(stored);
    return generation.number() < pending.current(generation.organ()).number();
  }

  /**
   * Completes when the entry is integrated under a signed checkpoint; fails with {@link
   * StorageException} after 60 s or when the service stops. Call after {@code write} has returned.
   */
  public CompletionStage<Published> published(EntryReceipt receipt) {
    CompletionStage<Published> stage = waiting.add(receipt);
    // Whoever takes it into the tree from here on tells those who wait.
    if (!pending.committed().isUnseen(receipt)) {
      completeFromDatabase(List.of(receipt)); // published before anybody waited
    }
    return stage;
  }

  /**
   * The newest checkpoint that the log's key signed; of a closed generation not all entries under
   * it are there.
   *
   * @throws IllegalArgumentException without such a log
   * @throws TamperedException when the checkpoint in the database is none of this log's
   */
  public Published newest(String name) {
    String log = stored(name);
    SignedCheckpoint signed = newestSigned(log);
    return new Published(state(log).origin(), signed.size() - 1, text(signed));
  }

  /**
   * What the newest checkpoint needs beside it for somebody who holds the checkpoint of an older
   * size: the proof that it continues that one; empty for sizes this log never had.
   *
   * <p>The proof holds: it was checked against the signed root.
   *
   * @throws TamperedException when hashes of the database were edited or are missing: once, for
   *     they are made again from the entries
   */
  public Optional<Continuation> continuation(String organ, long oldSize) {
    String log = pending.current(organ).log();
    SignedCheckpoint signed = newestSigned(log);
    if (oldSize < 0 || oldSize > signed.size()) {
      return Optional.empty();
    }
    return Optional.of(new Continuation(text(signed), continuations.proof(log, oldSize, signed)));
  }

  /**
   * One file of a log as it is served (C2SP tlog-tiles); empty when the published tree has none of
   * that name.
   *
   * @throws TamperedException when the database lacks what was signed
   */
  public Optional<byte[]> tile(String name, TilePath path) {
    String log = stored(name);
    SignedCheckpoint signed = readable(log);
    PublishedTiles tiles = new PublishedTiles(database, log, signed.size());
    if (!tiles.has(path)) {
      return Optional.empty();
    }
    try {
      byte[] read =
          switch (path) {
            case HashTilePath hashes -> tiles.read(hashes);
            case EntryTilePath entries -> tiles.entries(entries);
          };
      return isDeleted(log, path) ? Optional.empty() : Optional.of(read);
    } catch (IOException e) {
      if (isDeleted(log, path)) {
        return Optional.empty();
      }
      if (path instanceof HashTilePath) {
        continuations.repair(log, signed);
      }
      throw new TamperedException(path instanceof HashTilePath ? "audit_node" : "audit_entry", log);
    }
  }

  /** Asked behind reading: then nothing that is deleted meanwhile is taken for tampered with. */
  private boolean isDeleted(String log, TilePath path) {
    return path instanceof EntryTilePath && path.index() * TilePath.FULL < minimum(log);
  }

  private static String text(SignedCheckpoint signed) {
    return new String(signed.note().toBytes(), StandardCharsets.UTF_8);
  }

  /** The public key of a log, for everyone who verifies it. */
  public VerifierKey verifierKey(String name) {
    return key(stored(name));
  }

  private VerifierKey key(String log) {
    return verifiers.computeIfAbsent(log, this::readVerifierKey);
  }

  private VerifierKey readVerifierKey(String log) {
    try (LogSigner signer = new LogFiles(keys, log).signer(state(log).origin())) {
      return signer.verifierKey();
    }
  }

  /**
   * Published entries, newest first; cheap, yet nothing of the database is believed. How far the
   * log goes says the newest checkpoint with its signature, here or in {@code log-<log>.last}. That
   * a row is the entry of its index says its own seal, whose key lies outside the database and
   * which is written for this log, index and body only; the tree is not recomputed for a page, as
   * it is for {@link #bundle} and at each start. A row that is missing is a tampered one, except
   * among the entries of one person: those are found by a column which only the whole log
   * contradicts.
   *
   * @param person only entries about this person; null for all
   * @param before index from which to go back, exclusive; {@link Long#MAX_VALUE} for the newest
   * @param limit 1 to {@value #MAX_PAGE}
   */
  public List<LogRow> page(String name, @Nullable String person, long before, int limit) {
    String log = stored(name);
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_PAGE + " entries");
    }
    long end = Math.min(before, readable(log).size());
    List<LogTables.Integrated> read =
        database.read(handle -> LogTables.page(handle, log, person, end, limit));
    long minimum = minimum(log); // behind the rows: those deleted meanwhile are not missing
    List<LogRow> found =
        read.stream()
            .filter(row -> row.index() >= minimum)
            .map(row -> row(log, row, person))
            .toList();
    return person == null ? withMissing(found, minimum, end, limit) : found;
  }

  /**
   * Published entries by their index, in the order given, without those deleted after their term;
   * judged as in {@link #page}.
   *
   * @param indexes at most {@value #MAX_PAGE}
   */
  public List<LogRow> entries(String name, List<Long> indexes) {
    String log = stored(name);
    if (indexes.size() > MAX_PAGE) {
      throw new IllegalArgumentException("at most " + MAX_PAGE + " entries at once");
    }
    if (indexes.isEmpty()) {
      return List.of();
    }
    Map<Long, LogRow> rows = new HashMap<>();
    database
        .read(handle -> LogTables.entries(handle, log, indexes))
        .forEach(row -> rows.put(row.index(), row(log, row, null)));
    long minimum = minimum(log);
    return indexes.stream()
        .filter(index -> index >= minimum)
        .map(index -> rows.getOrDefault(index, new LogRow.Tampered(index)))
        .toList();
  }

  /**
   * A log up to its newest checkpoint, without entries that were deleted after their term.
   *
   * @throws TamperedException when the checkpoint in the database is none of this log's
   */
  public LogBundle bundle(String name) {
    String log = stored(name);
    while (true) {
      long first = minimum(log);
      LogBundle bundle = bundle(log, readable(log));
      // The entry that tells of a deletion comes before it: it is under the checkpoint.
      if (bundle.first() == first) {
        return bundle;
      }
    }
  }

  /**
   * The newest checkpoint of a log, for a witness.
   *
   * @param log as rows and files name it
   */
  record Signed(String log, VerifierKey key, SignedCheckpoint checkpoint) {
    long size() {
      return checkpoint.size();
    }

    SignedNote note() {
      return checkpoint.note();
    }
  }

  /** What is signed of an organ's log now. */
  Signed signed(String organ) {
    String log = stored(organ);
    return new Signed(log, key(log), newestSigned(log));
  }

  /**
   * The proof that a checkpoint continues the log's first {@code from} entries.
   *
   * @throws IllegalArgumentException when it covers fewer
   */
  ConsistencyProof proof(Signed signed, long from) {
    if (from < 0 || from > signed.size()) {
      throw new IllegalArgumentException("a proof from " + from + " to " + signed.size());
    }
    return continuations.proof(signed.log(), from, signed.checkpoint());
  }

  /** The newest checkpoint that a witness cosigned, with what it signed; of older ones none. */
  Optional<SignedNote> cosigned(String name) {
    String log = stored(name);
    return new LogFiles(keys, log).readCosigned(key(log));
  }

  /** Keeps a checkpoint with its verified cosignatures, and one a day for later. */
  void keepCosigned(String name, SignedNote note, Instant now) {
    String log = stored(name);
    try {
      new LogFiles(keys, log).writeCosigned(note);
      past.keep(log, note, now, minimum(log));
    } catch (IOException e) {
      throw new StorageException("cannot keep the cosignatures of log " + name, e);
    }
  }

  /** The log up to a checkpoint of its own, unless that covers fewer than {@code least}. */
  Optional<LogBundle> bundle(String name, SignedNote note, long least) {
    SignedCheckpoint signed = SignedCheckpoint.of(note);
    return signed.size() < least ? Optional.empty() : Optional.of(bundle(stored(name), signed));
  }

  private LogBundle bundle(String log, SignedCheckpoint signed) {
    LogFiles files = new LogFiles(keys, log);
    return new LogBundle(
        database,
        log,
        signed,
        files.readMinimum(key(log)),
        minimum(log),
        () -> minimum(log),
        new BundleWriter.Beside(
            Optional.empty(), files.readStamped(signed.size()), aged(log, signed.size())));
  }

  /** What witnesses saw of the deleted entries, of at most this size; empty while none was. */
  private Optional<SignedNote> aged(String log, long size) {
    long minimum = minimum(log);
    try {
      return minimum == 0 ? Optional.empty() : past.covering(log, minimum, size);
    } catch (IOException e) {
      throw new StorageException("cannot read the cosigned checkpoints of log " + log, e);
    }
  }

  /**
   * An older checkpoint over everything that was deleted, with the cosignatures it got then; empty
   * while nothing was deleted, or where none is kept.
   */
  public Optional<byte[]> agedNote(String name) {
    String log = stored(name);
    return aged(log, readable(log).size()).map(SignedNote::toBytes);
  }

  /** Keeps a checkpoint of a log, as rows and files name it, with its time-stamp. */
  void keepStamped(String log, Stamped stamped) {
    try {
      new LogFiles(keys, log).writeStamped(stamped);
    } catch (IOException e) {
      throw new StorageException("cannot keep the time-stamp of log " + log, e);
    }
  }

  /** The first entry of a log, as rows and files name it, that was not deleted after its term. */
  long minimum(String log) {
    return new LogFiles(keys, log).minimumIndex(key(log));
  }

  /**
   * The signed statement of which entries of a log were deleted after their term; empty while none
   * was.
   */
  public Optional<byte[]> minimumNote(String name) {
    String log = stored(name);
    return new LogFiles(keys, log).readMinimum(key(log)).map(SignedNote::toBytes);
  }

  /** The newest checkpoint whose entries must all be there. */
  private SignedCheckpoint readable(String log) {
    return isClosed(log) ? NewestCheckpoints.published(state(log), key(log)) : newestSigned(log);
  }

  /** The newest checkpoint that the log's key signed: that of the database may be put back. */
  private SignedCheckpoint newestSigned(String log) {
    return newest.of(state(log), new LogFiles(keys, log), key(log));
  }

  /** One row for each index below {@code end}, down to the limit or to {@code minimum}. */
  private static List<LogRow> withMissing(List<LogRow> found, long minimum, long end, int limit) {
    Map<Long, LogRow> rows = new HashMap<>();
    found.forEach(row -> rows.put(row.index(), row));
    List<LogRow> all = new ArrayList<>();
    for (long index = end - 1; index >= minimum && all.size() < limit; index--) {
      all.add(rows.getOrDefault(index, new LogRow.Tampered(index)));
    }
    return all;
  }

  private LogRow row(String log, LogTables.Integrated row, @Nullable String person) {
    try {
      Entry entry = Entry.parse(row.body());
      boolean intact =
          EntrySeal.isIntact(seal, log, row)
              && (person == null || person.equals(entry.subject().person()));
      if (intact) {
        return new LogRow.Intact(row.index(), entry);
      }
    } catch (MalformedException e) {
      // No entry of ours: said below.
    }
    return new LogRow.Tampered(row.index());
  }

  private static String organ(String log) {
    return Generation.of(log).organ();
  }

  private LogState state(String log) {
    Optional<LogState> state = database.read(handle -> LogTables.state(handle, log));
    return state.orElseThrow(() -> new IllegalArgumentException("no log called " + log));
  }

  private void completeFromDatabase(List<EntryReceipt> receipts) {
    for (EntryReceipt receipt : receipts) {
      if (!waiting.has(receipt)) {
        continue;
      }
      Optional<Published> published =
          database.read(handle ->
              LogTables.place(handle, receipt.entryId())
                  .filter(place -> organ(place.log()).equals(organ(receipt.log())))
                  .flatMap(place ->
                      LogTables.state(handle, place.log())
                          .filter(state -> place.index() < state.publishedSize())
                          .map(state ->
                              new Published(state.origin(), place.index(), state.checkpoint()))));
      published.ifPresent(value -> waiting.complete(receipt, value));
    }
  }

  /** Publishes what is still pending, then stops; waiting callers fail. */
  @Override
  public void close() {
    loop.close();
    waiting.fail(new StorageException("the service stops"));
  }
}
