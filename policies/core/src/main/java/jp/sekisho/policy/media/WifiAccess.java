package jp.sekisho.policy.media;

/** What happens to wireless LAN, the strictest first. */
public enum WifiAccess {
  /** It is switched off. */
  BLOCK,
  /** The networks that the administrator set up in the system may be used. */
  ADMINISTERED
}
