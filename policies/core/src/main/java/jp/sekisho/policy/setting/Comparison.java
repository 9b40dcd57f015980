package jp.sekisho.policy.setting;

/** How a value compares with the one before it. */
public enum Comparison {
  /** It permits the same. */
  SAME,
  /** It permits less. */
  STRICTER,
  /** It permits more. */
  WIDER,
  /** Less in one respect and more in another. */
  OTHER
}
