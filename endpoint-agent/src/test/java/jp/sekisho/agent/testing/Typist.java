package jp.sekisho.agent.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.PinWindow;
import jp.sekisho.agent.seat.TypedPin;

/** Types the PIN as soon as the window opens. */
public final class Typist implements PinWindow {
  @Override
  public PinOutcome ask(PinPrompt prompt, Duration atMost, BooleanSupplier wanted, Runnable shown) {
    shown.run();
    byte[] pin = "123456".getBytes(StandardCharsets.US_ASCII);
    return new PinOutcome.Typed(TypedPin.copyOf(pin, 0, pin.length));
  }

  @Override
  public void dismiss() {}
}
