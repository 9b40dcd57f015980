package jp.sekisho.agent.login;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.smartcard.pcsc.PromptScope;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a shared reader's card beside its open PIN window. It begins when the window is
 * up, not before; whoever closes this ends it: the next command to the card is refused, and nothing
 * connects any more. Thread-safe.
 */
final class SharedReading implements AutoCloseable {
  private final LoginCards cards;
  private final Stay stay;
  private final ExecutorService readers;
  private @Nullable PromptScope prompt;
  private @Nullable Future<LoginCards.Found> reading;
  private boolean closed;

  SharedReading(LoginCards cards, Stay stay, ExecutorService readers) {
    this.cards = cards;
    this.stay = stay;
    this.readers = readers;
  }

  /** The window is up: the card may be touched. Returns at once. */
  synchronized void begin() {
    if (closed || reading != null) {
      return;
    }
    PromptScope scope = new PromptScope();
    prompt = scope;
    reading = readers.submit(() -> cards.find(stay, scope));
  }

  /** What is being read; empty where no window came up. Closing this closes it. */
  synchronized Optional<Future<LoginCards.Found>> reading() {
    return Optional.ofNullable(reading);
  }

  /** Lets go of the card; returns when nobody uses it any more. */
  @Override
  public void close() {
    Optional<Future<LoginCards.Found>> begun;
    synchronized (this) {
      closed = true;
      if (prompt != null) {
        prompt.close();
      }
      begun = reading();
    }
    begun.ifPresent(SharedReading::letGo);
  }

  private static void letGo(Future<LoginCards.Found> reading) {
    try {
      reading.get().close();
    } catch (ExecutionException e) {
      // Not connected: nothing to let go of.
    } catch (InterruptedException e) {
      reading.cancel(true);
      Thread.currentThread().interrupt();
    }
  }
}
