package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A medium that a terminal recorded as opened, or as written to, or something that it recorded as
 * imported or as copied over a boundary, and that fits no exception.
 *
 * @param index of the entry in the log of the 機関
 * @param event {@code opened}, {@code written} of what the agent wrote to it, {@code released} of a
 *     file that was imported, or {@code crossed} of a copy
 * @param at ISO-8601 UTC by the terminal's clock
 * @param person staff number, as the terminal recorded it
 * @param medium id of the registered medium, as the terminal recorded it
 * @param grant the exception it names; null for none
 * @param doubt {@code no-grant other-terminal early late edited read-only other-medium other-kind}
 */
public record UnmatchedOpening(
    long index,
    String event,
    String at,
    @Nullable String terminal,
    @Nullable String person,
    @Nullable String medium,
    @Nullable String grant,
    String doubt) {}
