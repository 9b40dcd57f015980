package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps entries for their term and deletes them after it, from the front, 256 at a time (a bundle
 * of C2SP tlog-tiles): what they say goes, their hashes stay, so that every proof still holds. The
 * log's key signs how far ({@link Minimum}), after the entry {@code log.pruned} and before anything
 * is deleted; a missing entry that it does not cover is a missing one. Thread-safe; safe beside
 * other processes of this machine.
 *
 * <p>Deleted is only what was <em>committed here</em> before the term (a terminal's clock does not
 * count), is intact, and is needed neither by a legal hold nor by an open exception. How late it is
 * the process's clock does not decide alone: the logs ({@link LoggedTime}) and the witnesses must
 * bear it out. Nothing is deleted where the term is not known any more or where the log has a hold,
 * or a longer term, that is not kept; that is an entry ({@code log.prune-refused}), once a day.
 * What a terminal sends again is recognised by its hash and its place, which stay.
 *
 * <p>Long because each thing that forbids a deletion is asked here, in the order in which a
 * deletion goes: whoever doubts that something was deleted rightly reads one file.
 */
public final class Retentions {
  /** Terms end at midnight in Japan. */
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  /** Entries of one transaction that deletes. */
  private static final int STEP = 2048;

  /** Entries that are signed for at once. */
  private static final long MOST = 1 << 16;

  /** How often at most in one run: the rest goes the next day. */
  private static final int STEPS = 16;

  /** How long a witness may be silent, and how far behind the clock what is borne out. */
  private static final Duration SILENCE = Duration.ofDays(7);

  private static final Duration DOUBT = Duration.ofDays(31);

  /** A lock on a file holds off other processes only. */
  private static final Object IN_THIS_PROCESS = new Object();

  private final Database database;
  private final Path keys;
  private final RowSeal seal;
  private final AuditLogs logs;
  private final Transactions transactions;
  private final Clock clock;
  private final BiFunction<Handle, String, Optional<Instant>> open;
  private final Supplier<Optional<Instant>> seen;
  private final LoggedTime time;
  private final LoggedHolds logged;
  private final Set<String> refusals = ConcurrentHashMap.newKeySet();
  private final SecureRandom random = new SecureRandom();

  /**
   * @param open since when there is an exception of the organ that is not closed
   * @param seen when witnesses outside saw the logs last, 1970 if never; empty where there are none
   */
  public Retentions(
      Database database,
      Path keys,
      RowSeal seal,
      AuditLogs logs,
      Transactions transactions,
      Clock clock,
      BiFunction<Handle, String, Optional<Instant>> open,
      Supplier<Optional<Instant>> seen) {
    this.database = database;
    this.keys = keys;
    this.seal = seal;
    this.logs = logs;
    this.transactions = transactions;
    this.clock = clock;
    this.open = open;
    this.seen = seen;
    this.time = new LoggedTime(database, seal, logs);
    this.logged = new LoggedHolds(logs);
  }

  /** What a change of a term or of holds does. */
  private interface Step<T> {
    T run() throws IOException;
  }

  /**
   * The term and the holds of a log; empty when they are not known any more.
   *
   * @throws IllegalArgumentException without such a log
   */
  public Optional<Retention> of(String organ) {
    int _ = logs.generation(organ);
    return Retention.read(file(organ));
  }

  /**
   * Sets the term. Where it was not known any more, the holds are again those of the log's entries.
   *
   * @param by who
   * @param reference as {@link jp.sekisho.protocol.Names#isReference} allows
   * @throws IllegalArgumentException outside {@value Retention#FLOOR} to {@value Retention#MOST}
   */
  public Retention setYears(Entry.Subject by, String organ, int years, String reference) {
    requireReference(reference);
    return locked(() -> {
      Optional<Retention> before = of(organ);
      Retention after =
          new Retention(
              years, before.map(Retention::holds).orElseGet(() -> logged.of(organ).holds()));
      long until = before.map(Retention::years).orElse(0);
      LogEvent event = new LogEvent.RetentionSet(organ, years, until, reference);
      change(by, organ, event, Optional.of(after), before.isPresent() && years > until);
      return after;
    });
  }

  /**
   * Sets a hold; empty, and nothing is changed, where the log has {@value Retention#MOST_HOLDS}.
   *
   * @param reference as {@link jp.sekisho.protocol.Names#isReference} allows
   */
  public Optional<Retention.Hold> hold(Entry.Subject by, String organ, String reference) {
    requireReference(reference);
    return locked(() -> {
      byte[] id = new byte[8];
      random.nextBytes(id);
      Optional<Retention> before = of(organ);
      if (before.isPresent() && before.get().holds().size() >= Retention.MOST_HOLDS) {
        return Optional.empty();
      }
      Retention.Hold hold =
          new Retention.Hold(
              HexFormat.of().formatHex(id),
              clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
              reference);
      change(
          by,
          organ,
          new LogEvent.HoldSet(organ, hold.id(), reference),
          before.map(kept -> {
            List<Retention.Hold> holds = new ArrayList<>(kept.holds());
            holds.add(hold);
            return new Retention(kept.years(), holds);
          }),
          true);
      return Optional.of(hold);
    });
  }

  /**
   * Lifts a hold, also one that the log has and the file lacks; false when neither has one of that
   * id.
   */
  public boolean lift(Entry.Subject by, String organ, String id, String reference) {
    requireReference(reference);
    return locked(() -> {
      Optional<Retention> before = of(organ);
      List<Retention.Hold> kept = before.map(Retention::holds).orElse(List.of());
      // The whole log is read only for what the file does not have.
      if (!has(kept, id) && !has(logged.of(organ).holds(), id)) {
        return false;
      }
      List<Retention.Hold> holds = kept.stream().filter(hold -> !hold.id().equals(id)).toList();
      change(
          by,
          organ,
          new LogEvent.HoldLifted(organ, id, reference),
          before.map(retention -> new Retention(retention.years(), holds)),
          false);
      return true;
    });
  }

  private static boolean has(List<Retention.Hold> holds, String id) {
    return holds.stream().anyMatch(hold -> hold.id().equals(id));
  }

  private static void requireReference(String reference) {
    if (!Names.isReference(reference)) {
      throw new IllegalArgumentException(
          "a reference has 1 to 40 letters and digits, 1 to 11 of them digits");
    }
  }

  /**
   * What keeps more comes before its entry, what keeps less after it.
   *
   * @param after empty where the term is not known: then the entry alone tells a hold, and nothing
   *     is deleted anyway
   */
  private void change(
      Entry.Subject by, String organ, LogEvent event, Optional<Retention> after, boolean keepsMore)
      throws IOException {
    if (keepsMore && after.isPresent()) {
      after.get().write(file(organ));
    }
    EntryReceipt _ = transactions.write(change -> change.record(by, event));
    if (!keepsMore && after.isPresent()) {
      after.get().write(file(organ));
    }
  }

  /**
   * Deletes what is due in every generation of a log of which entries are here; how many entries
   * that were.
   */
  public long prune(String organ) {
    long deleted = 0;
    Run run = new Run(organ);
    for (String name : logs.generations(organ)) {
      Generation generation = Generation.of(name);
      long now = -1;
      for (int step = 0; step < STEPS && now != 0; step++) {
        now = locked(() -> prune(generation, run)); // between two of them a hold can be set
        deleted += now;
      }
    }
    return deleted;
  }

  /** What is found out once in a run, and only if something is due: it reads much. */
  private final class Run {
    private final String organ;
    private @Nullable Instant borneOut;
    private LoggedHolds.@Nullable Kept kept;

    Run(String organ) {
      this.organ = organ;
    }

    /** The time that clock, logs and witnesses agree has come. */
    Instant borneOut() {
      Instant known = borneOut;
      if (known == null) {
        Instant logged = earlier(clock.instant(), time.newest());
        known = seen.get().map(last -> earlier(logged, last.plus(SILENCE))).orElse(logged);
        borneOut = known;
      }
      return known;
    }

    /** The term and the holds that the log tells; asked where the file has none to prevent it. */
    LoggedHolds.Kept kept() {
      LoggedHolds.Kept known = kept;
      if (known == null) {
        known = logged.of(organ);
        kept = known;
      }
      return known;
    }
  }

  private long prune(Generation generation, Run run) throws IOException {
    String organ = generation.organ();
    Optional<Retention> known = of(organ);
    if (known.isEmpty()) {
      refuse(organ, "retention-missing");
      return 0;
    }
    Retention retention = known.get();
    String log = generation.log();
    String name = generation.organ() + "@" + generation.number();
    LogFiles files = new LogFiles(keys, log);
    long from = files.minimumIndex(logs.verifierKey(name));
    delete(log, from); // what an interrupted run left
    if (!retention.holds().isEmpty()) {
      return 0;
    }
    Instant now = clock.instant();
    long size = logs.bundle(name).size();
    long next = Math.min(size, from + TilePath.FULL);
    if (due(log, from, next, before(organ, retention, now)) == from) {
      return 0;
    }
    Instant before = before(organ, retention, run.borneOut());
    long to = due(log, from, size, before);
    if (to == from) {
      if (now.isAfter(run.borneOut().plus(DOUBT))) {
        refuse(organ, "clock");
      }
      return 0;
    }
    if (!run.kept().holds().isEmpty()) {
      refuse(organ, "hold-missing");
      return 0;
    }
    if (retention.years() < run.kept().years()) {
      refuse(organ, "term-short");
      return 0;
    }
    EntryReceipt _ =
        transactions.write(change ->
            change.record(
                PendingEntries.subject(generation.organ()),
                new LogEvent.Pruned(
                    generation.organ(),
                    generation.number(),
                    from,
                    to,
                    before.toString(),
                    retention.years())));
    logs.integrateNow(); // so that no checkpoint lacks the entry when the minimum says it
    String origin = logs.verifierKey(name).name();
    try (LogSigner signer = files.signer(origin)) {
      files.writeMinimum(new Minimum(origin, to).sign(signer));
    } catch (FormatException e) {
      throw new IllegalStateException("an origin that cannot be signed", e);
    }
    delete(log, to);
    return to - from;
  }

  /** An alarm, once a day. */
  private void refuse(String organ, String cause) {
    String told = organ + " " + cause + " " + LocalDate.ofInstant(clock.instant(), JAPAN);
    if (!refusals.contains(told)) {
      EntryReceipt _ =
          transactions.write(change ->
              change.record(
                  PendingEntries.subject(organ), new LogEvent.PruneRefused(organ, cause)));
      boolean _ = refusals.add(told);
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Entries committed before this time are due. */
  private Instant before(String organ, Retention retention, Instant now) {
    Instant term =
        now.atZone(JAPAN)
            .toLocalDate()
            .minusYears(retention.years())
            .atStartOfDay(JAPAN)
            .toInstant();
    Optional<Instant> exception = database.read(handle -> open.apply(handle, organ));
    return exception.filter(term::isAfter).orElse(term);
  }

  /** The first entry that is not due, in whole bundles. */
  private long due(String log, long from, long size, Instant before) {
    long to = from;
    while (to + TilePath.FULL <= size && to - from < MOST) {
      long begin = to;
      List<LogTables.Integrated> rows =
          database.read(handle -> LogTables.range(handle, log, begin, begin + TilePath.FULL));
      if (rows.size() != TilePath.FULL
          || rows.stream().anyMatch(row -> !EntrySeal.isIntact(seal, log, row))) {
        throw new TamperedException("audit_entry", log);
      }
      if (rows.stream().anyMatch(row -> row.created() >= before.toEpochMilli())) {
        return to;
      }
      to += TilePath.FULL;
    }
    return to;
  }

  private void delete(String log, long minimum) {
    OptionalLong first = database.read(handle -> LogTables.firstUnpruned(handle, log, minimum));
    if (first.isEmpty()) {
      return;
    }
    for (long from = first.getAsLong(); from < minimum; from += STEP) {
      long begin = from;
      long end = Math.min(minimum, begin + STEP);
      int _ =
          database
              .writer()
              .<Integer, RuntimeException>sequence(
                  handle -> LogTables.prune(handle, log, begin, end));
    }
  }

  private Path file(String organ) {
    return Retention.file(keys, organ);
  }

  private <T> T locked(Step<T> step) {
    synchronized (IN_THIS_PROCESS) {
      try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        return step.run();
      } catch (IOException e) {
        throw new StorageException("the retention of a log cannot be read or written", e);
      }
    }
  }

  private Path lockFile() throws IOException {
    Path file = keys.resolve("retention.lock");
    try {
      if (!Files.exists(file)) {
        PrivateFiles.create(file);
      }
    } catch (FileAlreadyExistsException e) {
      // Another process was first.
    }
    return file;
  }
}
