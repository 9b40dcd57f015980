package jp.sekisho.smartcard.simulate;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How to make a card in an empty directory; an existing card is used as it is.
 *
 * @param kind what the card is
 * @param number staff number in the certificate's subject
 * @param ca directory of the issuing CA; empty = {@code ca} in the card's directory
 * @param upn user principal name in the certificate
 */
public record NewCard(Kind kind, String number, Optional<Path> ca, Optional<String> upn) {
  private static final Pattern NUMBER = Pattern.compile("[0-9A-Za-z-]{1,32}");

  /** What a simulated card is. */
  public enum Kind {
    /** A staff card as it should be. */
    STAFF,
    /** Its certificate ended yesterday. */
    EXPIRED,
    /** Issued by a CA of the same name with another key. */
    FOREIGN_CA,
    /** A PIV card without key and certificate. */
    UNINITIALISED,
    /** Not a PIV card; knows no application at all. */
    OTHER
  }

  public NewCard {
    if (!NUMBER.matcher(number).matches()) {
      throw new IllegalArgumentException("staff number: 1 to 32 letters, digits, hyphens");
    }
  }
}
