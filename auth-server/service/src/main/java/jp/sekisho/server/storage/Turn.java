package jp.sekisho.server.storage;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The transaction a work runs in, shared with the works before and after it. One thread's. */
public final class Turn {
  private final Handle handle;
  private final Savepoint savepoint;
  private EntryJournal.@Nullable Entries entries;
  private boolean touched;
  private @Nullable SQLException broken;

  /** Where a work is rolled back to. */
  interface Savepoint {
    void set() throws SQLException;
  }

  /**
   * @param savepoint set before a work first touches the connection: one that only appends entries
   *     needs none
   */
  Turn(Handle handle, Savepoint savepoint) {
    this.handle = handle;
    this.savepoint = savepoint;
  }

  /**
   * The connection of this transaction. Never commit, roll back or keep it.
   *
   * @throws StorageException when the database failed
   */
  public Handle handle() {
    if (!touched) {
      try {
        savepoint.set();
      } catch (SQLException e) {
        broken = e;
        throw new StorageException("no savepoint", e);
      }
      touched = true;
    }
    return handle;
  }

  /** Whether the work that ran may have changed rows, so that a savepoint lies before them. */
  boolean isTouched() {
    return touched;
  }

  /** The entries of this transaction; the same journal at each call. */
  EntryJournal.Entries entries(EntryJournal journal) {
    EntryJournal.Entries known = entries;
    if (known == null) {
      known = journal.begin(this);
      entries = known;
    }
    return known;
  }

  /**
   * Runs a work of this transaction and remembers what came of it; false when it failed and must be
   * rolled back.
   *
   * @throws SQLException when there is no place to roll it back to: the transaction is lost
   */
  boolean run(QueuedWork<?, ?> work) throws SQLException {
    touched = false;
    boolean done;
    try (var _ = UnitScope.enter()) {
      done = work.run(this);
    }
    if (broken != null) {
      throw broken;
    }
    return done;
  }

  /** The work that ran stays. */
  void keep() {
    if (entries != null) {
      entries.keep();
    }
  }

  /** The work that ran is rolled back. */
  void undo() {
    if (entries != null) {
      entries.undo();
    }
  }

  /** What is left to do before the COMMIT. */
  void finish() {
    if (entries != null) {
      entries.write(handle);
    }
  }
}
