package jp.sekisho.smartcard.pkcs11;

/** How much a signature says about who made it. */
public enum Assurance {
  /**
   * 低保証: card and PIN, as far as a foreign module tells; other programs may have signed with the
   * same PIN. No offline login, no approver, officer or admin role.
   */
  LOW
}
