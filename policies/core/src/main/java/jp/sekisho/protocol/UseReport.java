package jp.sekisho.protocol;

/**
 * What became of a use (事後報告), as somebody wrote it.
 *
 * @param at ISO-8601 UTC
 * @param by staff number
 * @param said what was done, in their words
 */
public record UseReport(String at, String by, String said) {}
