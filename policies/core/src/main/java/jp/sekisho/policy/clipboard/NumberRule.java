package jp.sekisho.policy.clipboard;

/** What happens to a text with a possible 個人番号 at a boundary, the strictest first. */
public enum NumberRule {
  /** It is not copied. */
  BLOCK,
  /** It is copied after a warning, and recorded. */
  WARN,
  /** It is copied and recorded. */
  LOG
}
