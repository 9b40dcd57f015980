package jp.sekisho.smartcard.piv;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.CardThreads;
import jp.sekisho.smartcard.PinKeys;
import jp.sekisho.smartcard.Response;

/**
 * Runs the commands of one transaction within a time limit. pcsc-lite's transactions have none: a
 * program that hangs inside one would lock out every other.
 *
 * <p>The work runs on its own thread. When the limit passes, the caller gets its answer, and the
 * work may send nothing more: the next command is refused and the transaction ends with a reset. A
 * call into a driver that never returns cannot be stopped from here; what it holds is let go the
 * moment it returns.
 */
public final class TransactionWatchdog {

  /** What is done inside the transaction. */
  public interface Work<T> {
    T run(CardChannel channel) throws CardException;
  }

  private final CardChannel channel;
  private final Duration limit;

  /**
   * @param limit longest transaction, waiting for other programs included
   */
  public TransactionWatchdog(CardChannel channel, Duration limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /**
   * Begin, work, end and reset.
   *
   * @throws CardException what the work threw; CARD_BUSY when another program held the card for the
   *     whole limit, CARD_TIMEOUT when the work did not end in time
   */
  public <T> T run(Work<T> work) throws CardException {
    Guarded guarded = new Guarded(channel);
    FutureTask<T> task = new FutureTask<>(() -> transact(guarded, work));
    CardThreads.run(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw guarded.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw guarded.stop();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CardException failure) {
        throw failure;
      }
      throw new IllegalStateException("card transaction failed", e.getCause());
    }
  }

  private static <T> T transact(Guarded guarded, Work<T> work) throws CardException {
    guarded.begin();
    T result;
    try {
      result = work.run(guarded);
    } catch (CardException | RuntimeException | Error e) {
      // A fault of ours, too, must not leave the PIN verified and the card to nobody.
      try {
        guarded.endAndReset();
      } catch (CardException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
    try {
      guarded.endAndReset();
    } catch (CardException e) {
      // The answer is complete; a card pulled out after it is as reset as can be.
      if (e.failure() != CardFailure.CARD_REMOVED) {
        throw e;
      }
    }
    return result;
  }

  /** The channel until the limit passes. */
  private static final class Guarded implements CardChannel {
    private final CardChannel channel;
    private volatile boolean began;
    private volatile boolean stopped;

    private Guarded(CardChannel channel) {
      this.channel = channel;
    }

    private CardException stop() {
      stopped = true;
      return began
          ? new CardException(CardFailure.CARD_TIMEOUT, "no answer within the limit")
          : new CardException(CardFailure.CARD_BUSY, "another program holds the card");
    }

    @Override
    public void begin() throws CardException {
      channel.begin();
      began = true;
    }

    @Override
    public Response transmit(Apdu command) throws CardException {
      if (stopped) {
        throw new CardException(CardFailure.CARD_TIMEOUT, "stopped by the watchdog");
      }
      return channel.transmit(command);
    }

    @Override
    public Optional<PinKeys> pinKeys() throws CardException {
      if (stopped) {
        throw new CardException(CardFailure.CARD_TIMEOUT, "stopped by the watchdog");
      }
      return channel.pinKeys();
    }

    @Override
    public void endAndReset() throws CardException {
      channel.endAndReset();
    }

    @Override
    public void close() {
      channel.close();
    }
  }
}
