package jp.sekisho.server.setup;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.protocol.Sha256;

/**
 * A one-time code: 25 letters and digits of Crockford's alphabet, 125 random bits. Only its SHA-256
 * is ever stored; at 125 bits nothing can be guessed from that.
 */
public final class SetupCode {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int LENGTH = 25;
  private static final int GROUP = 5;
  private static final int LONGEST_TYPED = 64;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String letters;

  private SetupCode(String letters) {
    this.letters = letters;
  }

  /** A new code. */
  static SetupCode random() {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < LENGTH; i++) {
      letters.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return new SetupCode(letters.toString());
  }

  /**
   * What somebody typed: in either case, full width too, with or without dashes and blanks, O for 0
   * and I or L for 1. Empty for anything that cannot be a code.
   */
  public static Optional<SetupCode> parse(String typed) {
    if (typed.length() > LONGEST_TYPED) {
      return Optional.empty();
    }
    String letters =
        Normalizer.normalize(typed, Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT)
            .replaceAll("[\\s‐-―−ー-]", "")
            .replace('O', '0')
            .replace('I', '1')
            .replace('L', '1');
    return letters.length() == LENGTH && letters.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)
        ? Optional.of(new SetupCode(letters))
        : Optional.empty();
  }

  /** The code as the console shows it, in groups of five. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < LENGTH; i += GROUP) {
      text.append(i == 0 ? "" : "-").append(letters, i, i + GROUP);
    }
    return text.toString();
  }

  /** What is stored. */
  byte[] hash() {
    return Sha256.of(letters.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String toString() {
    return "SetupCode[***]";
  }
}
