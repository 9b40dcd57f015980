package jp.sekisho.agent.spool;

/** How much the spool can still take. */
public enum Room {
  /** Everything. */
  PLENTY,
  /** The reserve is in use: logins, locks and blocks only; exports are blocked. */
  RESERVE,
  /** The reserve is gone: no login either; removals and the stop are still recorded. */
  GONE
}
