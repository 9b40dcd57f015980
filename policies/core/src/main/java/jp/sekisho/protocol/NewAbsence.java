package jp.sekisho.protocol;

/**
 * An approver will be absent (不在): {@code POST /api/v1/absences}.
 *
 * @param person staff number; one's own, or any approver's where an administrator says so
 * @param start ISO-8601 with offset
 * @param end ISO-8601 with offset; after {@code start}, at most 92 days
 */
public record NewAbsence(String person, String start, String end) {}
