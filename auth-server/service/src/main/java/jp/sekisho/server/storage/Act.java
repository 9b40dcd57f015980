package jp.sekisho.server.storage;

import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import org.jspecify.annotations.Nullable;

/**
 * What somebody set out to do, from its first look at anything to its end: written as a failure
 * unless it is marked as done. For one thread, in a try statement:
 *
 * <pre>{@code
 * try (Act act = transactions.open(Entry.Subject.NONE, "terminal confirm")) {
 *   …                     // reads, refuses, throws, runs units
 *   act.succeeded();
 * }
 * }</pre>
 *
 * <p>A unit that records why it refuses has said all there is to say, and nothing is added. An act
 * that was refused outside any unit, whose unit declared itself unchanged, or that was left by an
 * exception becomes {@code service.act-failed}, in a unit of its own: whatever the failed one did
 * was rolled back. A process that dies in between writes nothing, and nothing was done then.
 */
public final class Act implements AutoCloseable {
  private final Transactions transactions;
  private final Entry.Subject subject;
  private final String name;
  private final @Nullable Act outer;
  private boolean told;

  Act(Transactions transactions, Entry.Subject subject, String name, @Nullable Act outer) {
    this.transactions = transactions;
    this.subject = subject;
    this.name = name;
    this.outer = outer;
  }

  /** It is done: its units have returned and say so. */
  public void succeeded() {
    told = true;
  }

  /** A unit of this act recorded its refusal, durably. */
  void refused() {
    told = true;
  }

  /**
   * @throws StorageException when the failure could not be written
   */
  @Override
  public void close() {
    transactions.closed(outer);
    if (!told) {
      told = true;
      EntryReceipt _ =
          transactions.write(change -> change.record(subject, new ServiceEvent.ActFailed(name)));
    }
  }
}
