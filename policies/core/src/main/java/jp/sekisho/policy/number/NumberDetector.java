package jp.sekisho.policy.number;

import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds possible 個人番号 in text.
 *
 * <p>A number is twelve digits with a right check digit: in one run, as 4-4-4, or digit by digit,
 * each with one kind of separator (space, dot, dash; line break or tab as in tables) and no further
 * digit or group beside it, so that no part of a card number or a 法人番号 counts. Text is folded first
 * (NFKC, dashes, spaces, zero-width characters). One near a word such as マイナンバー, or three in a
 * text, score {@link Score#HIGH}; a bare one, one spread over table cells, and one beside 会社法人等番号
 * score {@link Score#LOW}.
 *
 * <p>Stateless; the only copies of digits are wiped before {@link #scan} returns.
 */
public final class NumberDetector {
  private static final String SEPARATORS = " .-\n\t";
  private static final int[] FOURS = {4, 4, 4};
  private static final int[] SINGLES = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  private static final int[] CORPORATE = {1, 4, 4, 4};
  private static final int MANY = 3;

  private record Hit(int start, int end, boolean overCells) {}

  private final CharSequence original;
  private final FoldedText text;
  private final List<Hit> hits = new ArrayList<>();
  private int corporate;

  private NumberDetector(CharSequence original) {
    this.original = original;
    this.text = new FoldedText(original);
  }

  /** What {@code text} holds; takes time and memory in proportion to its length. */
  public static NumberFindings scan(CharSequence text) {
    NumberDetector detector = new NumberDetector(text);
    try {
      detector.collect();
      return detector.score();
    } finally {
      detector.text.wipe();
    }
  }

  private void collect() {
    int at = text.nextDigit(0);
    while (at < text.length()) {
      at = text.nextDigit(number(at, runEnd(at)));
    }
  }

  /** Judges the run of digits from {@code start} to {@code end}; returns where to go on. */
  private int number(int start, int end) {
    switch (end - start) {
      case 13 -> countCorporate(start, end);
      case 12 -> addIfIndividual(start, end, false);
      case 4 -> {
        int last = groups(start, FOURS);
        if (last > 0 && addIfIndividual(start, last, isCellBreak(text.charAt(end)))) {
          return last;
        }
      }
      case 1 -> {
        int corporateEnd = groups(start, CORPORATE);
        if (corporateEnd > 0 && countCorporate(start, corporateEnd)) {
          return corporateEnd;
        }
        int last = groups(start, SINGLES);
        if (last > 0 && addIfIndividual(start, last, isCellBreak(text.charAt(end)))) {
          return last;
        }
      }
      default -> {
        // Too short, too long or in between: no number of ours.
      }
    }
    return end;
  }

  /**
   * End of the groups of digits of these sizes from {@code start} on, with one kind of separator; 0
   * when they are not there, or when a further group of that size touches them.
   */
  private int groups(int start, int[] sizes) {
    int at = start;
    char separator = '\0';
    for (int group = 0; group < sizes.length; group++) {
      if (group > 0) {
        char next = at < text.length() ? text.charAt(at) : '\0';
        if (SEPARATORS.indexOf(next) < 0 || (group > 1 && next != separator)) {
          return 0;
        }
        separator = next;
        at++;
      }
      if (!text.isDigit(at) || runEnd(at) - at != sizes[group]) {
        return 0;
      }
      at += sizes[group];
    }
    int size = sizes[sizes.length - 1];
    return groupBefore(start, separator, size) || groupAfter(at, separator, size) ? 0 : at;
  }

  private boolean groupAfter(int end, char separator, int size) {
    return end < text.length()
        && text.charAt(end) == separator
        && text.isDigit(end + 1)
        && runEnd(end + 1) - (end + 1) == size;
  }

  private boolean groupBefore(int start, char separator, int size) {
    if (start < 2 || text.charAt(start - 1) != separator) {
      return false;
    }
    int at = start - 1;
    while (text.isDigit(at - 1)) {
      at--;
    }
    return start - 1 - at == size;
  }

  private int runEnd(int start) {
    int end = start;
    while (text.isDigit(end)) {
      end++;
    }
    return end;
  }

  private static boolean isCellBreak(char separator) {
    return separator == '\n' || separator == '\t';
  }

  private boolean addIfIndividual(int start, int end, boolean overCells) {
    char[] digits = digits(start, end);
    try {
      boolean valid = CheckDigit.isIndividual(CharBuffer.wrap(digits));
      if (valid) {
        hits.add(new Hit(start, end, overCells));
      }
      return valid;
    } finally {
      Arrays.fill(digits, '\0');
    }
  }

  private boolean countCorporate(int start, int end) {
    char[] digits = digits(start, end);
    try {
      boolean valid = CheckDigit.isCorporate(CharBuffer.wrap(digits));
      corporate += valid ? 1 : 0;
      return valid;
    } finally {
      Arrays.fill(digits, '\0');
    }
  }

  private char[] digits(int start, int end) {
    char[] digits = new char[13];
    int count = 0;
    for (int at = start; at < end; at++) {
      if (text.isDigit(at)) {
        digits[count++] = text.charAt(at);
      }
    }
    char[] exact = Arrays.copyOf(digits, count);
    Arrays.fill(digits, '\0');
    return exact;
  }

  private NumberFindings score() {
    if (hits.isEmpty()) {
      return new NumberFindings(List.of(), corporate);
    }
    ContextWords words = new ContextWords(text);
    List<ContextWords.Says> says = new ArrayList<>(hits.size());
    int counted = 0;
    for (Hit hit : hits) {
      ContextWords.Says around = words.around(hit.start(), hit.end());
      says.add(around);
      boolean counts = !hit.overCells() && around != ContextWords.Says.CORPORATE_REGISTER;
      counted += counts ? 1 : 0;
    }
    List<Finding> findings = new ArrayList<>(hits.size());
    for (int i = 0; i < hits.size(); i++) {
      Hit hit = hits.get(i);
      findings.add(
          new Finding(
              text.origin(hit.start()),
              originalEnd(hit.end()),
              score(hit, says.get(i), counted >= MANY)));
    }
    return new NumberFindings(findings, corporate);
  }

  private static Score score(Hit hit, ContextWords.Says says, boolean many) {
    if (hit.overCells()) {
      return Score.LOW;
    }
    return switch (says) {
      case INDIVIDUAL -> Score.HIGH;
      case CORPORATE_REGISTER -> Score.LOW;
      case NOTHING -> many ? Score.HIGH : Score.LOW;
    };
  }

  private int originalEnd(int foldedEnd) {
    int last = text.origin(foldedEnd - 1);
    return last + Character.charCount(Character.codePointAt(original, last));
  }
}
