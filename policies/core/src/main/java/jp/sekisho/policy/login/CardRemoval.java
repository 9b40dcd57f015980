package jp.sekisho.policy.login;

/** What happens when the card is pulled, the strictest first. */
public enum CardRemoval {
  /** The session ends. */
  END,
  /** The terminal locks and the session is suspended. */
  LOCK
}
