package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A browser's own session: {@code GET /api/v1/session}.
 *
 * @param state {@code active} or {@code suspended}; an ended or missing session is a refusal
 *     instead
 * @param person staff number
 * @param terminal terminal id
 * @param cause why it is suspended: {@code card-removed}, {@code seat-lost}, {@code idle}, {@code
 *     terminal-silent}; null while active, and where the browser shows a cookie that an unlock or a
 *     step-up replaced
 * @param absoluteEnd ISO-8601 UTC of the 12-hour limit
 */
public record SessionView(
    String state, String person, String terminal, @Nullable String cause, String absoluteEnd) {}
