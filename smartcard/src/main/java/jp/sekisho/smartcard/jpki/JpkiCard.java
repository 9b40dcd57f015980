package jp.sekisho.smartcard.jpki;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.PinDiscipline;
import jp.sekisho.smartcard.piv.PinRequest;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;

/**
 * Login with a JPKI token: {@link #read()} before the PIN is asked, {@link #sign} with it, each one
 * transaction that ends with a reset. Uses the user-authentication key and nothing else.
 *
 * <p>One thread at a time; the channel stays the caller's.
 */
public final class JpkiCard {
  private final PinDiscipline<JpkiApplication> discipline;

  public JpkiCard(CardChannel channel) {
    this(channel, PivCard.LIMIT, JpkiProfile.KNOWN);
  }

  /**
   * @param limit longest transaction, waiting for other programs included
   * @param known kinds of token to accept
   */
  public JpkiCard(CardChannel channel, Duration limit, List<JpkiProfile> known) {
    List<JpkiProfile> accepted = List.copyOf(known);
    this.discipline =
        new PinDiscipline<>(
            channel,
            limit,
            guarded -> JpkiApplication.open(guarded, JpkiKey.AUTHENTICATION, accepted));
  }

  /** Reads tries and, where the token shows it, the certificate; needs no PIN and costs no try. */
  public JpkiReading read() {
    try {
      return discipline.withoutVerifiedPin(JpkiCard::reading);
    } catch (CardException e) {
      return new JpkiReading.Refused(e.failure(), String.valueOf(e.getMessage()));
    }
  }

  private static Optional<JpkiReading> reading(JpkiApplication jpki) throws CardException {
    Optional<Integer> tries = PinDiscipline.tries(jpki);
    if (tries.isEmpty()) {
      return Optional.empty();
    }
    if (jpki.isCertificateBehindPin()) {
      return Optional.of(new JpkiReading.CertificateBehindPin(jpki.profile(), tries.get()));
    }
    X509Certificate certificate = jpki.certificate();
    return Optional.of(
        new JpkiReading.Present(
            jpki.profile(), certificate, Fingerprint.of(certificate), tries.get()));
  }

  /**
   * Verifies the PIN once and signs once.
   *
   * @return refused with CARD_SWAPPED also when no certificate was expected of a token that shows
   *     it before the PIN
   */
  public SignOutcome sign(LoginRequest request) {
    PinRequest<JpkiApplication> wanted =
        new PinRequest<>(
            request.expected(),
            new Typed(request.pin()),
            request.toBeSigned(),
            request.lastTryConfirmed());
    return discipline.sign(wanted);
  }

  /** A PIN on its way to the application whose key it belongs to. */
  record Typed(JpkiPin pin) implements PinRequest.Presentation<JpkiApplication> {
    @Override
    public boolean isWiped() {
      return pin.isClosed();
    }

    @Override
    public Response present(JpkiApplication jpki) throws CardException {
      return jpki.verify(pin);
    }
  }
}
