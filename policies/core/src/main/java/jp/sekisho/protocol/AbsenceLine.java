package jp.sekisho.protocol;

/**
 * An approver's absence (不在) that is not over.
 *
 * @param absence its id, base64url of 16 bytes
 * @param person staff number of who is absent
 * @param start ISO-8601 UTC
 * @param end ISO-8601 UTC
 * @param by staff number of who said so
 * @param mayEnd whether the asking person may end it
 */
public record AbsenceLine(
    String absence, String person, String start, String end, String by, boolean mayEnd) {}
