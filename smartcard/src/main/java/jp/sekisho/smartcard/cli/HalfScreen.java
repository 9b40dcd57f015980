package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import jp.sekisho.smartcard.issue.HalfReceiver;
import jp.sekisho.smartcard.issue.PukHalf;

/**
 * Shows the halves on this terminal, one role after the other: each presses Enter to see its own,
 * copies it, presses Enter again, and screen and scrollback are cleared before the next is called.
 * Never both at once, and nothing of them in a String. What a terminal program records of what it
 * showed is beyond us.
 */
final class HalfScreen implements HalfReceiver {
  /** Clears the screen and what scrolled out of it (ECMA-48, xterm's 3J), cursor home. */
  private static final String CLEAR = "\u001b[H\u001b[2J\u001b[3J";

  private final Writer screen;
  private final Enter enter;
  private final Words words;

  /** Waits for the Enter key. */
  interface Enter {
    /** False when there is nobody any more. */
    boolean pressed() throws IOException;
  }

  /** The text under a key, in the person's language. */
  interface Words {
    String text(String key, Object... values);
  }

  HalfScreen(Writer screen, Enter enter, Words words) {
    this.screen = screen;
    this.enter = enter;
    this.words = words;
  }

  /**
   * @throws IOException also {@code HALVES_NOT_SEEN} when the terminal ended before both were shown
   */
  @Override
  public void give(String number, String card, PukHalf first, PukHalf second) throws IOException {
    show(number, card, first);
    show(number, card, second);
  }

  private void show(String number, String card, PukHalf half) throws IOException {
    say(words.text("issue.screen.call", half.role(), number));
    await();
    char[] written = half.written();
    try {
      say(words.text("issue.screen.half", half.role(), number, card));
      screen.write(written);
      say("\n" + words.text("issue.screen.copied"));
      await();
    } finally {
      Arrays.fill(written, '\0');
      // Also when the person is gone: nobody else shall find it here.
      say(CLEAR);
    }
  }

  private void say(String text) throws IOException {
    screen.write(text);
    screen.flush();
  }

  private void await() throws IOException {
    if (!enter.pressed()) {
      throw new IOException("HALVES_NOT_SEEN: the terminal ended before both roles had their half");
    }
  }
}
