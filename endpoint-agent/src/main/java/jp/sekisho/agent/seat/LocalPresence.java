package jp.sekisho.agent.seat;

/**
 * Who is at the screen of this terminal now, as the operating system knows it. Thread-safe.
 *
 * <p>A program that runs on the terminal is not a person at it: somebody else's remote shell or a
 * daemon would otherwise get a PIN window of its own for whatever card is in the reader.
 */
@FunctionalInterface
public interface LocalPresence {
  /** Takes everybody for present: for trials on machines where nothing knows who is. */
  LocalPresence ANYBODY = uid -> true;

  /**
   * Whether the session in the foreground of the terminal's own screen is user {@code uid}'s.
   *
   * @return false also when it cannot be told
   */
  boolean isAtScreen(int uid);
}
