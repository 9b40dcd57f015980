/**
 * Tiles (C2SP tlog-tiles): how a log is published as files that never change.
 *
 * <pre>
 * tile/&lt;L&gt;/&lt;N&gt;[.p/&lt;W&gt;]        W hashes of 32 bytes, 256 without .p; hash i of tile N on level L is the
 *                             root of the complete subtree over the entries
 *                             (N·256+i)·256^L up to (N·256+i+1)·256^L
 * tile/entries/&lt;N&gt;[.p/&lt;W&gt;]    W entries, each u16 length ‖ bytes
 * N                           groups of three digits, all but the last with an x: 1234067 is x001/x234/067
 * W for size s on level L     ⌊s/256^L⌋ mod 256; a width of 0 is no tile
 * </pre>
 *
 * <p>Our entries have at most 16 KiB, well below the 65,535 bytes that the length field could say
 * and that other people's logs may use.
 */
@NullMarked
package jp.sekisho.audit.tile;

import org.jspecify.annotations.NullMarked;
