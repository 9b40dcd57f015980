/**
 * Which card is whose: registration, suspension, and the judgement of a card's certificate.
 *
 * <p>For most uses: {@link jp.sekisho.server.card.StaffTrust} says whether a certificate leads to a
 * pinned staff CA, {@link jp.sekisho.server.card.Authenticators} whose key it is, {@link
 * jp.sekisho.server.card.CardRegistry} changes that. Rows are sealed; no certificate is kept, in
 * the database or in the log, only the SHA-256 of key and certificate.
 */
@NullMarked
package jp.sekisho.server.card;

import org.jspecify.annotations.NullMarked;
