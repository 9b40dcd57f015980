package jp.sekisho.smartcard;

/**
 * Why a card operation was refused. The names are stable codes ({@code --json}, logs, message keys
 * {@code card.<name>.what|why|do|call}).
 */
public enum CardFailure {
  /** No reader, or the named reader is gone. */
  NO_READER,
  /** The reader's role does not allow us to touch the card in it. */
  READER_NOT_GRANTED,
  /** The reader is empty. */
  NO_CARD,
  /** A card without the application we know, or without a certificate in it. */
  UNKNOWN_CARD,
  /** The card left the reader before the answer was complete. */
  CARD_REMOVED,
  /** Not the card that was read before the PIN was asked. */
  CARD_SWAPPED,
  /** Another program holds the card, or used it in between. */
  CARD_BUSY,
  /** Card or reader did not answer in time. */
  CARD_TIMEOUT,
  /** The card answered something it should not. */
  CARD_ERROR,
  /** The certificate's key is of a type or size we do not sign with. */
  KEY_UNSUPPORTED,
  /** Not a PIN at all (6 to 8 digits); nothing was sent, no try was used. */
  PIN_FORMAT,
  /** Nobody typed the PIN on the reader's keys, or somebody pressed cancel; no try was used. */
  PIN_NOT_ENTERED,
  /** The card rejected the PIN. */
  PIN_WRONG,
  /** One try is left and the user has not confirmed using it; nothing was sent. */
  PIN_LAST_TRY,
  /** No try is left. */
  PIN_BLOCKED,
  /** The card service of the operating system does not answer. */
  SERVICE_DOWN,
  /** The session is remote; its readers are those of the other computer. */
  REMOTE_SESSION,
  /** The certificate's validity is over, or has not begun. */
  CERT_EXPIRED,
  /** The certificate was revoked. */
  CERT_REVOKED,
  /** Nobody could say whether the certificate was revoked. */
  REVOCATION_UNKNOWN,
  /** The certificate does not lead to a pinned root, or is not fit for the purpose. */
  CERT_UNTRUSTED,
  /** The card is not registered. */
  NOT_ENROLLED
}
