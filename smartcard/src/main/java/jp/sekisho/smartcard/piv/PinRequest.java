package jp.sekisho.smartcard.piv;

import java.security.cert.X509Certificate;
import java.util.Optional;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;

/**
 * One signature wanted of an application.
 *
 * @param expected the certificate read before the PIN was asked; empty only for applications that
 *     show none before the PIN
 * @param pin how the PIN reaches the card
 * @param toBeSigned what to sign
 * @param lastTryConfirmed the user was told that one try is left and wants to use it
 */
public record PinRequest<A extends PinApplication>(
    Optional<Fingerprint> expected,
    Presentation<A> pin,
    Content toBeSigned,
    boolean lastTryConfirmed) {

  /** A PIN on its way to the card. */
  public interface Presentation<A> {
    /** Whether its owner has wiped it meanwhile: then nothing is sent. */
    boolean isWiped();

    /** Presents it, once. */
    Response present(A application) throws CardException;
  }

  /** The bytes to be signed, which may name the certificate. */
  public interface Content {
    /** Empty = not with this certificate; nothing is signed then. */
    Optional<byte[]> of(X509Certificate certificate);
  }
}
