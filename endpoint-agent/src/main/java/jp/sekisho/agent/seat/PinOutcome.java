package jp.sekisho.agent.seat;

import java.util.function.Function;
import jp.sekisho.protocol.Refusal;

/** What came of a PIN window. */
public sealed interface PinOutcome {

  /** The person typed something and confirmed; whoever holds this closes {@code pin}. */
  record Typed(TypedPin pin) implements PinOutcome {
    @Override
    public <R> R match(Function<? super Typed, R> typed, Function<? super None, R> none) {
      return typed.apply(this);
    }
  }

  /** There is no PIN: {@code PIN_CANCELLED}, {@code PROMPT_UNAVAILABLE} or {@code CARD_BUSY}. */
  record None(Refusal reason) implements PinOutcome {
    @Override
    public <R> R match(Function<? super Typed, R> typed, Function<? super None, R> none) {
      return none.apply(this);
    }
  }

  /** Handles both cases. */
  <R> R match(Function<? super Typed, R> typed, Function<? super None, R> none);
}
