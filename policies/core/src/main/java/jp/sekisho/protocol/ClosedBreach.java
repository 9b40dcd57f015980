package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The end of a case: {@code POST /api/v1/breaches/<id>/close}.
 *
 * @param reason why no report is due; null where both were made
 */
public record ClosedBreach(@Nullable String reason) {}
