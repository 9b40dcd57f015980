package jp.sekisho.server.audit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.EntryJournal;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import org.jdbi.v3.core.Handle;

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
  private final CommittedEntries committed;
  private final SecureRandom random = new SecureRandom();
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param keys where the keys of all logs lie; entries for others are refused
   */
  public PendingEntries(RowSeal seal, Path keys) {
    this.seal = seal;
    this.committed = new CommittedEntries(keys, LogFiles.logs(keys));
  }

  @Override
  public Appended append(Handle handle, Instant now, Entry.Subject subject, AuditEvent event) {
    byte[] id = random(EntryReceipt.ID_BYTES);
    return insert(handle, now, id, Entry.of(id, random(16), now, subject, event));
  }

  @Override
  public Appended append(Handle handle, Instant now, Entry.Subject subject, DeviceRecord record) {
    byte[] id = random(EntryReceipt.ID_BYTES);
    return insert(handle, now, id, Entry.of(id, random(16), now, subject, record));
  }

  @Override
  public void committed(List<Appended> entries) {
    entries.forEach(committed::committed);
    listeners.forEach(Runnable::run);
  }

  /** What is known of the entries outside the database. */
  CommittedEntries committed() {
    return committed;
  }

  /** Adds one who hears of committed entries; must return at once. */
  void onCommitted(Runnable listener) {
    listeners.add(listener);
  }

  private Appended insert(Handle handle, Instant now, byte[] id, Entry entry) {
    String organ = entry.subject().organ();
    EntryReceipt receipt = new EntryReceipt(id, organ == null ? SYSTEM : organ);
    if (!committed.logs().contains(receipt.log())) {
      throw new IllegalArgumentException("no log called " + receipt.log());
    }
    byte[] body = entry.bytes();
    long number =
        LogTables.nextNumber(handle, receipt.log())
            .orElseThrow(() -> new LogIntegrityException("log " + receipt.log() + " has no state"));
    committed.requireNew(receipt.log(), number);
    handle
        .createUpdate(
            "insert into audit_pending (log, number, entry_id, body, created, mac)"
                + " values (:log, :number, :id, :body, :created, :mac)")
        .bind("log", receipt.log())
        .bind("number", number)
        .bind("id", id)
        .bind("body", body)
        .bind("created", now.toEpochMilli())
        .bind("mac", EntrySeal.seal(seal, receipt, number, body, now.toEpochMilli()))
        .execute();
    return new Appended(receipt, number);
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
