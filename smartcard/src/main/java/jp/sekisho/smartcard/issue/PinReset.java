package jp.sekisho.smartcard.issue;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PinChange;
import jp.sekisho.smartcard.piv.PinStatus;
import jp.sekisho.smartcard.piv.PivApplication;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;
import jp.sekisho.smartcard.piv.TransactionWatchdog;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * Sets a card's PIN by its PUK (RESET RETRY COUNTER): two roles type their halves, one after the
 * other, the clerk types the new PIN, nobody learns what another typed. The PUK exists only while
 * the command is made. Sent once, never repeated. Afterwards the card must sign with the new PIN:
 * one that cannot was a look-alike, and knows the halves.
 *
 * <p>One thread at a time; the channel stays the caller's.
 */
public final class PinReset {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final CardChannel channel;
  private final TransactionWatchdog watchdog;

  public PinReset(CardChannel channel) {
    this.channel = channel;
    this.watchdog = new TransactionWatchdog(channel, PivCard.LIMIT);
  }

  /** The card before anything is asked. */
  public sealed interface Reading {
    /**
     * A staff card.
     *
     * @param pukTries what is left; empty for a card that does not say, as most but YubiKeys do not
     */
    record Present(X509Certificate certificate, Fingerprint fingerprint, OptionalInt pukTries)
        implements Reading {
      /** The staff number the card claims, nothing of it verified; {@code -} for none. */
      public String number() {
        RDN[] found =
            X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded())
                .getRDNs(BCStyle.SERIALNUMBER);
        String number =
            found.length == 0 ? "" : IETFUtils.valueToString(found[0].getFirst().getValue());
        // It goes to a terminal.
        return number.matches("[0-9A-Za-z-]{1,32}") ? number : "-";
      }
    }

    /** No card to set a PIN on. */
    record Refused(CardFailure failure, String detail) implements Reading {}
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** The new PIN counts, with full tries. */
    record Reset() implements Outcome {}

    /**
     * Not reset.
     *
     * @param triesLeft of the PUK; empty when the card does not say
     * @param detail for the log: never command bytes
     */
    record Refused(IssueFailure failure, OptionalInt triesLeft, String detail) implements Outcome {}

    /** Not reset: the halves are right, the card does not take this new PIN. */
    record NewPinRefused(String detail) implements Outcome {}

    /** Card or reader failed; after {@code CARD_REMOVED} nobody knows which PIN counts. */
    record Failed(CardFailure failure, String detail) implements Outcome {}
  }

  /** Reads certificate and PUK tries; costs none. */
  public Reading read() {
    try {
      return watchdog.run(guarded -> {
        PivAdministration piv = PivAdministration.open(guarded);
        X509Certificate certificate = piv.application().certificate();
        return new Reading.Present(certificate, Fingerprint.of(certificate), tries(piv));
      });
    } catch (CardException e) {
      return new Reading.Refused(e.failure(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Sets the PIN. The halves are wiped, whatever comes of it.
   *
   * @param expected the certificate read before anything was asked; another card is refused
   * @param next closed by the caller
   * @param lastTryConfirmed somebody was told that one try is left, or that the card does not say,
   *     and wants to use it
   */
  public Outcome reset(
      Fingerprint expected, PukHalf one, PukHalf other, Pin next, boolean lastTryConfirmed) {
    Optional<Puk> joined;
    try (one;
        other) {
      joined = Puk.join(one, other);
    }
    if (joined.isEmpty()) {
      return new Outcome.Refused(
          IssueFailure.HALVES_MISMATCH, OptionalInt.empty(), "not of one card");
    }
    try (Puk puk = joined.get()) {
      Outcome outcome =
          watchdog.run(guarded -> attempt(guarded, expected, puk, next, lastTryConfirmed));
      return outcome instanceof Outcome.Reset ? proved(expected, next) : outcome;
    } catch (CardException e) {
      return new Outcome.Failed(e.failure(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Certificates are no secret: something that shows this card's may have taken the halves and the
   * PIN. Only the card's key signs with it.
   */
  private Outcome proved(Fingerprint expected, Pin next) {
    byte[] nonce = new byte[32];
    RANDOM.nextBytes(nonce);
    SignOutcome outcome = new PivCard(channel).sign(new SignRequest(expected, next, nonce, false));
    if (outcome instanceof SignOutcome.Signed) {
      return new Outcome.Reset();
    }
    SignOutcome.Refused no = (SignOutcome.Refused) outcome;
    return switch (no.failure()) {
      case NO_READER, READER_NOT_GRANTED, NO_CARD, CARD_REMOVED, CARD_BUSY, CARD_TIMEOUT ->
          new Outcome.Failed(no.failure(), no.detail());
      case SERVICE_DOWN, REMOTE_SESSION -> new Outcome.Failed(no.failure(), no.detail());
      default -> new Outcome.Refused(IssueFailure.LOOK_ALIKE, OptionalInt.empty(), no.detail());
    };
  }

  private static Outcome attempt(
      CardChannel guarded, Fingerprint expected, Puk puk, Pin next, boolean lastTryConfirmed)
      throws CardException {
    PivAdministration piv = PivAdministration.open(guarded);
    PivApplication application = piv.application();
    if (!Fingerprint.of(application.certificate()).equals(expected)) {
      return new Outcome.Failed(CardFailure.CARD_SWAPPED, "another certificate");
    }
    OptionalInt tries = tries(piv);
    if (tries.equals(OptionalInt.of(0))) {
      return new Outcome.Refused(IssueFailure.PUK_BLOCKED, tries, "no try left");
    }
    if (tries.orElse(1) == 1 && !lastTryConfirmed) {
      return new Outcome.Refused(IssueFailure.PUK_LAST_TRY, tries, "last try not confirmed");
    }
    byte[] block = puk.block();
    Response response;
    try {
      response = application.resetPin(block, next);
    } finally {
      Arrays.fill(block, (byte) 0);
    }
    PinStatus after = PinStatus.of(response.sw());
    String said = "RESET RETRY COUNTER: %04X".formatted(response.sw());
    return switch (after.kind()) {
      case VERIFIED -> new Outcome.Reset();
      case LEFT -> new Outcome.Refused(IssueFailure.PUK_WRONG, OptionalInt.of(after.tries()), said);
      case BLOCKED -> new Outcome.Refused(IssueFailure.PUK_BLOCKED, OptionalInt.of(0), said);
      case UNKNOWN ->
          PinChange.refusesNewPin(response.sw())
              ? new Outcome.NewPinRefused(said)
              : new Outcome.Failed(CardFailure.CARD_ERROR, said);
    };
  }

  private static OptionalInt tries(PivAdministration piv) throws CardException {
    Optional<PivAdministration.PukStatus> status = piv.puk();
    return status.isEmpty() ? OptionalInt.empty() : OptionalInt.of(status.get().triesLeft());
  }
}
