package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Who has a medium that was handed out or handed over.
 *
 * @param person staff number; null for a recipient outside, to whom it was handed over under an
 *     exception
 * @param since ISO-8601 UTC
 * @param due when it has to be back, ISO-8601 UTC; null for what was handed over
 * @param late whether it is past that
 * @param document of the loan, or the recipient's receipt number
 */
public record MediumHeld(
    @Nullable String person, String since, @Nullable String due, boolean late, String document) {}
