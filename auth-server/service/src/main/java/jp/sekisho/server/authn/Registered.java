package jp.sekisho.server.authn;

import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.Authenticators.Found;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;

/**
 * Step 5: the key that signed is registered, not suspended, for the person its certificate names,
 * as that very kind of card; and the signed policy lets cards of this kind in.
 */
final class Registered implements Identified {
  private final CardSigned signed;
  private final Authenticator card;

  private Registered(CardSigned signed, Authenticator card) {
    this.signed = signed;
    this.card = card;
  }

  static Verdict<Identified> of(
      CardSigned signed, Change change, Authenticators cards, Registers registers) {
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
        // A module's signature with a staff card's key is not the staff card's: the PIN may have
        // been somebody else's.
        boolean sameKind = card.kind() == signed.trusted().kind();
        boolean named =
            card.kind() == CardKind.JPKI
                || signed.trusted().number().filter(card.person()::equals).isPresent();
        if (!sameKind || !named) {
          yield Verdict.refused(Refusal.NOT_ENROLLED);
        }
        yield registers.allows(change.handle(), card.kind())
            ? Verdict.passed(new Registered(signed, card))
            : Verdict.refused(Refusal.CARD_KIND_POLICY);
      }
    };
  }

  CardKind kind() {
    return card.kind();
  }

  CardSigned signed() {
    return signed;
  }

  @Override
  public OriginAndTerminal before() {
    return signed.trusted().before();
  }

  @Override
  public String person() {
    return card.person();
  }

  @Override
  public Assurance assurance() {
    return card.assurance();
  }

  @Override
  public LoginEvent.Succeeded succeeded() {
    Answer.Card answer = signed.trusted().card();
    return new LoginEvent.Succeeded(
        spoke().question().id(),
        spoke().question().purpose(),
        Sha256.text(answer.statement()),
        Base64Url.encode(answer.signature()),
        card.spki(),
        before().sameAddress(),
        card.kind().text(),
        card.assurance().text());
  }

  @Override
  public void used(Change change, EntryReceipt entry) {
    // A card's row keeps no use; the log does.
  }
}
