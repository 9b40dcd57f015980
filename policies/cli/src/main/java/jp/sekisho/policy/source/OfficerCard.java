package jp.sekisho.policy.source;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;

/**
 * An officer's PIV card: signs with its authentication key after its PIN, which is asked for once,
 * at the first signature, and wiped at the end. The last try is never used. Not thread-safe.
 */
final class OfficerCard implements FileSigner, AutoCloseable {
  /** Where the PIN is typed; empty when it cannot be asked for. The caller wipes it. */
  @FunctionalInterface
  interface PinEntry {
    Optional<char[]> ask(int triesLeft);
  }

  /** The card, or its holder, said no. */
  static final class RefusedException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;
    private final String code;
    private final int triesLeft;

    RefusedException(String code) {
      this(code, -1);
    }

    RefusedException(CardFailure failure) {
      this(failure.name());
    }

    RefusedException(SignOutcome.Refused refused) {
      this(refused.failure().name(), refused.triesLeft().orElse(-1));
    }

    private RefusedException(String code, int triesLeft) {
      super(code);
      this.code = code;
      this.triesLeft = triesLeft;
    }

    /** What the card said last about its PIN. */
    OptionalInt triesLeft() {
      return triesLeft < 0 ? OptionalInt.empty() : OptionalInt.of(triesLeft);
    }

    /** A stable word, such as {@code PIN_WRONG}. */
    String code() {
      return code;
    }
  }

  private final PivCard card;
  private final CardReading.Present present;
  private final TrustKey key;
  private final PinEntry pins;
  private char[] typed = {};

  private OfficerCard(PivCard card, CardReading.Present present, TrustKey key, PinEntry pins) {
    this.card = card;
    this.present = present;
    this.key = key;
    this.pins = pins;
  }

  /** The card behind {@code channel}; its certificate is read, no PIN is asked yet. */
  static OfficerCard read(CardChannel channel, PinEntry pins) throws RefusedException {
    PivCard card = new PivCard(channel);
    CardReading reading = card.read();
    if (!(reading instanceof CardReading.Present present)) {
      throw new RefusedException(((CardReading.Refused) reading).failure());
    }
    try {
      TrustKey key = TrustKey.of(present.certificate().getPublicKey());
      return new OfficerCard(card, present, key, pins);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(CardFailure.UNKNOWN_CARD);
    }
  }

  @Override
  public TrustKey key() {
    return key;
  }

  @Override
  public byte[] sign(byte[] header) throws GeneralSecurityException {
    if (present.triesLeft() <= 1) {
      throw new RefusedException(
          present.triesLeft() == 0 ? CardFailure.PIN_BLOCKED : CardFailure.PIN_LAST_TRY);
    }
    if (typed.length == 0) {
      typed =
          pins.ask(present.triesLeft())
              .orElseThrow(() -> new RefusedException("PROMPT_UNAVAILABLE"));
    }
    Optional<Pin> pin = Pin.of(typed);
    if (pin.isEmpty()) {
      throw new RefusedException(CardFailure.PIN_FORMAT);
    }
    try (Pin used = pin.get()) {
      SignOutcome outcome = card.sign(new SignRequest(present.fingerprint(), used, header, false));
      if (outcome instanceof SignOutcome.Signed signed) {
        return signed.signature();
      }
      throw new RefusedException((SignOutcome.Refused) outcome);
    }
  }

  @Override
  public void close() {
    Arrays.fill(typed, '\0');
    typed = new char[0];
  }
}
