package jp.sekisho.policy.audit;

/** What a terminal does that has no room left for its records, the strictest first. */
public enum WhenFull {
  /** It blocks everything that would need a record. */
  STOP,
  /** Work goes on; only exports are blocked. */
  CONTINUE
}
