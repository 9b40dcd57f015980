/**
 * The part of a policy about the clipboard: what may be copied out of the business programs.
 *
 * <p>Copies between two listed business programs are free under every mode but {@code block};
 * everything else is a boundary (remote session, browser of another segment, unlisted program).
 */
@NullMarked
package jp.sekisho.policy.clipboard;

import org.jspecify.annotations.NullMarked;
