package jp.sekisho.protocol;

/**
 * One time of a series (定例許可).
 *
 * @param grant id of its own exception
 * @param number 1 for the first
 * @param start ISO-8601 UTC, as all times here
 * @param end when it must be over
 * @param state as of any exception, or {@code tampered}: its row was edited or is gone
 * @param settled whether nothing of it stops the next ones: it was not used, or the medium's return
 *     is confirmed and its use reported
 */
public record OccurrenceView(
    String grant, int number, String start, String end, String state, boolean settled) {}
