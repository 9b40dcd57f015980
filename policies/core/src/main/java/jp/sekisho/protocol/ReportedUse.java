package jp.sekisho.protocol;

/**
 * 事後報告 of one occurrence of a series: {@code POST /api/v1/grants/<id>/report}.
 *
 * @param said what was done with the medium, 1 to 400 characters; never in the log
 */
public record ReportedUse(String said) {}
