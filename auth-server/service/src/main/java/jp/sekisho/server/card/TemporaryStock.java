package jp.sekisho.server.card;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AuthenticatorEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.TemporaryEvent;
import jp.sekisho.server.card.CardRegistry.Asker;
import jp.sekisho.server.card.StaffTrust.Judgement;
import jp.sekisho.server.card.TemporaryCard.State;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;

/**
 * The sealed stock of temporary cards (仮カード): into it, out to a person for the rest of the day, and
 * back. Each step is one unit with its entries. Thread-safe.
 *
 * <p>Who hands a card out answers for who the person is. While it is out the person's own cards are
 * suspended; the return lifts exactly that, unless something of the person was suspended for
 * another reason meanwhile. Whatever is done with it is of low assurance (低保証).
 */
public final class TemporaryStock {
  private final Transactions transactions;
  private final TemporaryCards stock;
  private final Authenticators cards;
  private final CardTrust trust;
  private final Persons persons;
  private final Sessions sessions;

  public TemporaryStock(
      Transactions transactions,
      Authenticators cards,
      CardTrust trust,
      Persons persons,
      Sessions sessions) {
    this.transactions = transactions;
    this.stock = cards.temporary();
    this.cards = cards;
    this.trust = trust;
    this.persons = persons;
    this.sessions = sessions;
  }

  /** What became of a step. */
  public sealed interface Outcome {
    /** Done; the card as it is now. */
    record Done(TemporaryCard card) implements Outcome {}

    /** Refused; the log says so. */
    record Refused(Refusal reason) implements Outcome {}
  }

  /** Cards of an organ that are not retired, by label. */
  public List<TemporaryCard> list(String organ) {
    return transactions.read(handle -> stock.ofOrgan(handle, organ));
  }

  private Outcome unit(Asker asker, String holder, Function<Change, Outcome> work) {
    return judged(
        asker,
        holder,
        change -> {
          Outcome outcome = work.apply(change);
          if (outcome instanceof Outcome.Done) {
            asker.done(change, holder);
          }
          return outcome;
        });
  }

  /** As {@link #unit}, but who did it is written by {@code work}. */
  private Outcome judged(Asker asker, String holder, Function<Change, Outcome> work) {
    return transactions.write(change -> {
      Optional<Refusal> obstacle = asker.obstacle(change, holder);
      if (obstacle.isPresent()) {
        return new Outcome.Refused(obstacle.get());
      }
      return work.apply(change);
    });
  }

  private static Outcome refuse(Change change, Entry.Subject about, Refusal reason) {
    change.record(about, new AuthenticatorEvent.Refused(reason));
    return new Outcome.Refused(reason);
  }

  private static Entry.Subject organ(String organ) {
    return new Entry.Subject(organ, null, null, null, null);
  }

  /**
   * Takes a card into the stock of an organ, or again after its return: whoever does it has given
   * it a new PIN and sealed the envelope.
   *
   * @param certificate DER
   */
  public Outcome stock(Asker asker, String organ, byte[] certificate) {
    Judgement judgement = trust.judge(CardKind.STAFF_PIV, certificate);
    return unit(
        asker,
        "",
        change ->
            switch (judgement) {
              case Judgement.Distrusted(Refusal reason, String _) ->
                  refuse(change, organ(organ), reason);
              case Judgement.Trusted trusted -> stock(change, organ, trusted);
            });
  }

  private Outcome stock(Change change, String organ, Judgement.Trusted trusted) {
    byte[] spki = Sha256.of(trusted.certificate().getPublicKey().getEncoded());
    Optional<String> label = trusted.number();
    // A number that is somebody's would make two cards of one name.
    if (label.isEmpty()
        || !Names.isPerson(label.get())
        || persons.name(change.handle(), label.get()).isPresent()) {
      return refuse(change, organ(organ), Refusal.CARD_OTHER_NUMBER);
    }
    return switch (stock.find(change.handle(), spki)) {
      case TemporaryCards.Found.Sound(TemporaryCard card)
          when card.organ().equals(organ) && card.state() == State.RETURNED -> {
        TemporaryCard sealed = card.in(State.STOCK);
        stock.update(change, stocked(change, sealed), sealed);
        yield new Outcome.Done(sealed);
      }
      case TemporaryCards.Found.Sound _ -> refuse(change, organ(organ), Refusal.CARD_TAKEN);
      case TemporaryCards.Found.Absent() -> {
        if (!(cards.find(change.handle(), spki) instanceof Authenticators.Found.Absent)
            || stock.isLabel(change.handle(), label.get())) {
          yield refuse(change, organ(organ), Refusal.CARD_TAKEN);
        }
        TemporaryCard card =
            new TemporaryCard(
                spki, label.get(), organ, State.STOCK, null, null, null, null, List.of());
        stock.insert(change, stocked(change, card), card);
        yield new Outcome.Done(card);
      }
    };
  }

  private static EntryReceipt stocked(Change change, TemporaryCard card) {
    return change.record(
        organ(card.organ()), new TemporaryEvent.Stocked(card.spki(), card.label()));
  }

  private Optional<TemporaryCard> find(Change change, String organ, String spki) {
    return stock.ofOrgan(change.handle(), organ).stream()
        .filter(card -> card.spki().equals(spki))
        .findFirst();
  }

  /**
   * Hands a card out until the end of the day. The person's own cards are suspended and the
   * person's sessions end.
   *
   * @param attested staff number of who attests that the person is who they say
   */
  public Outcome hand(Asker asker, String organ, String spki, String person, String attested) {
    return unit(
        asker,
        person,
        change -> {
          Entry.Subject holder = Entry.Subject.person(organ, person);
          if (attested.equals(person)) {
            return refuse(change, holder, Refusal.TEMPORARY_OWN);
          }
          if (!(persons.currentIn(change.handle(), person, organ, change.now())
              instanceof Standing.Current)) {
            return refuse(change, holder, Refusal.PERSON_NOT_CURRENT);
          }
          Optional<TemporaryCard> found = find(change, organ, spki);
          if (found.isEmpty() || found.get().state() == State.RETURNED) {
            return refuse(change, holder, Refusal.TEMPORARY_UNKNOWN);
          }
          if (found.get().state() != State.STOCK
              || !stock.awayWith(change.handle(), person).isEmpty()) {
            return refuse(change, holder, Refusal.TEMPORARY_OUT);
          }
          Instant now = change.now();
          Instant end = Validity.start(Validity.day(now).plusDays(1));
          TemporaryCard out =
              found.get().handedTo(person, attested, now, end, suspendOwn(change, holder, person));
          EntryReceipt entry =
              change.record(
                  holder, new TemporaryEvent.HandedOut(out.spki(), out.label(), end.toString()));
          stock.update(change, entry, out);
          sessions.endOfPerson(change, person);
          return new Outcome.Done(out);
        });
  }

  private List<String> suspendOwn(Change change, Entry.Subject holder, String person) {
    List<String> suspended = new ArrayList<>();
    for (Authenticator card : own(change, person)) {
      if (card.state() == Authenticator.State.ACTIVE) {
        EntryReceipt entry = change.record(holder, new AuthenticatorEvent.Suspended(card.spki()));
        cards.update(change, entry, card.in(Authenticator.State.SUSPENDED));
        suspended.add(card.spki());
      }
    }
    return suspended;
  }

  private List<Authenticator> own(Change change, String person) {
    return cards.ofPerson(change.handle(), person).stream()
        .flatMap(found ->
            found instanceof Authenticators.Found.Sound(Authenticator card)
                ? java.util.stream.Stream.of(card)
                : java.util.stream.Stream.empty())
        .toList();
  }

  /** Takes a card back; the person's own cards count again, and the person's sessions end. */
  public Outcome takeBack(Asker asker, String organ, String spki) {
    return away(asker, organ, spki, State.RETURNED);
  }

  /** Writes a card off that will not come back, or takes one out of the stock. */
  public Outcome retire(Asker asker, String organ, String spki) {
    return away(asker, organ, spki, State.RETIRED);
  }

  private Outcome away(Asker asker, String organ, String spki, State to) {
    return judged(
        asker,
        "",
        change -> {
          Optional<TemporaryCard> found = find(change, organ, spki);
          if (found.isEmpty()) {
            return refuse(change, organ(organ), Refusal.TEMPORARY_UNKNOWN);
          }
          if (to == State.RETURNED && !found.get().isAway()) {
            return refuse(change, organ(organ), Refusal.TEMPORARY_BACK);
          }
          TemporaryCard card = found.get();
          String person = card.person();
          Entry.Subject holder =
              card.isAway() && person != null ? Entry.Subject.person(organ, person) : organ(organ);
          if (card.isAway() && person != null) {
            resumeOwn(change, holder, person, card.own());
            sessions.endOfPerson(change, person);
          }
          TemporaryCard now = card.in(to);
          EntryReceipt entry =
              change.record(
                  holder,
                  to == State.RETURNED
                      ? new TemporaryEvent.Returned(card.spki(), card.label())
                      : new TemporaryEvent.Retired(card.spki(), card.label()));
          stock.update(change, entry, now);
          asker.done(change, card.isAway() && person != null ? person : "");
          return new Outcome.Done(now);
        });
  }

  private void resumeOwn(
      Change change, Entry.Subject holder, String person, List<String> suspended) {
    for (Authenticator card : own(change, person)) {
      if (suspended.contains(card.spki()) && card.state() == Authenticator.State.SUSPENDED) {
        EntryReceipt entry = change.record(holder, new AuthenticatorEvent.Resumed(card.spki()));
        cards.update(change, entry, card.in(Authenticator.State.ACTIVE));
      }
    }
  }
}
