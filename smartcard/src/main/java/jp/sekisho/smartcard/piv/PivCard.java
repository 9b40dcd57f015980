package jp.sekisho.smartcard.piv;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
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

  private final TransactionWatchdog watchdog;

  public PivCard(CardChannel channel) {
    this(channel, LIMIT);
  }

  /**
   * @param limit longest transaction, waiting for other programs included
   */
  public PivCard(CardChannel channel, Duration limit) {
    this.watchdog = new TransactionWatchdog(channel, limit);
  }

  /** Reads certificate and tries; needs no PIN and costs no try. */
  public CardReading read() {
    try {
      return withoutVerifiedPin(piv -> {
        PinStatus status = piv.pinStatus();
        if (status.kind() == PinStatus.Kind.VERIFIED) {
          return Optional.empty();
        }
        if (status.kind() == PinStatus.Kind.UNKNOWN) {
          throw new CardException(CardFailure.CARD_ERROR, "the card does not say its tries");
        }
        X509Certificate certificate = piv.certificate();
        return Optional.of(
            new CardReading.Present(certificate, Fingerprint.of(certificate), status.tries()));
      });
    } catch (CardException e) {
      return new CardReading.Refused(e.failure(), detail(e));
    }
  }

  /** Verifies the PIN once and signs once. */
  public SignOutcome sign(SignRequest request) {
    Signing signing = new Signing(request);
    try {
      return withoutVerifiedPin(signing::run);
    } catch (CardException e) {
      return new SignOutcome.Refused(e.failure(), signing.triesAfter(e), detail(e));
    }
  }

  private interface Step<T> {
    /** Empty when the card was found with a PIN already verified. */
    Optional<T> run(PivApplication piv) throws CardException;
  }

  /**
   * Runs a step on the selected application. A PIN somebody left verified hides the tries and would
   * make ours meaningless: the card is reset, which the end of a transaction does, and asked again.
   */
  private <T> T withoutVerifiedPin(Step<T> step) throws CardException {
    for (int attempt = 0; attempt < 2; attempt++) {
      Optional<T> result =
          watchdog.run(guarded -> {
            PivApplication piv = new PivApplication(guarded);
            piv.select();
            return step.run(piv);
          });
      if (result.isPresent()) {
        return result.get();
      }
    }
    throw new CardException(CardFailure.CARD_ERROR, "the PIN stays verified after a reset");
  }

  private static String detail(CardException e) {
    return String.valueOf(e.getMessage());
  }

  /** One request: what was sent and what the card last said about its tries. */
  private final class Signing {
    private final SignRequest request;
    private volatile OptionalInt tries = OptionalInt.empty();
    private volatile boolean pinSent;

    private Signing(SignRequest request) {
      this.request = request;
    }

    private Optional<SignOutcome> run(PivApplication piv) throws CardException {
      PinStatus status = piv.pinStatus();
      if (status.kind() == PinStatus.Kind.VERIFIED) {
        return Optional.empty();
      }
      return Optional.of(answer(piv, status));
    }

    private SignOutcome answer(PivApplication piv, PinStatus status) throws CardException {
      if (status.kind() == PinStatus.Kind.UNKNOWN) {
        throw new CardException(CardFailure.CARD_ERROR, "the card does not say its tries");
      }
      X509Certificate certificate = piv.certificate();
      if (!Fingerprint.of(certificate).equals(request.expected())) {
        return refused(CardFailure.CARD_SWAPPED, "another certificate than before the PIN");
      }
      tries = OptionalInt.of(status.tries());
      if (status.tries() == 0) {
        return refused(CardFailure.PIN_BLOCKED, "no try left");
      }
      if (status.tries() == 1 && !request.lastTryConfirmed()) {
        return refused(CardFailure.PIN_LAST_TRY, "last try not confirmed");
      }
      if (!PivApplication.canSignWith(certificate.getPublicKey())) {
        return refused(CardFailure.KEY_UNSUPPORTED, "not RSA-2048");
      }
      if (request.pin().isClosed()) {
        return refused(CardFailure.CARD_TIMEOUT, "the PIN was wiped meanwhile");
      }
      pinSent = true;
      Response verified = piv.verify(request.pin());
      PinStatus after = PinStatus.of(verified.sw());
      return switch (after.kind()) {
        case VERIFIED -> signed(piv, certificate.getPublicKey());
        case LEFT -> {
          tries = OptionalInt.of(after.tries());
          yield refused(CardFailure.PIN_WRONG, "VERIFY: " + PivApplication.sw(verified));
        }
        case BLOCKED -> {
          tries = OptionalInt.of(0);
          yield refused(CardFailure.PIN_BLOCKED, "VERIFY: " + PivApplication.sw(verified));
        }
        case UNKNOWN ->
            throw new CardException(
                CardFailure.CARD_ERROR, "VERIFY: " + PivApplication.sw(verified));
      };
    }

    private SignOutcome signed(PivApplication piv, PublicKey key) throws CardException {
      byte[] signature = piv.sign(sha256(request.toBeSigned()));
      if (!verifies(key, request.toBeSigned(), signature)) {
        throw new CardException(CardFailure.CARD_ERROR, "the card's signature does not verify");
      }
      return new SignOutcome.Signed(signature);
    }

    private SignOutcome refused(CardFailure failure, String detail) {
      return new SignOutcome.Refused(failure, tries, detail);
    }

    /**
     * After an error nobody knows whether the card counted the PIN: ask it. Not after a timeout,
     * when the card is still at work.
     */
    private OptionalInt triesAfter(CardException error) {
      if (!pinSent) {
        return tries;
      }
      if (error.failure() == CardFailure.CARD_TIMEOUT) {
        return OptionalInt.empty();
      }
      try {
        return OptionalInt.of(
            withoutVerifiedPin(piv -> {
              PinStatus status = piv.pinStatus();
              return switch (status.kind()) {
                case VERIFIED -> Optional.<Integer>empty();
                case LEFT, BLOCKED -> Optional.of(status.tries());
                case UNKNOWN -> throw new CardException(CardFailure.CARD_ERROR, "tries unknown");
              };
            }));
      } catch (CardException e) {
        return OptionalInt.empty();
      }
    }
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static boolean verifies(PublicKey key, byte[] data, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA");
      verifier.initVerify(key);
      verifier.update(data);
      return verifier.verify(signature);
    } catch (NoSuchAlgorithmException | InvalidKeyException | SignatureException e) {
      return false;
    }
  }
}
