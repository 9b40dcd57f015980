package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * An open session in a list: {@code GET /api/v1/sessions}. Times are ISO-8601 UTC.
 *
 * @param session its name, as in the log
 * @param person staff number
 * @param name the person's name
 * @param terminal terminal id
 * @param state {@code active} or {@code suspended}
 * @param cause why it is suspended, as in {@link SessionView}; null while active
 * @param created when its person logged in
 * @param absoluteEnd when it ends at the latest
 * @param keptBy registered name of the single sign-on that keeps it; null for a session of our own
 *     pages
 * @param asking whether it is the very session that asks
 */
public record SessionLine(
    String session,
    String person,
    String name,
    String terminal,
    String state,
    @Nullable String cause,
    String created,
    String absoluteEnd,
    @Nullable String keptBy,
    boolean asking) {}
