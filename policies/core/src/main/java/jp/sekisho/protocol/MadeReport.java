package jp.sekisho.protocol;

/**
 * A report of 漏えい等 that was made.
 *
 * @param date the day on which it was made
 * @param reference 受付番号 or document number
 * @param by staff number of who wrote that down
 * @param at ISO-8601 UTC, when
 */
public record MadeReport(String date, String reference, String by, String at) {}
