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
  private static final ThreadLocal<@Nullable Act> OPEN = new ThreadLocal<>();

  private final Transactions transactions;
  private final Entry.Subject subject;
  private final String name;
  private final @Nullable Act outer;
  private boolean told;

  private Act(Transactions transactions, Entry.Subject subject, String name, @Nullable Act outer) {
    this.transactions = transactions;
    this.subject = subject;
    this.name = name;
    this.outer = outer;
  }

  /** Opens an act of this thread, perhaps inside another one. */
  static Act open(Transactions transactions, Entry.Subject subject, String name) {
    Act act = new Act(transactions, subject, name, OPEN.get());
    OPEN.set(act);
    return act;
  }

  /** A unit of this thread recorded its refusal, durably: so the act it belongs to is told. */
  static void refused(Transactions transactions) {
    Act act = OPEN.get();
    if (act != null && act.transactions == transactions) {
      act.told = true;
    }
  }

  /** It is done: its units have returned and say so. */
  public void succeeded() {
    told = true;
  }

  /**
   * @throws StorageException when the failure could not be written
   */
  @Override
  public void close() {
    if (outer == null) {
      OPEN.remove();
    } else {
      OPEN.set(outer);
    }
    if (!told) {
      told = true;
      EntryReceipt _ =
          transactions.write(change -> change.record(subject, new ServiceEvent.ActFailed(name)));
    }
  }
}
