package jp.sekisho.smartcard.verify;

import jp.sekisho.smartcard.CardFailure;

/** Which demand a certificate failed. Stable codes. */
public enum Clause {
  MALFORMED(CardFailure.CERT_UNTRUSTED),
  /** No chain of keys to a pinned root of this kind. */
  UNKNOWN_ISSUER(CardFailure.CERT_UNTRUSTED),
  NOT_YET_VALID(CardFailure.CERT_EXPIRED),
  EXPIRED(CardFailure.CERT_EXPIRED),
  /** Not marked for digitalSignature. */
  KEY_USAGE(CardFailure.CERT_UNTRUSTED),
  /** RSA under 2048 bits, another curve than P-256 and P-384, or another algorithm. */
  KEY_TYPE(CardFailure.CERT_UNTRUSTED),
  POLICY(CardFailure.CERT_UNTRUSTED),
  REVOKED(CardFailure.CERT_REVOKED),
  REVOCATION_UNKNOWN(CardFailure.REVOCATION_UNKNOWN),
  /** Another rule of RFC 5280 section 6; the detail names it. */
  PATH(CardFailure.CERT_UNTRUSTED);

  private final CardFailure failure;

  Clause(CardFailure failure) {
    this.failure = failure;
  }

  /** What to tell the person. */
  public CardFailure failure() {
    return failure;
  }
}
