package jp.sekisho.server.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.Authenticators.Found;
import org.jdbi.v3.core.Handle;

/**
 * The keys of cards that were revoked here, officers' and delegates' among them, as base64url of
 * the SHA-256 of their SubjectPublicKeyInfo.
 */
final class RevokedKeys {
  private final Authenticators cards;

  RevokedKeys(Authenticators cards) {
    this.cards = cards;
  }

  /** Those whose rows say so, ascending: what {@code current} tells the terminals. */
  List<String> listed(Handle handle) {
    List<String> revoked = new ArrayList<>();
    for (Found found : cards.all(handle)) {
      if (found instanceof Found.Sound(Authenticator card)
          && card.state() == Authenticator.State.REVOKED) {
        revoked.add(card.spki());
      }
    }
    revoked.sort(null);
    return revoked;
  }

  /** These, and those whose rows were edited: nobody knows what they said. */
  Set<String> orEdited(Handle handle) {
    Set<String> revoked = new HashSet<>(listed(handle));
    for (Found found : cards.all(handle)) {
      if (found instanceof Found.Tampered(String row)) {
        revoked.add(row);
      }
    }
    return revoked;
  }
}
