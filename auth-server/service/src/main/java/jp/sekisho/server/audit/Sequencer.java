package jp.sekisho.server.audit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;

/**
 * Sequences, integrates and publishes: moves pending entries into the tree in the order of their
 * numbers, commits that by compare-and-set, then signs the <em>committed</em> row and publishes the
 * checkpoint. Used by one thread at a time.
 *
 * <p>Each step may be the last before a crash; the next pass of whichever process comes then goes
 * on from what is committed:
 *
 * <ol>
 *   <li>before the COMMIT: the rows are still pending;
 *   <li>between COMMIT and signature: the committed state is signed at the next pass, the same
 *       bytes that would have been signed;
 *   <li>between the {@code .last} file and the published checkpoint: the same state is signed again
 *       and published.
 * </ol>
 */
final class Sequencer implements AutoCloseable {
  private final Database database;
  private final Path keys;
  private final Set<String> logs;
  private final RowSeal seal;
  private final Integration integration;
  private final Waiting waiting;
  private final Consumer<List<EntryReceipt>> seenLate;
  private final CommittedEntries committed;
  private final NewestRows newest;
  private final Map<String, SignedLog> open = new HashMap<>();
  private final Set<String> unpublished = new TreeSet<>();

  /**
   * @param seenLate told of entries that were integrated before their caller had heard of the
   *     COMMIT, or by another process: nobody was told yet that they are published
   */
  Sequencer(
      Database database,
      Path keys,
      RowSeal seal,
      CommittedEntries committed,
      NewestRows newest,
      Waiting waiting,
      Consumer<List<EntryReceipt>> seenLate) {
    this.seenLate = seenLate;
    this.database = database;
    this.keys = keys;
    this.logs = committed.logs();
    this.committed = committed;
    this.newest = newest;
    this.seal = seal;
    this.integration = new Integration(seal);
    this.waiting = waiting;
  }

  /**
   * Opens all logs, which checks the database against what was signed last, and publishes what is
   * left over from before. The caller holds the {@link SequencerLock}.
   *
   * @throws LogIntegrityException when the database is older or other than what was signed
   */
  void recover() {
    close();
    for (String log : logs) {
      open.put(log, new SignedLog(database, new LogFiles(keys, log), seal, newest, state(log)));
      publish(log);
    }
    pass();
  }

  /**
   * Integrates and publishes everything pending; the number of entries.
   *
   * @throws LogIntegrityException when an entry was edited, or deleted after its COMMIT
   */
  int pass() {
    // Before looking: what was committed by now must be found.
    Map<String, Long> counts = new HashMap<>();
    logs.forEach(log -> counts.put(log, committed.count(log)));
    int moved = integrate();
    counts.forEach(this::requireAll);
    verifyCommitted();
    return moved;
  }

  /**
   * Looks for the entries committed by this process, where another one integrates.
   *
   * @throws LogIntegrityException when one was deleted after its COMMIT
   */
  void verifyCommitted() {
    seenLate.accept(committed.verify(database, seal));
  }

  /** Reads which entries are the newest about rows, where another process integrates. */
  void follow() {
    int _ =
        database.read(handle -> {
          newest.follow(handle, logs);
          return 0;
        });
  }

  private void requireAll(String log, long count) {
    if (signedLog(log).signed().size() < count) {
      publish(log); // in case another process integrated
    }
    long size = signedLog(log).signed().size();
    if (size < count) {
      throw committed.lost(log, size);
    }
  }

  private int integrate() {
    for (String log : List.copyOf(unpublished)) { // after a failure between COMMIT and publication
      publish(log);
    }
    int moved = 0;
    for (String log : database.read(LogTables::logsWithPending)) {
      if (!open.containsKey(log)) {
        throw new LogIntegrityException("audit_pending has a row for the unknown log " + log);
      }
      SignedLog signed = signedLog(log);
      if (!signed.signed().equals(state(log).frontier())) {
        publish(log); // another process's work, or nobody's: then it is refused here
      }
      List<Integration.Numbered> numbered;
      do {
        unpublished.add(log);
        Integration.Next next =
            database.read(handle -> integration.read(handle, log, signed.signed()));
        numbered = database.writer().sequence(handle -> integration.write(handle, next));
        committed.integrated(log, numbered);
        publish(log, next.entries(), numbered);
        moved += numbered.size();
      } while (numbered.size() == Integration.LIMIT);
    }
    return moved;
  }

  private void publish(String log) {
    publish(log, List.of(), List.of());
  }

  private void publish(
      String log, List<LogTables.Integrated> written, List<Integration.Numbered> numbered) {
    LogState committed = state(log);
    SignedNote note = signedLog(log).sign(committed, written);
    String text = new String(note.toBytes(), StandardCharsets.UTF_8);
    if (!text.equals(committed.checkpoint())
        && !database.writer().sequence(handle -> LogTables.publish(handle, committed, text))) {
      throw new IllegalStateException("log " + log + " was integrated by somebody else");
    }
    unpublished.remove(log);
    // A state that was set back is signed as it is: what it does not cover is not told as
    // published.
    numbered.stream()
        .filter(entry -> entry.index() < committed.size())
        .forEach(entry ->
            waiting.complete(
                entry.receipt(), new Published(committed.origin(), entry.index(), text)));
  }

  private LogState state(String log) {
    return database
        .read(handle -> LogTables.state(handle, log))
        .orElseThrow(() ->
            new LogIntegrityException("log " + log + " has a key, but no state: a new database?"));
  }

  private SignedLog signedLog(String log) {
    SignedLog signed = open.get(log);
    if (signed == null) {
      throw new IllegalStateException("log " + log + " is not open");
    }
    return signed;
  }

  @Override
  public void close() {
    new ArrayList<>(open.values()).forEach(SignedLog::close);
    open.clear();
  }
}
