package jp.sekisho.server.web;

import org.jspecify.annotations.Nullable;

/**
 * The root sheet's page.
 *
 * @param content null while the session is suspended
 */
public record SheetPage(
    Frame frame, String person, String terminal, @Nullable SheetContent content) {}
