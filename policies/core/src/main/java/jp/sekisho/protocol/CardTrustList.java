package jp.sekisho.protocol;

import java.util.List;

/**
 * What terminals judge cards by before they ask for a PIN: {@code GET /agent/v1/card-trust}, its
 * parts {@code GET /agent/v1/card-trust/{name}}. A kind that is not named is for the service alone.
 * It can only refuse earlier what the service would refuse: the service judges each answer itself.
 */
public record CardTrustList(List<CardTrustOffer> kinds) {
  public CardTrustList {
    kinds = List.copyOf(kinds);
  }
}
