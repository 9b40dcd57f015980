/**
 * The clipboard of an X11 display: {@link jp.sekisho.agent.platform.linux.x11.XClipboard}.
 *
 * <p>Speaks X11 itself, over the display's Unix socket, with the twenty requests it needs. Xlib
 * would end the whole process when the display goes, and would keep copies of what was copied in
 * buffers that nobody can overwrite (ADR 0058).
 */
@NullMarked
package jp.sekisho.agent.platform.linux.x11;

import org.jspecify.annotations.NullMarked;
