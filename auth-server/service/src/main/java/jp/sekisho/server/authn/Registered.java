package jp.sekisho.server.authn;

import java.time.Instant;
import java.util.Optional;
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
import jp.sekisho.server.card.TemporaryCard;
import jp.sekisho.server.card.TemporaryCards;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import org.jspecify.annotations.Nullable;

/**
 * Step 5: the key that signed is registered, not suspended, for the person its certificate names,
 * as that very kind of card. Whether cards of this kind are let in is asked of {@link Permitted}.
 */
final class Registered implements Identified {
  private final CardSigned signed;
  private final Authenticator card;
  private final @Nullable Instant until;

  private Registered(CardSigned signed, Authenticator card, @Nullable Instant until) {
    this.signed = signed;
    this.card = card;
    this.until = until;
  }

  static Verdict<Identified> of(CardSigned signed, Change change, Authenticators cards) {
    return switch (cards.find(change.handle(), signed.spkiHash())) {
      case Found.Absent() -> temporary(signed, change, cards.temporary());
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
        yield Verdict.passed(new Registered(signed, card, null));
      }
    };
  }

  CardKind kind() {
    return card.kind();
  }

  /** A temporary card counts as its carrier's, of low assurance, until its day is over. */
  private static Verdict<Identified> temporary(
      CardSigned signed, Change change, TemporaryCards stock) {
    return switch (stock.find(change.handle(), signed.spkiHash())) {
      case TemporaryCards.Found.Absent() -> Verdict.refused(Refusal.NOT_ENROLLED);
      case TemporaryCards.Found.Sound(TemporaryCard card) -> {
        // The stock holds staff cards only: a module's signature with the same key is none.
        boolean named =
            signed.trusted().kind() == CardKind.STAFF_PIV
                && signed.trusted().number().filter(card.label()::equals).isPresent()
                // Who handed it out vouched for the carrier in one 機関.
                && signed.trusted().before().spoke().terminal().organ().equals(card.organ());
        String person = card.person();
        Instant until = card.expires();
        if (!named || person == null || until == null || !card.isAway()) {
          yield Verdict.refused(Refusal.NOT_ENROLLED);
        }
        if (card.state() != TemporaryCard.State.OUT) {
          yield Verdict.refused(Refusal.AUTHENTICATOR_SUSPENDED);
        }
        yield change.now().isBefore(until)
            ? Verdict.passed(new Registered(signed, carried(signed, card, person), until))
            : Verdict.refused(Refusal.TEMPORARY_EXPIRED);
      }
    };
  }

  private static Authenticator carried(CardSigned signed, TemporaryCard card, String person) {
    return new Authenticator(
        card.spkiHash(),
        person,
        CardKind.STAFF_PIV,
        Sha256.of(signed.trusted().card().certificate()),
        Assurance.LOW,
        Authenticator.State.ACTIVE);
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
  public String authenticator() {
    return card.spki();
  }

  @Override
  public Optional<Instant> certificateEnd() {
    return Optional.of(signed.trusted().certificate().getNotAfter().toInstant());
  }

  @Override
  public Optional<Instant> until() {
    return Optional.ofNullable(until);
  }

  @Override
  public void used(Change change, EntryReceipt entry) {
    // A card's row keeps no use; the log does.
  }
}
