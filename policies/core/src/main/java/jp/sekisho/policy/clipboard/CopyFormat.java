package jp.sekisho.policy.clipboard;

/** What is copied. */
public enum CopyFormat {
  /** Characters. */
  TEXT,
  /** Characters with a layout: HTML, RTF, cells of a table. */
  RICH_TEXT,
  /** A picture, also of the screen. */
  IMAGE,
  /** Files. */
  FILES
}
