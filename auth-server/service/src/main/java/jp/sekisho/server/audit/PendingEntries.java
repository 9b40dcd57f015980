package jp.sekisho.server.audit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.EntryJournal;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Turn;

/**
 * The table {@code audit_pending}: entries on their way into a log. Each row is sealed, because
 * until a checkpoint covers it nothing else would show an edit; it has its number, which becomes
 * its index, under the seal, so that it can neither go elsewhere nor be put in twice. Thread-safe.
 *
 * <p>Numbers have no gap, in the order of the COMMITs: units run one at a time (on SQLite by its
 * one writer, on PostgreSQL by the lock each begins with), and a unit rolled back takes its numbers
 * back.
 */
public final class PendingEntries implements EntryJournal {
  /** The log of everything that belongs to no organ. */
  public static final String SYSTEM = "system";

  private final RowSeal seal;
  private final Map<String, Generation> current;
  private final CommittedEntries committed;
  private final NewestRows newest;
  private final SecureRandom random = new SecureRandom();
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param keys where the keys of all logs lie; entries for others are refused
   */
  public PendingEntries(RowSeal seal, Path keys) {
    this.seal = seal;
    this.newest = new NewestRows(seal);
    seal.compareWith(newest);
    this.current = Generation.newest(LogFiles.logs(keys));
    this.committed =
        new CommittedEntries(
            keys, current.values().stream().map(Generation::log).collect(Collectors.toSet()));
  }

  /** Whom an entry about a log as a whole is about: its organ, nobody where it has none. */
  public static Entry.Subject subject(String organ) {
    return organ.equals(SYSTEM)
        ? Entry.Subject.NONE
        : new Entry.Subject(organ, null, null, null, null);
  }

  @Override
  public Entries begin(Turn turn) {
    return new NumberedEntries(this, turn);
  }

  @Override
  public void committed(List<Appended> entries) {
    entries.forEach(committed::committed);
    entries.forEach(entry -> newest.committed(entry.receipt()));
    listeners.forEach(Runnable::run);
  }

  /** Which entry is the newest about each row. */
  NewestRows newest() {
    return newest;
  }

  /** What is known of the entries outside the database. */
  CommittedEntries committed() {
    return committed;
  }

  /** Adds one who hears of committed entries; must return at once. */
  void onCommitted(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * The name of the log that an entry about {@code subject} belongs to.
   *
   * @throws IllegalArgumentException when there is none
   */
  String log(Entry.Subject subject) {
    String organ = subject.organ();
    return current(organ == null ? SYSTEM : organ).log();
  }

  /** The organs that have a log, and {@code system}. */
  Set<String> organs() {
    return Collections.unmodifiableSet(current.keySet());
  }

  /**
   * The generation that an organ's entries go to.
   *
   * @throws IllegalArgumentException without such a log
   */
  Generation current(String organ) {
    Generation generation = current.get(organ);
    if (generation == null) {
      throw new IllegalArgumentException("no log called " + organ);
    }
    return generation;
  }

  /**
   * Refuses a number that a committed entry had.
   *
   * @throws LogIntegrityException when one had
   */
  void requireNew(EntryReceipt receipt, long number) {
    committed.requireNew(receipt.log(), number);
  }

  /** The row of a new entry. */
  LogTables.Pending sealed(EntryReceipt receipt, long number, byte[] body, long created) {
    return new LogTables.Pending(
        receipt.log(),
        number,
        receipt.entryId(),
        body,
        created,
        EntrySeal.seal(seal, receipt, number, body, created));
  }

  /** So many random bytes. */
  byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
