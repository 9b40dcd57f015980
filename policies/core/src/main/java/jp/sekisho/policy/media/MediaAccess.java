package jp.sekisho.policy.media;

/** What happens to a kind of medium, the strictest first. */
public enum MediaAccess {
  /** It stays closed. */
  BLOCK,
  /** It stays closed unless a signed grant opens it. */
  GRANT_ONLY
}
