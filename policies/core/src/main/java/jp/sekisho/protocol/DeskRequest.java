package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What is done with a card at the desk (窓口): {@code POST /api/v1/desk}, after a step-up by card for
 * exactly this.
 *
 * @param action {@code card-register}, {@code card-confirm}, {@code card-decline}, {@code
 *     card-suspend}, {@code card-resume}, {@code card-revoke}, {@code temporary-stock}, {@code
 *     temporary-hand}, {@code temporary-return} or {@code temporary-retire}
 * @param person staff number of the holder; absent where the card is nobody's or named by {@code
 *     card}
 * @param card base64url SHA-256 of the card's public key
 * @param certificate base64url of a certificate's file, DER or PEM, for a card that is new here
 */
public record DeskRequest(
    String action, @Nullable String person, @Nullable String card, @Nullable String certificate) {}
