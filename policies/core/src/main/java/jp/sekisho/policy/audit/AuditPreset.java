package jp.sekisho.policy.audit;

import java.util.Locale;
import java.util.Optional;

/** The ready-made questions that auditors of an organ are asked to go through, one by one. */
public enum AuditPreset {
  /** What persons and terminals did outside the opening hours (開庁時間外). */
  OFF_HOURS,
  /** Failures that came in a row: five of one person or terminal within ten minutes. */
  REPEATED_FAILURES,
  /** Devices and media that stayed closed when somebody plugged them in. */
  DENIED_PLUG_INS,
  /** Exceptions approved long ago that nobody has closed since. */
  OLD_GRANTS,
  /** Media opened at a terminal without an approval and activation in the log. */
  EXPORT_WITHOUT_GRANT,
  /** Approved exceptions under which no medium was ever opened. */
  GRANT_WITHOUT_EXPORT,
  /** 緊急時の例外措置 that nobody reported and confirmed (事後報告未了). */
  UNREPORTED_EMERGENCIES,
  /**
   * Exceptional measures (例外措置) whose review or end passed and nobody did what was due, and reports
   * of 漏えい等 whose last day passed. One name for both, because terminals refuse a policy with a
   * preset that they do not know.
   */
  OVERDUE_MEASURES,
  /** Logins at terminals that could not reach the service, refused and disputed ones too. */
  OFFLINE_LOGINS,
  /** What administrators did. */
  ADMINISTRATION,
  /** Who looked at the log, took it away, or was refused it. */
  LOG_VIEWING;

  /** As in a policy and in a link: {@code off-hours}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The preset of that text. */
  public static Optional<AuditPreset> of(String text) {
    for (AuditPreset preset : values()) {
      if (preset.text().equals(text)) {
        return Optional.of(preset);
      }
    }
    return Optional.empty();
  }
}
