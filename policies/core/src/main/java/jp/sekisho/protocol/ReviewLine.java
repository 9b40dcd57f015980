package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A decision in place of an absent approver (代決), to be looked at afterwards (後閲).
 *
 * @param grant id of the exception
 * @param step what was decided: {@code approve reject remand}
 * @param represented staff number of the absent approver
 * @param decider staff number of the deputy
 * @param at when it was decided, ISO-8601 UTC
 * @param reviewedBy staff number of who looked at it; null until then
 * @param reviewedAt ISO-8601 UTC; null until then
 */
public record ReviewLine(
    String grant,
    String step,
    String represented,
    String decider,
    String at,
    @Nullable String reviewedBy,
    @Nullable String reviewedAt) {}
