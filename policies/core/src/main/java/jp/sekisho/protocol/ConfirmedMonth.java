package jp.sekisho.protocol;

/**
 * A month for which a card let a series go on (月次確認).
 *
 * @param month {@code 2027-01}
 * @param by staff number of who confirmed it
 * @param at ISO-8601 UTC
 */
public record ConfirmedMonth(String month, String by, String at) {}
