/**
 * The clipboard at the terminal, without the system's own calls: what was copied ({@link
 * jp.sekisho.agent.enforce.clipboard.HeldCopy}), what is done about a paste ({@link
 * jp.sekisho.agent.enforce.clipboard.ClipboardRulings}, in {@code service}) and whether the
 * clipboard is held at all ({@link jp.sekisho.agent.enforce.clipboard.ClipboardWatch}).
 *
 * <p>{@code session} holds the contents and tells {@code service} facts: names of programs,
 * formats, sizes, scores. It runs as the user and is believed in nothing that would open something
 * for good; contents never leave it. On X11 this is deterrence: ADR 0058.
 */
@NullMarked
package jp.sekisho.agent.enforce.clipboard;

import org.jspecify.annotations.NullMarked;
