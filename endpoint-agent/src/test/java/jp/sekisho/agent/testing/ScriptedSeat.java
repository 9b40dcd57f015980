package jp.sekisho.agent.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** A seat whose person does as the test says. */
public final class ScriptedSeat implements Seat {
  public final List<PinPrompt> prompts = new CopyOnWriteArrayList<>();
  public final AtomicInteger locks = new AtomicInteger();
  private final int uid;
  private volatile Consumer<Runnable> showing = Runnable::run;
  private volatile @Nullable Runnable beforeShown;
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

  /** Does this when the window was asked for and is not up yet. */
  public ScriptedSeat beforeShown(Runnable script) {
    beforeShown = script;
    return this;
  }

  /** Never says that its window is up. */
  public ScriptedSeat silent() {
    return shownBy(shown -> {});
  }

  /** Takes the word that the window is up, to say it or not. */
  public ScriptedSeat shownBy(Consumer<Runnable> script) {
    showing = script;
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
  public PinOutcome askPin(PinPrompt prompt, Duration atMost, Runnable shown) {
    prompts.add(prompt);
    Runnable before = beforeShown;
    if (before != null) {
      before.run();
    }
    showing.accept(shown);
    return person.get();
  }

  @Override
  public void lock() {
    locks.incrementAndGet();
  }
}
