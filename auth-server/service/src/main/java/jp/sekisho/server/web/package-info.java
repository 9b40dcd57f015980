/**
 * What people see: the login page, the log page, the files both need, and the guard in front of
 * everything that needs a session.
 *
 * <p>Pages are made on the server from precompiled templates ({@code src/main/jte}), in Japanese
 * and English; three small scripts carry the login and the lock. Nothing inline, no framework,
 * nothing from another host; the only other address a page may speak to is the agent of its own
 * terminal.
 *
 * <p>Routes are refused unless {@link jp.sekisho.server.web.SessionFilter} lists them, and a listed
 * one needs a session unless it is listed as public.
 */
@NullMarked
package jp.sekisho.server.web;

import org.jspecify.annotations.NullMarked;
