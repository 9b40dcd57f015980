package jp.sekisho.protocol;

/**
 * A medium is handed out at the counter (貸出): {@code POST /api/v1/media/check-out}.
 *
 * @param person staff number of who gets it
 * @param due the last day, such as {@code 2026-11-27}, Japan's; at most 366 days ahead
 * @param reference the document of the loan, 1 to 40 characters as {@link Names#isReference} says
 */
public record MediumLoan(String medium, String person, String due, String reference) {}
