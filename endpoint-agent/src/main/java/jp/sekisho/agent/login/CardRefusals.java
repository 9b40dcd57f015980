package jp.sekisho.agent.login;

import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.CardFailure;

/** How the card module's reasons are said on our wire. */
final class CardRefusals {
  private CardRefusals() {}

  static Refusal of(CardFailure failure) {
    return switch (failure) {
      case NO_READER -> Refusal.NO_READER;
      case READER_NOT_GRANTED -> Refusal.READER_FOR_RESIDENTS;
      case NO_CARD -> Refusal.NO_CARD;
      case UNKNOWN_CARD -> Refusal.UNKNOWN_CARD;
      case CARD_REMOVED, CARD_SWAPPED -> Refusal.CARD_REMOVED;
      case CARD_BUSY -> Refusal.CARD_BUSY;
      case CARD_TIMEOUT, CARD_ERROR -> Refusal.CARD_FAILED;
      case KEY_UNSUPPORTED -> Refusal.CERT_USAGE;
      case PIN_FORMAT -> Refusal.PIN_FORMAT;
      case PIN_NOT_ENTERED -> Refusal.PIN_CANCELLED;
      case PIN_WRONG -> Refusal.PIN_WRONG;
      case PIN_LAST_TRY -> Refusal.PIN_LAST_TRY;
      case PIN_BLOCKED -> Refusal.PIN_BLOCKED;
      // Remote readers belong to a later version: here they are a service that is not there.
      case SERVICE_DOWN, REMOTE_SESSION -> Refusal.CARD_SERVICE_DOWN;
      case CERT_EXPIRED -> Refusal.CERT_EXPIRED;
      case CERT_REVOKED -> Refusal.CERT_REVOKED;
      case REVOCATION_UNKNOWN -> Refusal.REVOCATION_UNKNOWN;
      case CERT_UNTRUSTED -> Refusal.CERT_UNTRUSTED;
      case NOT_ENROLLED -> Refusal.NOT_ENROLLED;
    };
  }
}
