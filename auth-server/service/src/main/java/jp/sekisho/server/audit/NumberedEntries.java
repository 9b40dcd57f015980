package jp.sekisho.server.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.EntryJournal;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Turn;
import org.jdbi.v3.core.Handle;

/**
 * The entries of one transaction: numbered from where the database is when the first of a log
 * comes, as nobody else numbers before the COMMIT; then from memory. Used by one thread.
 */
final class NumberedEntries implements EntryJournal.Entries {
  private static final int SALT = 16;

  private final PendingEntries journal;
  private final Turn turn;
  private final List<LogTables.Pending> kept = new ArrayList<>();
  private final List<Draft> drafts = new ArrayList<>();
  private final Map<String, Long> next = new HashMap<>();

  /** An entry of the unit that runs, which may still learn what rows it is about. */
  private record Draft(EntryReceipt receipt, long number, Instant now, Entry entry) {
    Draft about(String row) {
      return new Draft(receipt, number, now, entry.about(row));
    }
  }

  NumberedEntries(PendingEntries journal, Turn turn) {
    this.journal = journal;
    this.turn = turn;
  }

  @Override
  public EntryJournal.Appended append(Instant now, Entry.Subject subject, AuditEvent event) {
    byte[] random = journal.random(EntryReceipt.ID_BYTES + SALT);
    byte[] id = EntryReceipt.id(now, random);
    return add(now, id, Entry.of(id, salt(random), now, subject, event));
  }

  @Override
  public EntryJournal.Appended append(Instant now, Entry.Subject subject, DeviceRecord record) {
    byte[] random = journal.random(EntryReceipt.ID_BYTES + SALT);
    byte[] id = EntryReceipt.id(now, random);
    return add(now, id, Entry.of(id, salt(random), now, subject, record));
  }

  /** What was drawn behind the id. */
  private static byte[] salt(byte[] random) {
    return Arrays.copyOfRange(random, EntryReceipt.ID_BYTES, random.length);
  }

  private EntryJournal.Appended add(Instant now, byte[] id, Entry entry) {
    EntryReceipt receipt = new EntryReceipt(id, journal.log(entry.subject()));
    String log = receipt.log();
    Long number = next.get(log);
    if (number == null) {
      number =
          LogTables.nextNumber(turn.handle(), log)
              .orElseThrow(() -> new LogIntegrityException("log " + log + " has no state"));
    }
    journal.requireNew(receipt, number);
    drafts.add(new Draft(receipt, number, now, entry));
    next.put(log, number + 1);
    return new EntryJournal.Appended(receipt, number);
  }

  @Override
  public void wrote(EntryReceipt entry, String row) {
    for (int i = drafts.size() - 1; i >= 0; i--) {
      if (drafts.get(i).receipt().equals(entry)) {
        Draft draft = drafts.get(i).about(row);
        drafts.set(i, draft);
        journal.newest().writing(entry, draft.number(), draft.now().toEpochMilli(), row);
        return;
      }
    }
    throw new IllegalArgumentException("entry " + entry + " is none of this unit's");
  }

  @Override
  public void keep() {
    for (Draft draft : drafts) {
      byte[] body = draft.entry().bytes();
      kept.add(journal.sealed(draft.receipt(), draft.number(), body, draft.now().toEpochMilli()));
    }
    drafts.clear();
  }

  @Override
  public void undo() {
    while (!drafts.isEmpty()) {
      Draft draft = drafts.removeLast();
      next.put(draft.receipt().log(), draft.number());
      journal.newest().undone(draft.receipt());
    }
  }

  @Override
  public void write(Handle handle) {
    LogTables.insertPending(handle, kept);
    kept.clear();
  }
}
