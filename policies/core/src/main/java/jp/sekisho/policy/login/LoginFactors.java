package jp.sekisho.policy.login;

/** Two factors that make a login together; there is no value for one. */
public enum LoginFactors {
  /** 所持と知識: the staff card and its PIN. */
  CARD_PIN,
  /** 所持と知識または生体: a passkey of a listed model that verified its user. */
  PASSKEY
}
