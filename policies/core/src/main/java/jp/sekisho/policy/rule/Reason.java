package jp.sekisho.policy.rule;

import java.text.Normalizer;

/**
 * Why a rule is there, for the clerk who meets it and the auditor who asks.
 *
 * @param ja in Japanese, one line, 1 to {@value #MAX_CHARACTERS} characters, NFC
 * @param en the same in English
 */
public record Reason(String ja, String en) {
  /** Longest reason in one language. */
  public static final int MAX_CHARACTERS = 300;

  /** Checks both texts. */
  public Reason {
    check("ja", ja);
    check("en", en);
  }

  private static void check(String language, String text) {
    if (text.isBlank() || text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "reason " + language + " is not 1 to " + MAX_CHARACTERS + " characters");
    }
    if (!Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
      throw new IllegalArgumentException("reason " + language + " is not NFC");
    }
    if (text.codePoints().anyMatch(Reason::isInvisible)) {
      throw new IllegalArgumentException("reason " + language + " holds an invisible character");
    }
  }

  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE;
  }
}
