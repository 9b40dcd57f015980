package jp.sekisho.protocol;

/**
 * Confirms another's report: {@code POST /api/v1/emergencies/{id}/confirm}.
 *
 * @param detail of the report that was shown
 */
public record ConfirmedReport(String detail) {}
