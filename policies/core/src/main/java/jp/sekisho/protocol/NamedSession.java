package jp.sekisho.protocol;

/**
 * One session: what {@code POST /api/v1/sessions/end} takes and answers.
 *
 * @param session its name, as in the log and in {@link SessionLine}: not the secret of its cookie
 */
public record NamedSession(String session) {}
