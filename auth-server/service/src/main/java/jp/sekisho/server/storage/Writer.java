package jp.sekisho.server.storage;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in durable transactions, serially as far as anyone can tell. {@link Transactions} and
 * the audit log's own numbering use it; everything else goes through {@code Transactions}.
 */
public interface Writer extends AutoCloseable {
  /**
   * Runs {@code work} on the writer's thread and returns after its durable COMMIT, which it may
   * share with others.
   *
   * @throws X as thrown by {@code work}, which was then rolled back alone
   * @throws StorageException when the database failed; nothing happened
   * @throws IllegalStateException when called from inside another work
   */
  <T extends @Nullable Object, X extends Exception> T take(InTurn<T, X> work) throws X;

  /** As {@link #take}, for work that writes no entry. */
  default <T extends @Nullable Object, X extends Exception> T write(Work<T, X> work) throws X {
    return this.<T, X>take(turn -> work.run(turn.handle()));
  }

  /**
   * As {@link #write}, for numbering rows that writers keep adding: on PostgreSQL on the caller's
   * thread in a transaction of its own, whose statements each see what is committed when they begin
   * (READ COMMITTED), so that writers and numbering never conflict; the work guards itself by
   * compare-and-set.
   */
  <T extends @Nullable Object, X extends Exception> T sequence(Work<T, X> work) throws X;

  /** How many works wait for the one that runs. */
  int queued();

  /** Waits for the works already taken, refuses those still queued. */
  @Override
  void close();

  /**
   * What to do in one transaction. May run more than once (a serialisation conflict on PostgreSQL),
   * so it touches nothing but the handle.
   */
  @FunctionalInterface
  interface Work<T extends @Nullable Object, X extends Exception> {
    T run(Handle handle) throws X;
  }

  /** As {@link Work}, with entries. */
  @FunctionalInterface
  interface InTurn<T extends @Nullable Object, X extends Exception> {
    T run(Turn turn) throws X;
  }
}
