package jp.sekisho.smartcard.verify;

/** Kinds of card with roots of their own: a root of one kind never vouches for another. */
public enum CardKind {
  /** A staff card (職員証): PIV, issued by the organisation's own or contracted CA. */
  STAFF_PIV,
  /** A My Number card or phone: its user-authentication certificate (利用者証明用). */
  JPKI,
  /** Whatever a vendor's PKCS#11 module reaches. */
  PKCS11
}
