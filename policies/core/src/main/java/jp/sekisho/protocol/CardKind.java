package jp.sekisho.policy.login;

/** Kinds of cards a login can be made with. */
public enum CardKind {
  /** A PIV card issued by the organisation's own staff CA ({@code staff-piv}). */
  STAFF_PIV
}
