package jp.sekisho.protocol;

/**
 * That a report was made: {@code POST /api/v1/breaches/<id>/report}.
 *
 * @param report {@code preliminary} (速報), {@code final} (確報) or {@code both} in one
 * @param date the day on which it was made, as {@code 2026-11-22}
 * @param reference 受付番号 or document number
 */
public record ReportedBreach(String report, String date, String reference) {}
