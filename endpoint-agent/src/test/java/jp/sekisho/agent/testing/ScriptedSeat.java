package jp.sekisho.agent.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.protocol.Refusal;

/** A seat whose person does as the test says. */
public final class ScriptedSeat implements Seat {
  public final List<PinPrompt> prompts = new CopyOnWriteArrayList<>();
  public final AtomicInteger locks = new AtomicInteger();
  private final int uid;
  private volatile Supplier<PinOutcome> person = () -> new PinOutcome.None(Refusal.PIN_CANCELLED);

  public ScriptedSeat(int uid) {
    this.uid = uid;
  }

  /** Types this each time. */
  public ScriptedSeat typing(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    person = () -> new PinOutcome.Typed(TypedPin.copyOf(utf8, 0, utf8.length));
    return this;
  }

  /** Does this while the window is open. */
  public ScriptedSeat doing(Supplier<PinOutcome> script) {
    person = script;
    return this;
  }

  @Override
  public int uid() {
    return uid;
  }

  @Override
  public Locale language() {
    return Locale.JAPANESE;
  }

  @Override
  public PinOutcome askPin(PinPrompt prompt, Duration atMost) {
    prompts.add(prompt);
    return person.get();
  }

  @Override
  public void lock() {
    locks.incrementAndGet();
  }
}
