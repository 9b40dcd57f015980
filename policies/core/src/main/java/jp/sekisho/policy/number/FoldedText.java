package jp.sekisho.policy.number;

import java.text.Normalizer;
import java.util.Arrays;

/**
 * A text in the one spelling the detector reads, and for every character the place it came from.
 *
 * <p>Folding is NFKC (full-width, half-width, circled …) in lower case, without zero-width
 * characters; every dash becomes {@code -}, every space {@code ' '}, every dot and middle dot
 * {@code .}, every line break {@code \n}. The folded characters are wiped by {@link #wipe}.
 */
final class FoldedText {
  private static final char[] ASCII = ascii();

  private char[] chars;
  private int[] origins;
  private int length;

  FoldedText(CharSequence text) {
    chars = new char[text.length() + 16];
    origins = new int[text.length() + 16];
    int end = text.length();
    for (int at = plainRun(text, 0, end); at < end; at = plainRun(text, at, end)) {
      char c = text.charAt(at);
      char plain = plain(c);
      if (plain != 0) { // there was no room
        append(plain, at);
        at++;
      } else if (c < 0x80) {
        boolean secondOfCrLf = c == '\n' && at > 0 && text.charAt(at - 1) == '\r';
        if (!secondOfCrLf) {
          append(c == '\r' ? '\n' : c, at);
        }
        at++;
      } else {
        int codePoint = Character.codePointAt(text, at);
        fold(codePoint, at);
        at += Character.charCount(codePoint);
      }
    }
  }

  /** Folds plain characters from {@code at} on; returns where the first other one stands. */
  private int plainRun(CharSequence text, int at, int end) {
    // Locals, so that nothing is written back for each character.
    char[] folded = chars;
    int[] from = origins;
    int count = length;
    int next = at;
    while (next < end && count < folded.length) {
      char plain = plain(text.charAt(next));
      if (plain == 0) {
        break;
      }
      folded[count] = plain;
      from[count++] = next++;
    }
    length = count;
    return next;
  }

  /** The first digit at or after {@code from}; the length without one. */
  int nextDigit(int from) {
    char[] folded = chars;
    int end = length;
    int at = from;
    while (at < end && (folded[at] < '0' || folded[at] > '9')) {
      at++;
    }
    return at;
  }

  /**
   * What a common character folds to, without a look at its neighbours; 0 for any other. Nearly all
   * characters of Japanese text are among these, and the normaliser is slow.
   */
  static char plain(char c) {
    if (c < 0x80) {
      return ASCII[c];
    }
    boolean unchanged =
        (c >= 0x4E00 && c <= 0x9FFF)
            || (c >= 0x3041 && c <= 0x3096)
            || (c >= 0x30A1 && c <= 0x30FA)
            || c == 0x3001
            || c == 0x3002;
    if (unchanged) {
      return c;
    }
    if (c == 0x3000) {
      return ' ';
    }
    if ((c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF41 && c <= 0xFF5A)) {
      return (char) (c - 0xFEE0);
    }
    return c >= 0xFF21 && c <= 0xFF3A ? (char) (c - 0xFEC0) : 0;
  }

  private static char[] ascii() {
    char[] table = new char[0x80];
    for (char c = 0; c < table.length; c++) {
      boolean upper = c >= 'A' && c <= 'Z';
      table[c] = c == '\r' || c == '\n' ? 0 : upper ? (char) (c + 0x20) : c;
    }
    return table;
  }

  int length() {
    return length;
  }

  char charAt(int index) {
    return chars[index];
  }

  boolean isDigit(int index) {
    return index >= 0 && index < length && chars[index] >= '0' && chars[index] <= '9';
  }

  /** Index in the original text of the folded character at {@code index}. */
  int origin(int index) {
    return origins[index];
  }

  /** The next place at or after {@code from} where {@code word} stands; -1 without one. */
  int indexOf(String word, int from) {
    char first = word.charAt(0);
    for (int at = from; at <= length - word.length(); at++) {
      if (chars[at] == first && startsWith(word, at)) {
        return at;
      }
    }
    return -1;
  }

  private boolean startsWith(String word, int at) {
    for (int i = 1; i < word.length(); i++) {
      if (chars[at + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  void wipe() {
    Arrays.fill(chars, '\0');
  }

  private void fold(int codePoint, int origin) {
    switch (codePoint) {
      // The voiced marks: half-width ones stand alone and belong to the letter before.
      case 0xFF9E, 0x3099 -> compose('\u3099', origin);
      case 0xFF9F, 0x309A -> compose('\u309A', origin);
      // 30FC is the long vowel of マイナンバー, but the dash of 1234ー5678ー9018.
      case 0x30FC, 0xFF70 -> append(length > 0 && isDigit(length - 1) ? '-' : '\u30FC', origin);
      case 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63, 0xFF0D ->
          append('-', origin);
      case 0x30FB, 0xFF65, 0x00B7, 0x2022, 0xFF0E -> append('.', origin);
      case 0x0085, 0x2028, 0x2029 -> append('\n', origin);
      default -> foldOther(codePoint, origin);
    }
  }

  private void foldOther(int codePoint, int origin) {
    int type = Character.getType(codePoint);
    if (type == Character.FORMAT || isVariationSelector(codePoint)) {
      return;
    }
    if (type == Character.SPACE_SEPARATOR) {
      append(' ', origin);
      return;
    }
    String folded = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKC);
    for (int i = 0; i < folded.length(); i++) {
      append(Character.toLowerCase(folded.charAt(i)), origin);
    }
  }

  private static boolean isVariationSelector(int codePoint) {
    return (codePoint >= 0xFE00 && codePoint <= 0xFE0F)
        || (codePoint >= 0xE0100 && codePoint <= 0xE01EF);
  }

  private void compose(char mark, int origin) {
    if (length > 0) {
      String pair = new String(new char[] {chars[length - 1], mark});
      String composed = Normalizer.normalize(pair, Normalizer.Form.NFC);
      if (composed.length() == 1) {
        chars[length - 1] = composed.charAt(0);
        return;
      }
    }
    append(mark, origin);
  }

  private void append(char c, int origin) {
    if (length == chars.length) {
      char[] before = chars;
      chars = Arrays.copyOf(chars, length * 2);
      Arrays.fill(before, '\0');
      origins = Arrays.copyOf(origins, length * 2);
    }
    chars[length] = c;
    origins[length] = origin;
    length++;
  }
}
