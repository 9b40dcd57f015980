package jp.sekisho.smartcard.issue;

/**
 * Why a card was not issued or a PIN not reset, where it is not the reader's or the card's fault
 * ({@code CardFailure}). The names are stable codes; texts stand under {@code issue.<name>.what},
 * {@code why}, {@code do} and {@code call} in the message files.
 */
public enum IssueFailure {
  /**
   * Management key, PIN or PUK is not what new cards have, or 9A holds a certificate: a used card,
   * or one whose issue was broken off after its PIN was set.
   */
  CARD_NOT_NEW,
  /** The card is another one than this row was begun with, or was issued for another row. */
  CARD_OF_ANOTHER,
  /** The card signed before VERIFY. */
  KEY_NOT_PROTECTED,
  /** The card's signature does not fit the key it says it made. */
  KEY_NOT_PROVED,
  /** Attestation is demanded and the card gives none. */
  ATTESTATION_MISSING,
  /** What the card gave is not an attestation, or is none of firmware we can read. */
  ATTESTATION_MALFORMED,
  /** The attestation does not lead to a pinned root. */
  ATTESTATION_ROOT,
  /** The attestation speaks of another key. */
  ATTESTATION_KEY,
  /** The attestation speaks of another card. */
  ATTESTATION_SERIAL,
  /** The attested key may be used without PIN. */
  ATTESTATION_POLICY,
  /**
   * The card does not take the new PIN; nothing but its key was changed, and it may be tried again.
   */
  NEW_PIN_REFUSED,
  /** The card does not give back the certificate that was written. */
  CERTIFICATE_NOT_KEPT,
  /** What was typed is no half of a PUK. Nothing was sent, no try was used. */
  HALF_FORMAT,
  /** The two halves cannot belong to one card. Nothing was sent, no try was used. */
  HALVES_MISMATCH,
  /** The card rejected the PUK; a try was used. */
  PUK_WRONG,
  /** One PUK try is left, or the card does not say, and nobody confirmed using it. */
  PUK_LAST_TRY,
  /** The PIN was taken and nothing signs with it: no card of ours, and now it knows the halves. */
  LOOK_ALIKE,
  /** No PUK try is left: this card's PIN cannot be set any more. */
  PUK_BLOCKED
}
