package jp.sekisho.agent.ipc;

import java.util.concurrent.CompletableFuture;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.protocol.Refusal;

/**
 * The one PIN window a seat can have open, and who waits for it. Thread-safe.
 *
 * <p>Every PIN that comes too late, or for another window, is wiped here.
 */
final class PromptSlot {
  /** One open window. */
  static final class Open {
    private final int number;
    private final CompletableFuture<PinOutcome> outcome = new CompletableFuture<>();
    private Runnable shown;

    private Open(int number, Runnable shown) {
      this.number = number;
      this.shown = shown;
    }

    int number() {
      return number;
    }

    CompletableFuture<PinOutcome> outcome() {
      return outcome;
    }

    /** Ends the wait unless it ended; what came of the window in the end. */
    PinOutcome settle(Refusal reason) {
      outcome.complete(new PinOutcome.None(reason));
      return outcome.join();
    }
  }

  private int lastNumber;
  private boolean closed;
  private @org.jspecify.annotations.Nullable Open open;

  /**
   * Opens the slot: the window, or the reason why there is none.
   *
   * @param shown called at most once, while nobody has the window's outcome yet
   */
  synchronized Claim claim(Runnable shown) {
    if (closed) {
      return new Claim.No(Refusal.PROMPT_UNAVAILABLE);
    }
    if (open != null) {
      return new Claim.No(Refusal.CARD_BUSY);
    }
    open = new Open(++lastNumber, shown);
    return new Claim.Yes(open);
  }

  /** The result of {@link #claim}. */
  sealed interface Claim {
    record Yes(Open window) implements Claim {}

    record No(Refusal reason) implements Claim {}
  }

  /** Frees the slot for the next window. */
  synchronized void release(Open window) {
    if (open == window) {
      open = null;
    }
  }

  /** A PIN arrived for window {@code number}; this takes it over. */
  synchronized void typed(int number, TypedPin pin) {
    if (open == null
        || open.number != number
        || !open.outcome.complete(new PinOutcome.Typed(pin))) {
      pin.close();
    }
  }

  /** Window {@code number} is up. */
  synchronized void shown(int number) {
    if (open != null && open.number == number && !open.outcome.isDone()) {
      Runnable told = open.shown;
      open.shown = () -> {};
      told.run();
    }
  }

  /** Window {@code number} ended without a PIN. */
  synchronized void none(int number, Refusal reason) {
    if (open != null && open.number == number) {
      open.outcome.complete(new PinOutcome.None(reason));
    }
  }

  /** The seat is lost: the open window ends, and no other opens. */
  synchronized void close() {
    closed = true;
    if (open != null) {
      open.outcome.complete(new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE));
    }
  }
}
