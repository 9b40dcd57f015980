package jp.sekisho.server.storage;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The only way to change anything: a change and its audit entries become durable in one database
 * transaction, or neither does. Thread-safe.
 *
 * <p>Units see each other as if they ran one after another. A unit that records no entry and does
 * not call {@link Change#unchanged} is rolled back and fails. Units run on one thread, and those
 * that wait share a COMMIT (ADR 0012), so a unit must not wait for anything else; on PostgreSQL it
 * may run again after a serialisation conflict, so it must touch nothing but its {@link Change}.
 */
public final class Transactions {
  private final Database database;
  private final EntryJournal journal;
  private final InstantSource clock;

  public Transactions(Database database, EntryJournal journal, InstantSource clock) {
    this.database = database;
    this.journal = journal;
    this.clock = clock;
  }

  /**
   * What to do in one transaction.
   *
   * @param <T> what it returns
   * @param <X> what it throws; inferred from a lambda, {@code RuntimeException} if nothing checked
   */
  @FunctionalInterface
  public interface Unit<T extends @Nullable Object, X extends Exception> {
    T run(Change change) throws X;
  }

  /**
   * Runs {@code unit} and returns after the durable COMMIT of its rows and entries.
   *
   * @throws X as thrown by the unit; it is rolled back then, and its batch mates are not
   * @throws StorageException when the database failed (also inside the unit): {@code
   *     STORAGE_FAILED}, act as if nothing happened
   * @throws IllegalStateException when the unit recorded no entry and did not declare itself
   *     unchanged, or when called inside another unit
   */
  public <T extends @Nullable Object, X extends Exception> T write(Unit<T, X> unit) throws X {
    List<EntryJournal.Appended> entries = new ArrayList<>();
    AtomicBoolean refused = new AtomicBoolean();
    T result;
    try {
      result =
          database
              .writer()
              .<T, X>take(turn -> {
                entries.clear();
                RecordingChange change = new RecordingChange(turn);
                T value = unit.run(change);
                change.finish(value);
                entries.addAll(change.entries);
                refused.set(change.refused);
                return value;
              });
    } catch (RolledBack unchanged) {
      return valueOf(unchanged);
    }
    journal.committed(entries);
    if (refused.get()) {
      Act.refused(this);
    }
    return result;
  }

  /**
   * Opens an act of this thread: unless it is marked as succeeded or one of its units records a
   * refusal, closing it writes that it failed.
   *
   * @param name what is set out to do, such as {@code terminal confirm}; no name of a person, no
   *     value that somebody typed
   */
  public Act open(Entry.Subject subject, String name) {
    return Act.open(this, subject, name);
  }

  @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // finish() got a T
  private static <T extends @Nullable Object> T valueOf(RolledBack unchanged) {
    return (T) unchanged.result();
  }

  /**
   * Looks at one consistent snapshot, which the query cannot change.
   *
   * @throws StorageException when the database cannot be read
   * @throws IllegalStateException inside a unit, which must look through its own handle
   */
  public <T extends @Nullable Object> T read(Function<Handle, T> query) {
    return database.read(query);
  }

  private final class RecordingChange implements Change {
    private final Turn turn;
    private final EntryJournal.Entries journal;
    private final Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    private final List<EntryJournal.Appended> entries = new ArrayList<>();
    private boolean unchanged;
    private boolean refused;

    RecordingChange(Turn turn) {
      this.turn = turn;
      this.journal = turn.entries(Transactions.this.journal);
    }

    @Override
    public Handle handle() {
      return turn.handle();
    }

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public EntryReceipt record(Entry.Subject subject, AuditEvent event) {
      refused |= event.reason() != null;
      return recorded(journal.append(now, subject, event));
    }

    @Override
    public EntryReceipt record(Entry.Subject subject, DeviceRecord record) {
      return recorded(journal.append(now, subject, record));
    }

    @Override
    public void wrote(EntryReceipt entry, String row) {
      journal.wrote(entry, row);
    }

    @Override
    public void unchanged() {
      if (!entries.isEmpty()) {
        throw new IllegalStateException("a unit that recorded an entry has changed something");
      }
      unchanged = true;
    }

    private EntryReceipt recorded(EntryJournal.Appended entry) {
      if (unchanged) {
        throw new IllegalStateException("a unit declared unchanged records nothing");
      }
      entries.add(entry);
      return entry.receipt();
    }

    private void finish(@Nullable Object result) {
      if (unchanged) {
        throw new RolledBack(result);
      }
      if (entries.isEmpty()) {
        throw new IllegalStateException("a unit without an audit entry");
      }
    }
  }
}
