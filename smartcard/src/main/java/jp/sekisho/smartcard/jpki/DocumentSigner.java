package jp.sekisho.smartcard.jpki;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.piv.PinDiscipline;
import jp.sekisho.smartcard.piv.PinRequest;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;

/**
 * Signs a document with a JPKI token's signature key, which is never used for login: its
 * certificate discloses its holder's name, address, birth date and sex to whoever gets the signed
 * document. Call it only where a person has just asked for that, in words.
 *
 * <p>One transaction that ends with a reset. One thread at a time; the channel stays the caller's.
 */
public final class DocumentSigner {
  private final PinDiscipline<JpkiApplication> discipline;

  public DocumentSigner(CardChannel channel) {
    this(channel, PivCard.LIMIT, JpkiProfile.KNOWN);
  }

  /**
   * @param limit longest transaction, waiting for other programs included
   * @param known kinds of token to accept
   */
  public DocumentSigner(CardChannel channel, Duration limit, List<JpkiProfile> known) {
    List<JpkiProfile> accepted = List.copyOf(known);
    this.discipline =
        new PinDiscipline<>(
            channel, limit, guarded -> JpkiApplication.open(guarded, JpkiKey.SIGNATURE, accepted));
  }

  /**
   * Verifies the password once and signs once.
   *
   * @param document the bytes to sign, given the certificate, which is read after the password
   * @param lastTryConfirmed the user was told that one try is left and wants to use it
   */
  public SignOutcome sign(
      JpkiPin.Signature password, PinRequest.Content document, boolean lastTryConfirmed) {
    return discipline.sign(
        new PinRequest<>(
            Optional.empty(), new JpkiCard.Typed(password), document, lastTryConfirmed));
  }
}
