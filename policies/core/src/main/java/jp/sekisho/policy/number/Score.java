package jp.sekisho.policy.number;

/** How sure it is that twelve digits with a right check digit are a 個人番号. */
public enum Score {
  /** Nothing around it says so: warn and log. */
  LOW,
  /** A word such as マイナンバー stands near, or there are three or more in the text. */
  HIGH
}
