/**
 * What this terminal knows against a card before its PIN is asked: the service's pinned CAs,
 * revocation lists and demands of each kind of card, fetched over mutual TLS, kept on disk, judged
 * here by the same rules (ADR 0020).
 *
 * <p>For most uses: {@link jp.sekisho.agent.cardtrust.CardTrust#against}. It only ever refuses
 * earlier what the service would refuse: the service judges each answer itself, so what is missing,
 * old or forged here lets nobody in. Nor does it lock anybody out: before a card is refused the
 * service is asked whether this is still what it goes by.
 */
@NullMarked
package jp.sekisho.agent.cardtrust;

import org.jspecify.annotations.NullMarked;
