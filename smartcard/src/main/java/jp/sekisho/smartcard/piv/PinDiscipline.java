package jp.sekisho.smartcard.piv;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.verify.SignatureVerifier;

/**
 * How a PIN is used, whatever the card: one transaction that selects, asks for the tries, compares
 * the certificate with the one read before, presents the PIN at most once, signs, checks the
 * signature under that certificate and ends with a reset. Nothing is repeated by itself; after an
 * error the tries are asked again before anything is said about them.
 *
 * <p>One thread at a time; the channel stays the caller's.
 *
 * @param <A> the application
 */
public final class PinDiscipline<A extends PinApplication> {
  /** The card answered "wrong" without saying what is left. */
  static final int WRONG_UNCOUNTED = 0x6300;

  private final TransactionWatchdog watchdog;
  private final Opener<A> opener;

  /** Selects the application. */
  public interface Opener<A> {
    A select(CardChannel channel) throws CardException;
  }

  /** What is done with the selected application. */
  public interface Step<A, T> {
    /** Empty when the card was found with a PIN already verified. */
    Optional<T> run(A application) throws CardException;
  }

  /**
   * @param limit longest transaction, waiting for other programs included
   */
  public PinDiscipline(CardChannel channel, Duration limit, Opener<A> opener) {
    this.watchdog = new TransactionWatchdog(channel, limit);
    this.opener = opener;
  }

  /**
   * Runs a step on the selected application. A PIN somebody left verified hides the tries and would
   * make ours meaningless: the card is reset, which the end of a transaction does, and asked again.
   */
  public <T> T withoutVerifiedPin(Step<A, T> step) throws CardException {
    for (int attempt = 0; attempt < 2; attempt++) {
      Optional<T> result = watchdog.run(guarded -> step.run(opener.select(guarded)));
      if (result.isPresent()) {
        return result.get();
      }
    }
    throw new CardException(CardFailure.CARD_ERROR, "the PIN stays verified after a reset");
  }

  /**
   * The tries as the card says them.
   *
   * @return empty when a PIN stands verified
   * @throws CardException CARD_ERROR for a card that does not count: its PIN protects nothing
   */
  public static Optional<Integer> tries(PinApplication application) throws CardException {
    PinStatus status = application.pinStatus();
    return switch (status.kind()) {
      case VERIFIED -> Optional.empty();
      case LEFT, BLOCKED -> Optional.of(status.tries());
      case UNKNOWN ->
          throw new CardException(CardFailure.CARD_ERROR, "the card does not say its tries");
    };
  }

  /** Verifies the PIN once and signs once. */
  public SignOutcome sign(PinRequest<A> request) {
    Signing signing = new Signing(request);
    try {
      return withoutVerifiedPin(signing::run);
    } catch (CardException e) {
      return new SignOutcome.Refused(
          e.failure(), triesAfter(e, signing.pinSent, signing.tries), detail(e));
    }
  }

  /**
   * After an error nobody knows whether the card counted the PIN: ask it. Not after a timeout, when
   * the card is still at work.
   *
   * @param pinSent whether a PIN was presented before the error
   * @param before what the card said before it
   */
  OptionalInt triesAfter(CardException error, boolean pinSent, OptionalInt before) {
    if (!pinSent) {
      return before;
    }
    if (error.failure() == CardFailure.CARD_TIMEOUT) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(withoutVerifiedPin(PinDiscipline::tries));
    } catch (CardException e) {
      return OptionalInt.empty();
    }
  }

  static String detail(CardException e) {
    return String.valueOf(e.getMessage());
  }

  /** One request: what was sent and what the card last said about its tries. */
  private final class Signing {
    private final PinRequest<A> request;
    private volatile OptionalInt tries = OptionalInt.empty();
    private volatile boolean pinSent;

    private Signing(PinRequest<A> request) {
      this.request = request;
    }

    private Optional<SignOutcome> run(A application) throws CardException {
      Optional<Integer> left = tries(application);
      return left.isEmpty() ? Optional.empty() : Optional.of(answer(application, left.get()));
    }

    private SignOutcome answer(A application, int left) throws CardException {
      Optional<X509Certificate> before =
          application.isCertificateBehindPin()
              ? Optional.empty()
              : Optional.of(application.certificate());
      if (before.isPresent()) {
        if (request.expected().isEmpty()) {
          return refused(CardFailure.CARD_SWAPPED, "no certificate was read before the PIN");
        }
        Optional<SignOutcome> unfit = unfit(application, before.get());
        if (unfit.isPresent()) {
          return unfit.get();
        }
      } else if (request.expected().isPresent()) {
        // The card that was read showed it without a PIN.
        return refused(CardFailure.CARD_SWAPPED, "the certificate is behind the PIN now");
      }
      tries = OptionalInt.of(left);
      if (left == 0) {
        return refused(CardFailure.PIN_BLOCKED, "no try left");
      }
      if (left == 1 && !request.lastTryConfirmed()) {
        return refused(CardFailure.PIN_LAST_TRY, "last try not confirmed");
      }
      if (request.pin().isWiped()) {
        return refused(CardFailure.CARD_TIMEOUT, "the PIN was wiped meanwhile");
      }
      pinSent = true;
      Response answer = request.pin().present(application);
      PinStatus after = PinStatus.of(answer.sw());
      String said = "VERIFY: %04X".formatted(answer.sw());
      return switch (after.kind()) {
        case VERIFIED -> verified(application, before);
        case LEFT -> {
          tries = OptionalInt.of(after.tries());
          yield refused(CardFailure.PIN_WRONG, said);
        }
        case BLOCKED -> {
          tries = OptionalInt.of(0);
          yield refused(CardFailure.PIN_BLOCKED, said);
        }
        case UNKNOWN ->
            throw new CardException(
                answer.sw() == WRONG_UNCOUNTED ? CardFailure.PIN_WRONG : CardFailure.CARD_ERROR,
                said);
      };
    }

    private SignOutcome verified(A application, Optional<X509Certificate> before)
        throws CardException {
      if (before.isPresent()) {
        return signed(application, before.get());
      }
      X509Certificate certificate = application.certificate();
      Optional<SignOutcome> unfit = unfit(application, certificate);
      return unfit.isPresent() ? unfit.get() : signed(application, certificate);
    }

    /** Why this certificate is not the one to sign with. */
    private Optional<SignOutcome> unfit(A application, X509Certificate certificate) {
      if (request.expected().isPresent()
          && !Fingerprint.of(certificate).equals(request.expected().get())) {
        return Optional.of(
            refused(CardFailure.CARD_SWAPPED, "another certificate than before the PIN"));
      }
      Optional<SigningAlgorithm> algorithm = SigningAlgorithm.of(certificate.getPublicKey());
      return algorithm.isPresent() && application.canSignWith(algorithm.get())
          ? Optional.empty()
          : Optional.of(
              refused(
                  CardFailure.KEY_UNSUPPORTED,
                  "key type " + certificate.getPublicKey().getAlgorithm()));
    }

    private SignOutcome signed(A application, X509Certificate certificate) throws CardException {
      Optional<byte[]> content = request.toBeSigned().of(certificate);
      if (content.isEmpty()) {
        return refused(CardFailure.CERT_UNTRUSTED, "the caller refused the certificate");
      }
      PublicKey key = certificate.getPublicKey();
      SigningAlgorithm algorithm = SigningAlgorithm.of(key).orElseThrow();
      byte[] signature = application.sign(algorithm, algorithm.hash(content.get()));
      // Another card with a copy of the certificate is found out here.
      if (!SignatureVerifier.verifies(key, content.get(), signature)) {
        throw new CardException(CardFailure.CARD_ERROR, "the card's signature does not verify");
      }
      return new SignOutcome.Signed(signature);
    }

    private SignOutcome refused(CardFailure failure, String detail) {
      return new SignOutcome.Refused(failure, tries, detail);
    }
  }
}
