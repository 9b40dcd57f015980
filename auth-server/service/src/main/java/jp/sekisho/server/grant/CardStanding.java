package jp.sekisho.server.grant;

import java.time.Instant;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Standing;
import org.jdbi.v3.core.Handle;

/**
 * Whether whoever signed with a card still is at work and has that card: asked again of every
 * signature that counts later than it was given. Thread-safe.
 */
final class CardStanding {
  private final Persons persons;
  private final Authenticators cards;

  CardStanding(Persons persons, Authenticators cards) {
    this.persons = persons;
    this.cards = cards;
  }

  /** Whether a person has a post in the 機関. */
  boolean isCurrent(Handle handle, String person, String organ, Instant at) {
    return persons.currentIn(handle, person, organ, at) instanceof Standing.Current;
  }

  /** Whether a person has a post in the 機関 and any card that is in force. */
  boolean isAble(Handle handle, String person, String organ, Instant at) {
    return isCurrent(handle, person, organ, at)
        && cards.ofPerson(handle, person).stream().anyMatch(CardStanding::isActive);
  }

  /**
   * Whether a person has a post in the 機関 and the card of this key is theirs and in force.
   *
   * @param spki DER of the key
   */
  boolean stands(Handle handle, String person, byte[] spki, String organ, Instant at) {
    return isCurrent(handle, person, organ, at)
        && cards.find(handle, Sha256.of(spki)) instanceof Authenticators.Found.Sound(var card)
        && card.person().equals(person)
        && card.state() == Authenticator.State.ACTIVE;
  }

  private static boolean isActive(Authenticators.Found card) {
    return card instanceof Authenticators.Found.Sound(Authenticator sound)
        && sound.state() == Authenticator.State.ACTIVE;
  }
}
