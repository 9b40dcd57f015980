package jp.sekisho.policy.clipboard;

/** How copies over a boundary are treated, the strictest first. */
public enum ClipboardMode {
  /** Nothing is copied at all, not even between business programs. */
  BLOCK,
  /** Over a boundary only permitted formats and sizes without a 個人番号. */
  GUARD,
  /** Everything is copied; over a boundary it is recorded (counts, formats, sizes). */
  AUDIT,
  /** Everything is copied. */
  ALLOW
}
