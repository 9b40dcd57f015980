package jp.sekisho.server.authn;

import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.Authenticators.Found;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.TerminalObserver;
import org.jspecify.annotations.Nullable;

/**
 * Judges each login that a terminal says it took without the service, when its record comes: who
 * would be refused now is told in an entry of its own. The record itself is taken in any case.
 */
final class OfflineWatch implements TerminalObserver {
  private final Authenticators cards;
  private final Persons persons;

  OfflineWatch(Authenticators cards, Persons persons) {
    this.cards = cards;
    this.persons = persons;
  }

  @Override
  public void onRecord(Change change, Terminal terminal, DeviceRecord record, EntryReceipt entry) {
    if (record.type().equals("offline.succeeded")
        && record.data().get("transaction") instanceof String transaction
        && isTransaction(transaction)
        && record.data().get("person") instanceof String person
        && Names.isPerson(person)) {
      dispute(change, terminal, person, record.data().get("spki"))
          .ifPresent(reason -> {
            EntryReceipt _ =
                change.record(
                    terminal.subject(),
                    new LoginEvent.OfflineDisputed(transaction, person, reason));
          });
    }
  }

  private static boolean isTransaction(String text) {
    try {
      return Base64Url.decode(text, 16).length == 16;
    } catch (MalformedException e) {
      return false;
    }
  }

  /** Why this service would refuse that card of that person now. */
  private Optional<Refusal> dispute(
      Change change, Terminal terminal, String person, @Nullable Object spki) {
    if (!(spki instanceof String text)) {
      return Optional.of(Refusal.NOT_ENROLLED);
    }
    try {
      byte[] hash = Sha256.of(Base64Url.decode(text));
      Optional<Refusal> card =
          switch (cards.find(change.handle(), hash)) {
            case Found.Absent() -> Optional.of(Refusal.NOT_ENROLLED);
            case Found.Tampered(String _) -> Optional.of(Refusal.STATE_TAMPERED);
            case Found.Sound(Authenticator found) -> card(found, person);
          };
      return card.isPresent()
          ? card
          : persons.currentIn(change.handle(), person, terminal.organ(), change.now())
                  instanceof Standing.Current
              ? Optional.empty()
              : Optional.of(Refusal.PERSON_NOT_CURRENT);
    } catch (MalformedException e) {
      return Optional.of(Refusal.NOT_ENROLLED);
    } catch (TamperedException e) {
      return Optional.of(Refusal.STATE_TAMPERED);
    }
  }

  private static Optional<Refusal> card(Authenticator card, String person) {
    if (!card.person().equals(person)) {
      return Optional.of(Refusal.NOT_ENROLLED);
    }
    if (card.assurance() == Authenticator.Assurance.LOW) {
      return Optional.of(Refusal.ASSURANCE_LOW);
    }
    return card.state() == Authenticator.State.ACTIVE
        ? Optional.empty()
        : Optional.of(Refusal.AUTHENTICATOR_SUSPENDED);
  }

  @Override
  public void onSilent(Change change, String terminal) {
    // A login there stands by the terminal's own rules.
  }

  @Override
  public void onRevoked(Change change, Terminal terminal) {
    // The terminal hears of it, and its login ends.
  }
}
