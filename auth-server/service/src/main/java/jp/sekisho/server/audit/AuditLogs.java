package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * All logs of this installation: waiting for publication, reading, exporting. Writing goes through
 * {@link jp.sekisho.server.storage.Change#record}. Thread-safe.
 */
public final class AuditLogs implements AutoCloseable {
  /** Most entries of one page. */
  public static final int MAX_PAGE = 200;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Database database;
  private final Path keys;
  private final Set<String> logs;
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
    this.logs = pending.committed().logs();
    Sequencer sequencer = new Sequencer(database, keys, seal, pending.committed(), waiting);
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
        checkpoint = new String(files.readLast(signer).toBytes(), StandardCharsets.UTF_8);
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
   * numbers, else by waiting for it.
   *
   * @throws LogIntegrityException as {@link #start}
   * @throws StorageException when the other process does not publish within ten seconds
   */
  public void integrateNow() {
    if (!loop.runOnce()) {
      PublishedByOthers.await(database);
      boolean _ = loop.runOnce(); // whether ours are among the published, not just gone
    }
  }

  /**
   * Whether the log works: the database answers and the last pass, if this process numbers, was
   * published.
   */
  public boolean isPublishing() {
    return loop.isWell() && database.read(LogTables::isReadable);
  }

  /** The names of all logs. */
  public Set<String> names() {
    return logs;
  }

  /**
   * Completes when the entry is integrated under a signed checkpoint; fails with {@link
   * StorageException} after 60 s or when the service stops. Call after {@code write} has returned.
   */
  public CompletionStage<Published> published(EntryReceipt receipt) {
    CompletionStage<Published> stage = waiting.add(receipt);
    completeFromDatabase(List.of(receipt)); // published before anybody waited
    return stage;
  }

  /**
   * The newest published checkpoint.
   *
   * @throws IllegalArgumentException without such a log
   */
  public Published newest(String log) {
    LogState state = state(log);
    return new Published(state.origin(), state.publishedSize() - 1, state.checkpoint());
  }

  /** The public key of a log, for everyone who verifies it. */
  public VerifierKey verifierKey(String log) {
    try (LogSigner signer = new LogFiles(keys, log).signer(state(log).origin())) {
      return signer.verifierKey();
    }
  }

  /**
   * Published entries, newest first.
   *
   * @param person only entries about this person; null for all
   * @param before index from which to go back, exclusive; {@link Long#MAX_VALUE} for the newest
   * @param limit 1 to {@value #MAX_PAGE}
   */
  public List<LogRow> page(String log, @Nullable String person, long before, int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_PAGE + " entries");
    }
    return database.read(handle -> {
      long end = Math.min(before, LogTables.state(handle, log).orElseThrow().publishedSize());
      return LogTables.page(handle, log, person, end, limit).stream()
          .map(row -> row(row, person))
          .toList();
    });
  }

  /** A log up to its newest checkpoint. */
  public LogBundle bundle(String log) {
    return new LogBundle(database, state(log));
  }

  private static LogRow row(LogTables.Integrated row, @Nullable String person) {
    try {
      Entry entry = Entry.parse(row.body());
      boolean intact =
          Rfc6962.leaf(row.body()).equals(row.leaf())
              && (person == null || person.equals(entry.subject().person()));
      if (intact) {
        return new LogRow.Intact(row.index(), entry);
      }
    } catch (MalformedException e) {
      // No entry of ours: said below.
    }
    return new LogRow.Tampered(row.index());
  }

  private LogState state(String log) {
    Optional<LogState> state = database.read(handle -> LogTables.state(handle, log));
    return state.orElseThrow(() -> new IllegalArgumentException("no log called " + log));
  }

  private void completeFromDatabase(List<EntryReceipt> receipts) {
    for (EntryReceipt receipt : receipts) {
      Optional<Published> published =
          database.read(handle ->
              LogTables.index(handle, receipt.log(), receipt.entryId())
                  .flatMap(index ->
                      LogTables.state(handle, receipt.log())
                          .filter(state -> index < state.publishedSize())
                          .map(state -> new Published(state.origin(), index, state.checkpoint()))));
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
