package jp.sekisho.smartcard.piv;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;

/**
 * Changes a PIV card's PIN (SP 800-73-5 part 2, CHANGE REFERENCE DATA): one transaction that ends
 * with a reset, the old PIN presented at most once, and to the card that was read before. One
 * thread at a time; the channel stays the caller's.
 */
public final class PinChange {
  private static final int PIN = 0x80;

  private final TransactionWatchdog watchdog;

  public PinChange(CardChannel channel) {
    this.watchdog = new TransactionWatchdog(channel, PivCard.LIMIT);
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** The new PIN counts, with full tries. */
    record Changed() implements Outcome {}

    /**
     * Not changed. After {@code CARD_REMOVED} or {@code CARD_TIMEOUT} nobody knows which PIN
     * counts: the old one is tried first, it cannot cost more than a try.
     *
     * @param triesLeft what the card said last; empty when it said nothing
     * @param detail for the log: never command bytes
     */
    record Refused(CardFailure failure, OptionalInt triesLeft, String detail) implements Outcome {}
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
    try {
      // A PIN somebody left verified hides the tries; the end of a transaction resets it.
      for (int attempt = 0; attempt < 2; attempt++) {
        Optional<Outcome> outcome =
            watchdog.run(channel -> attempt(channel, expected, old, next, lastTryConfirmed));
        if (outcome.isPresent()) {
          return outcome.get();
        }
      }
      return refused(CardFailure.CARD_ERROR, OptionalInt.empty(), "the PIN stays verified");
    } catch (CardException e) {
      return refused(e.failure(), OptionalInt.empty(), String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Outcome> attempt(
      CardChannel channel, Fingerprint expected, Pin old, Pin next, boolean lastTryConfirmed)
      throws CardException {
    PivApplication piv = new PivApplication(channel);
    piv.select();
    PinStatus status = piv.pinStatus();
    OptionalInt tries = OptionalInt.of(status.tries());
    switch (status.kind()) {
      case VERIFIED -> {
        return Optional.empty();
      }
      case UNKNOWN -> throw new CardException(CardFailure.CARD_ERROR, "tries unknown");
      case BLOCKED -> {
        return Optional.of(refused(CardFailure.PIN_BLOCKED, tries, "no try left"));
      }
      case LEFT -> {
        // Goes on below.
      }
    }
    if (!Fingerprint.of(piv.certificate()).equals(expected)) {
      return Optional.of(
          refused(CardFailure.CARD_SWAPPED, OptionalInt.empty(), "another certificate"));
    }
    if (status.tries() == 1 && !lastTryConfirmed) {
      return Optional.of(refused(CardFailure.PIN_LAST_TRY, tries, "last try not confirmed"));
    }
    return Optional.of(outcome(send(channel, old, next)));
  }

  private static Response send(CardChannel channel, Pin old, Pin next) throws CardException {
    byte[] both = new byte[2 * Pin.LONGEST];
    byte[] first = old.padded();
    byte[] second = next.padded();
    try {
      System.arraycopy(first, 0, both, 0, Pin.LONGEST);
      System.arraycopy(second, 0, both, Pin.LONGEST, Pin.LONGEST);
      return channel.transmit(new Apdu(0, Apdu.CHANGE_REFERENCE_DATA, 0, PIN, both, 0));
    } finally {
      Arrays.fill(first, (byte) 0);
      Arrays.fill(second, (byte) 0);
      Arrays.fill(both, (byte) 0);
    }
  }

  private static Outcome outcome(Response response) throws CardException {
    PinStatus after = PinStatus.of(response.sw());
    String detail = "CHANGE: %04X".formatted(response.sw());
    return switch (after.kind()) {
      case VERIFIED -> new Outcome.Changed();
      case LEFT -> refused(CardFailure.PIN_WRONG, OptionalInt.of(after.tries()), detail);
      case BLOCKED -> refused(CardFailure.PIN_BLOCKED, OptionalInt.of(0), detail);
      case UNKNOWN -> throw new CardException(CardFailure.CARD_ERROR, detail);
    };
  }

  private static Outcome refused(CardFailure failure, OptionalInt tries, String detail) {
    return new Outcome.Refused(failure, tries, detail);
  }
}
