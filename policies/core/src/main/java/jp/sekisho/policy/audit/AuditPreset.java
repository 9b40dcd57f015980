package jp.sekisho.policy.audit;

/** The ready-made questions that auditors of an organ are asked to go through. */
public enum AuditPreset {
  /** What was done outside the opening hours. */
  OFF_HOURS,
  /** Failures that came in a row. */
  REPEATED_FAILURES,
  /** Devices and media that stayed closed. */
  DENIED_PLUG_INS,
  /** Exceptions nobody has closed. */
  OLD_GRANTS,
  /** Media opened without an exception. */
  EXPORT_WITHOUT_GRANT,
  /** Exceptions that were never used. */
  GRANT_WITHOUT_EXPORT,
  /** What administrators did. */
  ADMINISTRATION,
  /** Who looked at the log. */
  LOG_VIEWING
}
