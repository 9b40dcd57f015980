package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the service judges certificates of one kind of card by. Anchors and lists are named by the
 * base64url SHA-256 of their DER and fetched by that name.
 *
 * @param kind {@code staff-piv}, {@code jpki} or {@code pkcs11}; a reader passes over others
 * @param anchors pinned CAs, at most 64; empty: the service trusts nobody of this kind
 * @param lists revocation lists that count now, at most 64
 * @param requiredPolicy policy OID that must hold along the path; null: none is demanded
 * @param bytes of all its anchors and lists together
 * @param listSeconds how old a list may be, whatever it promises itself
 */
public record CardTrustOffer(
    String kind,
    List<String> anchors,
    List<String> lists,
    @Nullable String requiredPolicy,
    long bytes,
    long listSeconds) {
  public CardTrustOffer {
    anchors = List.copyOf(anchors);
    lists = List.copyOf(lists);
  }
}
