package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A person asks for an extension (延長) of a use that goes on: {@code POST
 * /api/v1/grants/<id>/extend}.
 *
 * @param reason why more time is needed, 1 to 400 characters
 * @param end the new end, ISO-8601 with offset, whole seconds; not before the present one
 * @param minutes the new longest use from activation; not less than the present one
 */
public record MoreTime(String reason, @Nullable String end, @Nullable Integer minutes) {}
