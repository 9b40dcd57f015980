package jp.sekisho.server.web;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the log as a line of the table; all words are in the page's language.
 *
 * @param index number in the log, or "—" while the entry waits to be numbered
 * @param time Japan Standard Time
 * @param type {@code feature.outcome}
 * @param outcome {@code success} or {@code failure}
 * @param reason stable code of the refusal; null for a success
 * @param person staff number, or "—"
 * @param terminal terminal id, or "—"
 */
public record EntryRow(
    String index,
    String time,
    String type,
    String typeWords,
    String outcome,
    String outcomeWords,
    @Nullable String reason,
    @Nullable String reasonWords,
    String person,
    String terminal) {}
