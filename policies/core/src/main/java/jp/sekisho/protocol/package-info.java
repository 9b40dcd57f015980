/**
 * What service, agent and offline tools say to each other: wire records, the one list of refusals,
 * and the base64url and JSON rules they share.
 *
 * <p>For most uses: {@link jp.sekisho.protocol.WireJson} reads and writes the records of this
 * package, {@link jp.sekisho.protocol.Refusal} names every expected "no", {@link
 * jp.sekisho.protocol.RefusalText} says it to a person. The HTTP contract that carries these
 * records is {@code docs/protocol.md}.
 *
 * <p>Everything read here comes from the other side of a trust boundary: readers have explicit
 * limits and one exception type, {@link jp.sekisho.protocol.MalformedException}, whose text never
 * repeats the input.
 */
@NullMarked
package jp.sekisho.protocol;

import org.jspecify.annotations.NullMarked;
