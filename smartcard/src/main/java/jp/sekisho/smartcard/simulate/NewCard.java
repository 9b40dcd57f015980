package jp.sekisho.smartcard.simulate;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How to make a card in an empty directory; an existing card is used as it is.
 *
 * @param kind what the card is
 * @param number number in the certificate's subject: of the member of staff, or of a JPKI
 *     certificate
 * @param ca directory of the issuing CA; empty = {@code ca} in the card's directory
 * @param upn user principal name in a staff certificate
 * @param key type of the keys
 * @param atr answer to reset, 2 to 33 bytes in hex; empty = {@link #ATR}
 */
public record NewCard(
    Kind kind,
    String number,
    Optional<Path> ca,
    Optional<String> upn,
    CardKey key,
    Optional<String> atr) {
  /** Contact card, T=1, no historical bytes worth reading: nobody may recognise us by ATR. */
  public static final String ATR = "3B80800101";

  private static final Pattern NUMBER = Pattern.compile("[0-9A-Za-z-]{1,32}");
  private static final Pattern HEX = Pattern.compile("3[BbFf]([0-9A-Fa-f]{2}){1,32}");

  /** Applications a card has. */
  public enum Application {
    PIV,
    JPKI
  }

  /** What a simulated card is. */
  public enum Kind {
    /** A staff card as it should be. */
    STAFF(Application.PIV),
    /** Its certificate ended yesterday. */
    EXPIRED(Application.PIV),
    /** Issued by a CA of the same name with another key. */
    FOREIGN_CA(Application.PIV),
    /** A PIV card without key and certificate. */
    UNINITIALISED(Application.PIV),
    /** Not a PIV card; knows no application at all. */
    OTHER(Application.PIV),
    /** A resident's card with both JPKI certificates. */
    JPKI(Application.JPKI),
    /** The JPKI token of an Android phone: no certificate without PIN. */
    JPKI_ANDROID(Application.JPKI),
    /** The JPKI token of an iPhone. */
    JPKI_IPHONE(Application.JPKI);

    private final Application application;

    Kind(Application application) {
      this.application = application;
    }

    /** Which program of a card it is; {@code OTHER} runs that of PIV and hides it. */
    public Application application() {
      return application;
    }
  }

  public NewCard {
    if (!NUMBER.matcher(number).matches()) {
      throw new IllegalArgumentException("staff number: 1 to 32 letters, digits, hyphens");
    }
    if (atr.isPresent() && !HEX.matcher(atr.get()).matches()) {
      throw new IllegalArgumentException("ATR: 2 to 33 bytes in hex, 3B or 3F first");
    }
  }

  /** A card with RSA-2048 keys. */
  public NewCard(Kind kind, String number, Optional<Path> ca, Optional<String> upn) {
    this(kind, number, ca, upn, CardKey.RSA2048, Optional.empty());
  }

  /** The same card with keys of another type. */
  public NewCard with(CardKey other) {
    return new NewCard(kind, number, ca, upn, other, atr);
  }
}
