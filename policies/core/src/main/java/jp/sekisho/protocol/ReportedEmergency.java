package jp.sekisho.protocol;

/**
 * A report of an 緊急時の例外措置 (事後報告).
 *
 * @param people who was concerned
 * @param contents what was read
 * @param document 文書番号
 * @param detail base64url SHA-256 of the three, as the log has it
 * @param by staff number
 * @param at ISO-8601 UTC
 */
public record ReportedEmergency(
    String people, String contents, String document, String detail, String by, String at) {}
