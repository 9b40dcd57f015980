package jp.sekisho.smartcard.pcsc;

import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;

/**
 * A reader that takes the PIN on its own keys: the PIN never enters this computer (PC/SC part 10,
 * FEATURE_VERIFY_PIN_DIRECT). Belongs to a connected card; one thread at a time, inside its
 * transaction.
 */
public final class PinPad {
  private final PcscCard card;
  private final int verifyPinDirect;

  PinPad(PcscCard card, int verifyPinDirect) {
    this.card = card;
    this.verifyPinDirect = verifyPinDirect;
  }

  /**
   * Waits for the PIN and has the reader present it, once.
   *
   * @throws CardException CARD_ERROR when the reader does not understand the request or answers
   *     something that is no status word; what {@code transmit} throws
   */
  public PinPadOutcome verify(PinPadEntry entry) throws CardException {
    PcscCard.ControlAnswer answer =
        card.controlWith(entry.command(), verifyPinDirect, entry.structure());
    if (answer.code() == ScardCode.CANCELLED) {
      return new PinPadOutcome.NotEntered(PinPadOutcome.Reason.CANCELLED);
    }
    if (answer.code() == ScardCode.TIMEOUT) {
      return new PinPadOutcome.NotEntered(PinPadOutcome.Reason.TIMED_OUT);
    }
    card.requireControlled(answer);
    Response response = Response.parse(answer.data());
    // PC/SC part 10, 2.5.4: what the reader says instead of the card.
    return switch (response.sw()) {
      case 0x6400 -> new PinPadOutcome.NotEntered(PinPadOutcome.Reason.TIMED_OUT);
      case 0x6401 -> new PinPadOutcome.NotEntered(PinPadOutcome.Reason.CANCELLED);
      case 0x6403 -> new PinPadOutcome.NotEntered(PinPadOutcome.Reason.WRONG_LENGTH);
      case 0x6B80 ->
          throw new CardException(CardFailure.CARD_ERROR, "the reader refuses the PIN request");
      default -> {
        if (response.data().length > 0) {
          throw new CardException(CardFailure.CARD_ERROR, "an answer to VERIFY with data");
        }
        yield new PinPadOutcome.Answered(response);
      }
    };
  }
}
