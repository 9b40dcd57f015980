package jp.sekisho.server.card;

import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AuthenticatorEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.OpenStorage;

/** Cards of which only the key matters, written as a registration writes them. */
public final class TestCards {
  private TestCards() {}

  /**
   * Registers a card for a person; one that stands there already stays as it is.
   *
   * @param spki DER of the key, or whatever a test takes for one
   */
  public static void register(OpenStorage storage, String person, byte[] spki) {
    Authenticators cards = new Authenticators(storage.seal);
    byte[] hash = Sha256.of(spki);
    storage.transactions.write(change -> {
      if (cards.find(change.handle(), hash) instanceof Authenticators.Found.Absent) {
        Authenticator card =
            new Authenticator(
                hash,
                person,
                CardKind.STAFF_PIV,
                hash,
                Authenticator.Assurance.NORMAL,
                Authenticator.State.ACTIVE);
        cards.insert(
            change,
            change.record(
                new Entry.Subject("mayor", person, null, null, null),
                new AuthenticatorEvent.Registered("staff-piv", card.spki(), "normal")),
            card);
      } else {
        change.unchanged();
      }
      return person;
    });
  }

  /** Suspends a card, as an administrator does. */
  public static void suspend(OpenStorage storage, String person, byte[] spki) {
    Authenticators cards = new Authenticators(storage.seal);
    storage.transactions.write(change -> {
      if (!(cards.find(change.handle(), Sha256.of(spki))
          instanceof Authenticators.Found.Sound(Authenticator card))) {
        throw new AssertionError(person);
      }
      cards.update(
          change,
          change.record(
              new Entry.Subject("mayor", person, null, null, null),
              new AuthenticatorEvent.Suspended(card.spki())),
          card.in(Authenticator.State.SUSPENDED));
      return person;
    });
  }
}
