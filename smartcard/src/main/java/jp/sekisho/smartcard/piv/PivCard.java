package jp.sekisho.smartcard.piv;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.PinKeys;
import jp.sekisho.smartcard.Response;

/**
 * A PIV card: {@link #read()} before the PIN is asked, {@link #sign} with it. Both are one
 * transaction that ends with a reset, so that nobody signs with a PIN somebody else typed.
 *
 * <p>The card is asked for its certificate and its tries again inside the signing transaction: it
 * may have been exchanged while the user typed. VERIFY is sent at most once per request. One thread
 * at a time; the channel stays the caller's.
 */
public final class PivCard {
  /** Bounds one transaction; RSA on slow contactless cards takes about two seconds. */
  public static final Duration LIMIT = Duration.ofSeconds(15);

  private final PinDiscipline<PivApplication> discipline;
  private final PinDiscipline<PivApplication> patient;

  public PivCard(CardChannel channel) {
    this(channel, LIMIT);
  }

  /**
   * @param limit longest transaction, waiting for other programs included
   */
  public PivCard(CardChannel channel, Duration limit) {
    this.discipline = new PinDiscipline<>(channel, limit, PivApplication::open);
    Duration entry = PinKeys.LIMIT.multipliedBy(2);
    this.patient = new PinDiscipline<>(channel, limit.plus(entry), PivApplication::open);
  }

  /** Reads certificate and tries; needs no PIN and costs no try. */
  public CardReading read() {
    try {
      return discipline.withoutVerifiedPin(piv -> {
        Optional<Integer> tries = PinDiscipline.tries(piv);
        if (tries.isEmpty()) {
          return Optional.empty();
        }
        X509Certificate certificate = piv.certificate();
        return Optional.of(
            new CardReading.Present(certificate, Fingerprint.of(certificate), tries.get()));
      });
    } catch (CardException e) {
      return new CardReading.Refused(e.failure(), PinDiscipline.detail(e));
    }
  }

  /** Verifies the PIN once and signs once. */
  public SignOutcome sign(SignRequest request) {
    return discipline.sign(
        new PinRequest<>(
            Optional.of(request.expected()),
            new Typed(request.pin()),
            certificate -> Optional.of(request.toBeSigned()),
            request.lastTryConfirmed()));
  }

  /**
   * Has the PIN typed on the reader's own keys, verifies it once and signs once.
   *
   * @param expected the certificate read before; another card is refused
   * @param toBeSigned opaque bytes; hashed here as the key demands
   * @param locale of the reader's display
   * @param lastTryConfirmed the user was told that one try is left and wants to use it
   * @return refused with PIN_NOT_ENTERED when nobody typed it
   */
  public SignOutcome signOnKeys(
      Fingerprint expected, byte[] toBeSigned, Locale locale, boolean lastTryConfirmed) {
    byte[] content = toBeSigned.clone();
    return patient.sign(
        new PinRequest<>(
            Optional.of(expected),
            new OnKeys(locale),
            certificate -> Optional.of(content),
            lastTryConfirmed));
  }

  private record OnKeys(Locale locale) implements PinRequest.Presentation<PivApplication> {
    @Override
    public boolean isWiped() {
      return false;
    }

    @Override
    public Response present(PivApplication piv) throws CardException {
      return piv.verifyOnKeys(locale);
    }
  }

  private record Typed(Pin pin) implements PinRequest.Presentation<PivApplication> {
    @Override
    public boolean isWiped() {
      return pin.isClosed();
    }

    @Override
    public Response present(PivApplication piv) throws CardException {
      return piv.verify(pin);
    }
  }
}
