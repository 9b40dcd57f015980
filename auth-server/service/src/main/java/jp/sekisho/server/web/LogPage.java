package jp.sekisho.server.web;

import org.jspecify.annotations.Nullable;

/**
 * The log page.
 *
 * @param title heading in the page's language
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record LogPage(
    Frame frame, String title, String person, String terminal, @Nullable LogContent content) {}
