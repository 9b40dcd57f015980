package jp.sekisho.smartcard.pcsc;

import jp.sekisho.smartcard.Response;

/** What came of an entry on the reader's own keys. */
public sealed interface PinPadOutcome {

  /** The PIN was typed and the card answered VERIFY; a refusal has used up a try. */
  record Answered(Response response) implements PinPadOutcome {}

  /** No PIN reached the card; no try was used. */
  record NotEntered(Reason reason) implements PinPadOutcome {}

  /** Why no PIN was entered. */
  enum Reason {
    /** The user pressed the cancel key. */
    CANCELLED,
    /** Nobody typed, or not to the end, within the limit. */
    TIMED_OUT,
    /** Fewer or more digits than a PIN has. */
    WRONG_LENGTH
  }
}
