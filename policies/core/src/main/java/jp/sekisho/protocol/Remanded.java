package jp.sekisho.protocol;

/**
 * The last time a request was sent back (差戻し).
 *
 * @param at ISO-8601 UTC
 * @param by staff number of the approver
 * @param reason what is to be mended, in the approver's words
 */
public record Remanded(String at, String by, String reason) {}
