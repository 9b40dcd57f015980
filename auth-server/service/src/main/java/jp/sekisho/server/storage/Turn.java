package jp.sekisho.server.storage;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The transaction a work runs in, shared with the works before and after it. One thread's. */
public final class Turn {
  private final Handle handle;
  private EntryJournal.@Nullable Entries entries;

  Turn(Handle handle) {
    this.handle = handle;
  }

  /** The connection of this transaction. Never commit, roll back or keep it. */
  public Handle handle() {
    return handle;
  }

  /** The entries of this transaction; the same journal at each call. */
  EntryJournal.Entries entries(EntryJournal journal) {
    EntryJournal.Entries known = entries;
    if (known == null) {
      known = journal.begin(handle);
      entries = known;
    }
    return known;
  }

  /**
   * Runs a work of this transaction and remembers what came of it; false when it failed and must be
   * rolled back.
   */
  boolean run(QueuedWork<?, ?> work) {
    try (var _ = UnitScope.enter()) {
      return work.run(this);
    }
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
      entries.write();
    }
  }
}
