package jp.sekisho.smartcard.pkcs11;

/**
 * Which of a module's tokens is meant. Slot numbers differ from module to module and from start to
 * start, so they are never used. Exactly one token must match.
 *
 * @param by what is compared
 * @param value whole text without the padding blanks; label at most 32, serial at most 16 bytes
 */
public record TokenSelector(By by, String value) {
  /** A property of CK_TOKEN_INFO. */
  public enum By {
    LABEL,
    SERIAL
  }

  public TokenSelector {
    if (value.isBlank() || value.length() > 32 || value.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException("token label or serial: 1 to 32 printable characters");
    }
  }

  public static TokenSelector label(String label) {
    return new TokenSelector(By.LABEL, label);
  }

  public static TokenSelector serial(String serial) {
    return new TokenSelector(By.SERIAL, serial);
  }

  boolean matches(Cryptoki.Token token) {
    return value.equals(by == By.LABEL ? token.label() : token.serial());
  }
}
