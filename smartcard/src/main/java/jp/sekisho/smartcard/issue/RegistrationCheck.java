package jp.sekisho.smartcard.issue;

import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.PivApplication;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SigningAlgorithm;
import jp.sekisho.smartcard.piv.TransactionWatchdog;

/**
 * Tries whether a card signs without its PIN, which no card that is to be registered may do. Costs
 * no try. It shows that this card asks for its PIN now; that the key is bound to the card for ever
 * only an attestation or the issuing CA's policy says.
 */
public final class RegistrationCheck {
  private static final int SECURITY_STATUS_NOT_SATISFIED = 0x6982;
  private static final SecureRandom RANDOM = new SecureRandom();

  private RegistrationCheck() {}

  /** What the card did. */
  public sealed interface Outcome {
    /**
     * It refused, as it should.
     *
     * @param attested what its maker says of the key; empty where no maker's root was given, or the
     *     card attests nothing
     */
    record Refuses(X509Certificate certificate, Optional<Attestation.Verdict.Attested> attested)
        implements Outcome {}

    /** It refused, and attests what no given root stands behind, or of another key. */
    record NotAttested(X509Certificate certificate, IssueFailure failure, String detail)
        implements Outcome {}

    /** It signed: whoever holds the card needs no PIN. */
    record SignsWithoutPin(X509Certificate certificate) implements Outcome {}

    /** It could not be asked, or said something else than "PIN first". */
    record Failed(CardFailure failure, String detail) implements Outcome {}
  }

  /** As {@link #of(CardChannel, Optional)}, without looking for an attestation. */
  public static Outcome of(CardChannel channel) {
    return of(channel, Optional.empty());
  }

  /**
   * Asks the card, in a transaction that begins and ends with nothing verified.
   *
   * @param attestation judges what the card attests, if it does. An attestation is a certificate
   *     anybody may copy: it says where the key is, not that this is that card
   */
  public static Outcome of(CardChannel channel, Optional<Attestation> attestation) {
    TransactionWatchdog watchdog = new TransactionWatchdog(channel, PivCard.LIMIT);
    try {
      // Whatever PIN another program left verified is gone after this.
      X509Certificate certificate =
          watchdog.run(guarded -> PivApplication.open(guarded).certificate());
      return watchdog.run(guarded -> {
        PivAdministration administration = PivAdministration.open(guarded);
        PivApplication piv = administration.application();
        if (!Arrays.equals(
            piv.certificate().getPublicKey().getEncoded(),
            certificate.getPublicKey().getEncoded())) {
          throw new CardException(CardFailure.CARD_SWAPPED, "another certificate");
        }
        return refusesBeforePin(piv, certificate.getPublicKey())
            ? attested(administration, certificate, attestation)
            : new Outcome.SignsWithoutPin(certificate);
      });
    } catch (CardException e) {
      return new Outcome.Failed(e.failure(), String.valueOf(e.getMessage()));
    }
  }

  private static Outcome attested(
      PivAdministration piv, X509Certificate certificate, Optional<Attestation> attestation)
      throws CardException {
    Optional<byte[]> statement = attestation.isEmpty() ? Optional.empty() : piv.attestation();
    if (attestation.isEmpty() || statement.isEmpty()) {
      return new Outcome.Refuses(certificate, Optional.empty());
    }
    Attestation.Verdict verdict =
        attestation
            .get()
            .judge(
                statement, piv.attestationCertificate(), certificate.getPublicKey(), piv.serial());
    return verdict instanceof Attestation.Verdict.Refused no
        ? new Outcome.NotAttested(certificate, no.failure(), no.detail())
        : new Outcome.Refuses(certificate, Optional.of((Attestation.Verdict.Attested) verdict));
  }

  /**
   * Asks the card to sign while nothing is verified.
   *
   * @throws CardException CARD_ERROR for any answer but a signature and "PIN first": a card that
   *     refuses for another reason has proved nothing
   */
  static boolean refusesBeforePin(PivApplication piv, PublicKey key) throws CardException {
    SigningAlgorithm algorithm =
        SigningAlgorithm.of(key)
            .orElseThrow(() -> new CardException(CardFailure.KEY_UNSUPPORTED, "key type"));
    byte[] nonce = new byte[32];
    RANDOM.nextBytes(nonce);
    Response response = piv.trySigning(algorithm, algorithm.hash(nonce));
    if (response.ok()) {
      return false;
    }
    if (response.sw() != SECURITY_STATUS_NOT_SATISFIED) {
      throw new CardException(
          CardFailure.CARD_ERROR, "unsigned, but not for the PIN: %04X".formatted(response.sw()));
    }
    return true;
  }
}
