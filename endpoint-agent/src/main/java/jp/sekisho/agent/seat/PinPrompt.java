package jp.sekisho.agent.seat;

import java.util.regex.Pattern;
import jp.sekisho.protocol.CardKind;
import org.jspecify.annotations.Nullable;

/**
 * What a PIN window shows.
 *
 * @param readerName the reader that holds the card, 1 to {@value #MAX_READER} characters
 * @param triesLeft PIN tries left, 1 to 15; {@value #TRIES_UNKNOWN} when not known (a SHARED reader
 *     is not asked before the window is open)
 * @param purpose the statement's purpose: {@code login}, {@code unlock}, {@code step-up}, {@code
 *     approve}
 * @param text what is approved, shown in full, at most {@value #MAX_TEXT} characters; null when
 *     nothing is
 * @param card whose PIN is asked for
 * @param onKeys the PIN is typed on the reader's own keys after the window: it only asks for a
 *     consent, and what it gives back is empty
 */
public record PinPrompt(
    String readerName,
    int triesLeft,
    String purpose,
    @Nullable String text,
    CardKind card,
    boolean onKeys) {
  /** {@link #triesLeft} of a card that was not asked. */
  public static final int TRIES_UNKNOWN = -1;

  /** Longest reader name, in UTF-16 units. */
  public static final int MAX_READER = 256;

  /** Longest approved text, in UTF-16 units. */
  public static final int MAX_TEXT = 16 * 1024;

  private static final Pattern PURPOSE = Pattern.compile("[a-z][a-z-]{0,31}");

  /** Of a staff card, typed in the window. */
  public PinPrompt(String readerName, int triesLeft, String purpose, @Nullable String text) {
    this(readerName, triesLeft, purpose, text, CardKind.STAFF_PIV, false);
  }

  public PinPrompt {
    if (readerName.isEmpty() || readerName.length() > MAX_READER) {
      throw new IllegalArgumentException("readerName is empty or too long");
    }
    if (triesLeft != TRIES_UNKNOWN && (triesLeft < 1 || triesLeft > 15)) {
      throw new IllegalArgumentException("triesLeft is not 1 to 15");
    }
    if (!PURPOSE.matcher(purpose).matches()) {
      throw new IllegalArgumentException("purpose is not a purpose");
    }
    if (text != null && text.length() > MAX_TEXT) {
      throw new IllegalArgumentException("text is too long");
    }
  }
}
