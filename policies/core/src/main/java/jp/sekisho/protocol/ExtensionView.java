package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The newest extension (延長) that was asked for.
 *
 * @param state {@code asked}, {@code approved}, {@code rejected}, or {@code lapsed} when the use
 *     was over before anybody decided
 * @param end ISO-8601 UTC, as all times here
 * @param minutes longest use from activation
 * @param text the exact text an approver's card signs
 * @param detail base64url of the SHA-256 of {@code text}
 * @param askedBy staff number
 * @param askedAt when that was
 * @param decidedBy staff number of the approver; null before
 * @param decidedAt when that was; null before
 */
public record ExtensionView(
    String state,
    String end,
    int minutes,
    String text,
    String detail,
    String askedBy,
    String askedAt,
    @Nullable String decidedBy,
    @Nullable String decidedAt) {}
