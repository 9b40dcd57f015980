package jp.sekisho.smartcard.piv;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;

/**
 * Changes a PIV card's PIN (SP 800-73-5 part 2, CHANGE REFERENCE DATA): one transaction that ends
 * with a reset, the old PIN presented at most once, and to the card that was read before. One
 * thread at a time; the channel stays the caller's.
 */
public final class PinChange {
  /** Wrong data, and conditions of use not satisfied: a PIN the card's own rules forbid. */
  private static final Set<Integer> NEW_PIN_REFUSED = Set.of(0x6A80, 0x6985);

  private final PinDiscipline<PivApplication> discipline;

  public PinChange(CardChannel channel) {
    this.discipline = new PinDiscipline<>(channel, PivCard.LIMIT, PivApplication::open);
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** The new PIN counts, with full tries. */
    record Changed() implements Outcome {}

    /**
     * Not changed: the card does not take this new PIN, for example one it finds too simple.
     *
     * @param triesLeft as the card says them afterwards; empty when it does not
     */
    record NewPinRefused(OptionalInt triesLeft, String detail) implements Outcome {}

    /**
     * Not changed. After {@code CARD_REMOVED} or {@code CARD_TIMEOUT} nobody knows which PIN
     * counts: the old one is tried first, it cannot cost more than a try.
     *
     * @param triesLeft what the card says, asked again after an error; empty when it says nothing
     * @param detail for the log: never command bytes
     */
    record Refused(CardFailure failure, OptionalInt triesLeft, String detail) implements Outcome {}
  }

  /** Whether the card says by this status that the new PIN is against its own rules. */
  public static boolean refusesNewPin(int sw) {
    return NEW_PIN_REFUSED.contains(sw);
  }

  /** Whether both are the same PIN. */
  public static boolean same(Pin one, Pin other) {
    byte[] first = one.padded();
    byte[] second = other.padded();
    try {
      return MessageDigest.isEqual(first, second);
    } finally {
      Arrays.fill(first, (byte) 0);
      Arrays.fill(second, (byte) 0);
    }
  }

  /**
   * Changes the PIN.
   *
   * @param expected the certificate read before the PINs were asked; another card is refused
   * @param lastTryConfirmed the user was told that one try is left and wants to use it
   */
  public Outcome change(Fingerprint expected, Pin old, Pin next, boolean lastTryConfirmed) {
    Attempt attempt = new Attempt(expected, old, next, lastTryConfirmed);
    try {
      return discipline.withoutVerifiedPin(attempt::run);
    } catch (CardException e) {
      return refused(
          e.failure(),
          discipline.triesAfter(e, attempt.sent, attempt.tries),
          PinDiscipline.detail(e));
    }
  }

  /** One request: what was sent and what the card last said about its tries. */
  private static final class Attempt {
    private final Fingerprint expected;
    private final Pin old;
    private final Pin next;
    private final boolean lastTryConfirmed;
    private volatile OptionalInt tries = OptionalInt.empty();
    private volatile boolean sent;

    private Attempt(Fingerprint expected, Pin old, Pin next, boolean lastTryConfirmed) {
      this.expected = expected;
      this.old = old;
      this.next = next;
      this.lastTryConfirmed = lastTryConfirmed;
    }

    private Optional<Outcome> run(PivApplication piv) throws CardException {
      Optional<Integer> left = PinDiscipline.tries(piv);
      return left.isEmpty() ? Optional.empty() : Optional.of(answer(piv, left.get()));
    }

    private Outcome answer(PivApplication piv, int left) throws CardException {
      if (!Fingerprint.of(piv.certificate()).equals(expected)) {
        return refused(CardFailure.CARD_SWAPPED, OptionalInt.empty(), "another certificate");
      }
      tries = OptionalInt.of(left);
      if (left == 0) {
        return refused(CardFailure.PIN_BLOCKED, tries, "no try left");
      }
      if (left == 1 && !lastTryConfirmed) {
        return refused(CardFailure.PIN_LAST_TRY, tries, "last try not confirmed");
      }
      sent = true;
      int sw = piv.change(old, next).sw();
      PinStatus after = PinStatus.of(sw);
      String said = "CHANGE: %04X".formatted(sw);
      return switch (after.kind()) {
        case VERIFIED -> new Outcome.Changed();
        case LEFT -> refused(CardFailure.PIN_WRONG, OptionalInt.of(after.tries()), said);
        case BLOCKED -> refused(CardFailure.PIN_BLOCKED, OptionalInt.of(0), said);
        case UNKNOWN -> {
          if (refusesNewPin(sw)) {
            yield new Outcome.NewPinRefused(asked(piv), said);
          }
          throw new CardException(
              sw == PinDiscipline.WRONG_UNCOUNTED ? CardFailure.PIN_WRONG : CardFailure.CARD_ERROR,
              said);
        }
      };
    }
  }

  /** Some cards look at the old PIN first, and count it. */
  private static OptionalInt asked(PivApplication piv) throws CardException {
    PinStatus status = piv.pinStatus();
    return status.kind() == PinStatus.Kind.LEFT || status.kind() == PinStatus.Kind.BLOCKED
        ? OptionalInt.of(status.tries())
        : OptionalInt.empty();
  }

  private static Outcome refused(CardFailure failure, OptionalInt tries, String detail) {
    return new Outcome.Refused(failure, tries, detail);
  }
}
