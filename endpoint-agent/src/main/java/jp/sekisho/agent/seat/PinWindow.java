package jp.sekisho.agent.seat;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The system's own window for a PIN, at the seat. One window at a time. */
public interface PinWindow {
  /**
   * Shows the window and waits for the person.
   *
   * @param atMost how long it may stay open
   * @param wanted whether the window is still to be shown; asked once it is about to be, so that a
   *     {@link #dismiss} that came a moment too early is not lost
   * @param shown called once when the window is up; never when none could be shown
   * @return what was typed, which the caller closes; or {@code PIN_CANCELLED} or {@code
   *     PROMPT_UNAVAILABLE}
   */
  PinOutcome ask(PinPrompt prompt, Duration atMost, BooleanSupplier wanted, Runnable shown);

  /**
   * Closes the window that is open, from another thread; {@link #ask} returns {@code PIN_CANCELLED}
   * then. {@code wanted} must say false before this is called.
   */
  void dismiss();
}
