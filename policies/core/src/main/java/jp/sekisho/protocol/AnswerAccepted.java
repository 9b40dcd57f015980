package jp.sekisho.protocol;

/**
 * The service's yes to an answer; the session cookie comes beside it.
 *
 * @param next path of the page to open; the same page again after an unlock
 */
public record AnswerAccepted(String next) {}
