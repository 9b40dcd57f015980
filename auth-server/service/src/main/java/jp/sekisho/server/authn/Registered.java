package jp.sekisho.server.authn;

import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.Authenticators.Found;
import jp.sekisho.server.storage.Change;

/**
 * Step 5: the key that signed is registered, not suspended, for the person its certificate names.
 */
final class Registered {
  private final CardSigned signed;
  private final Authenticator card;

  private Registered(CardSigned signed, Authenticator card) {
    this.signed = signed;
    this.card = card;
  }

  static Verdict<Registered> of(CardSigned signed, Change change, Authenticators cards) {
    return switch (cards.find(change.handle(), signed.spkiHash())) {
      case Found.Absent() -> Verdict.refused(Refusal.NOT_ENROLLED);
      case Found.Tampered(String row) -> {
        change.record(
            Entry.Subject.NONE, new ServiceEvent.StateTampered(Authenticators.TABLE, row));
        yield Verdict.refused(Refusal.STATE_TAMPERED);
      }
      case Found.Sound(Authenticator card) -> {
        if (card.state() != Authenticator.State.ACTIVE) {
          yield Verdict.refused(Refusal.AUTHENTICATOR_SUSPENDED);
        }
        boolean named = signed.trusted().number().filter(card.person()::equals).isPresent();
        yield named
            ? Verdict.passed(new Registered(signed, card))
            : Verdict.refused(Refusal.NOT_ENROLLED);
      }
    };
  }

  CardSigned signed() {
    return signed;
  }

  Authenticator card() {
    return card;
  }
}
