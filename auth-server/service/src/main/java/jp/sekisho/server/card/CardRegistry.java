package jp.sekisho.server.card;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AuthenticatorEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.card.Authenticators.Found;
import jp.sekisho.server.card.StaffTrust.Judgement;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Registers, suspends and resumes staff cards; each is one unit with its entry. A suspension stops
 * the person's other authenticators too: whoever had the card for two minutes may have registered
 * one. Lifting it lifts the cards only. Thread-safe.
 *
 * <p>Past 400 lines: each act is a unit of a few lines, and all share the rows of one person's
 * cards.
 */
public final class CardRegistry {
  private final Transactions transactions;
  private final Authenticators cards;
  private final CardTrust trust;
  private final Holders holders;
  private final Sessions sessions;
  private final Others others;
  private final TemporaryCards temporary;
  private final WaitingCards waiting;
  private final Asker asker;

  /** Who asks for something, judged within the unit that does it. */
  public interface Asker {
    /** The console: whoever may run it may do everything. */
    Asker CONSOLE =
        new Asker() {
          @Override
          public Optional<Refusal> obstacle(Change change, String holder) {
            return Optional.empty();
          }

          @Override
          public void done(Change change, String holder) {
            // What was done has its own entry; the console has nobody to name.
          }
        };

    /**
     * Why this may not be done for {@code holder}; then its entry was written. A {@code holder} of
     * "" is nobody: a card of the stock.
     */
    Optional<Refusal> obstacle(Change change, String holder);

    /** Writes who did it, and whose card it was about. */
    void done(Change change, String holder);

    /**
     * Staff number of somebody whose word alone gives nobody a further card; empty when it does.
     */
    default Optional<String> needsSecond() {
      return Optional.empty();
    }
  }

  /** The other authenticators of a person. */
  @FunctionalInterface
  public interface Others {
    /** Suspends every active one, each with an entry about {@code holder}; how many. */
    int suspend(Change change, Entry.Subject holder, String person);
  }

  /** Who may hold a card. */
  @FunctionalInterface
  public interface Holders {
    /** The organ of the person's post, current or to come; empty when there is none. */
    Optional<String> organ(Change change, String person);
  }

  /** What became of a command. */
  public sealed interface Outcome {
    /** The card is registered. */
    record Registered(Authenticator card) implements Outcome {}

    /** Nothing counts yet: the person has or had a card, and a second word is needed. */
    record Waits(WaitingCard card) implements Outcome {}

    /**
     * So many changed their state.
     *
     * @param others authenticators that are no cards
     */
    record Changed(int cards, int others) implements Outcome {}

    /**
     * Refused; the log says so.
     *
     * @param detail for the operator
     */
    record Refused(Refusal reason, String detail) implements Outcome {}
  }

  public CardRegistry(
      Transactions transactions,
      Authenticators cards,
      CardTrust trust,
      Holders holders,
      Sessions sessions,
      Others others) {
    this(transactions, cards, trust, holders, sessions, others, Asker.CONSOLE);
  }

  private CardRegistry(
      Transactions transactions,
      Authenticators cards,
      CardTrust trust,
      Holders holders,
      Sessions sessions,
      Others others,
      Asker asker) {
    this.transactions = transactions;
    this.cards = cards;
    this.trust = trust;
    this.holders = holders;
    this.sessions = sessions;
    this.others = others;
    this.temporary = cards.temporary();
    this.waiting = cards.waiting();
    this.asker = asker;
  }

  /** This registry for somebody who may not do everything. */
  public CardRegistry by(Asker other) {
    return new CardRegistry(transactions, cards, trust, holders, sessions, others, other);
  }

  /** One unit: the asker's right, the work, the asker's entry. */
  private Outcome unit(String person, Function<Change, Outcome> work) {
    return transactions.write(change -> {
      Optional<Refusal> obstacle = asker.obstacle(change, person);
      if (obstacle.isPresent()) {
        return new Outcome.Refused(obstacle.get(), "not for this asker");
      }
      Outcome outcome = work.apply(change);
      if (!(outcome instanceof Outcome.Refused || outcome instanceof Outcome.Waits)) {
        asker.done(change, person);
      }
      return outcome;
    });
  }

  /** As {@link #register(CardKind, String, byte[])}, of a staff card. */
  public Outcome register(String person, byte[] certificate) {
    return register(CardKind.STAFF_PIV, person, certificate);
  }

  /**
   * Registers the card with this certificate for a person. Where the certificate names a staff
   * number, it must be the person's; a My Number card names none, so there the person at the
   * console vouches.
   *
   * @param kind how the card will be spoken to
   * @param certificate DER
   */
  public Outcome register(CardKind kind, String person, byte[] certificate) {
    return register(kind, person, certificate, trust.judge(kind, certificate));
  }

  /** Registers a staff card that was tried at hand; one that proved nothing is an entry too. */
  public Outcome register(String person, CardAtHand.Shown shown) {
    return switch (shown) {
      case CardAtHand.Shown.Asks(byte[] certificate, boolean attested) -> {
        Judgement judgement = trust.judge(CardKind.STAFF_PIV, certificate);
        yield register(
            CardKind.STAFF_PIV,
            person,
            certificate,
            // The maker's word stands beside the CA's, never in its place: path and number count.
            attested && judgement instanceof Judgement.Trusted trusted
                ? new Judgement.Trusted(
                    trusted.certificate(), trusted.number(), Authenticator.Assurance.NORMAL)
                : judgement);
      }
      case CardAtHand.Shown.Unproved(String detail) ->
          refused(person, Refusal.CARD_UNPROVED, detail);
      case CardAtHand.Shown.Unreadable(String detail) ->
          refused(person, Refusal.CARD_FAILED, detail);
    };
  }

  private Outcome refused(String person, Refusal reason, String detail) {
    return unit(
        person,
        change ->
            refuse(
                change,
                new Entry.Subject(
                    holders.organ(change, person).orElse(null), person, null, null, null),
                reason,
                detail));
  }

  private Outcome register(CardKind kind, String person, byte[] certificate, Judgement judgement) {
    return unit(
        person,
        change -> {
          var organ = holders.organ(change, person);
          if (organ.isEmpty()) {
            Entry.Subject nobody = new Entry.Subject(null, person, null, null, null);
            return refuse(change, nobody, Refusal.PERSON_NOT_CURRENT, "no post, now or to come");
          }
          Entry.Subject holder = Entry.Subject.person(organ.get(), person);
          return switch (judgement) {
            case Judgement.Distrusted(Refusal reason, String detail) ->
                refuse(change, holder, reason, detail);
            case Judgement.Trusted trusted ->
                register(change, holder, kind, person, trusted, certificate);
          };
        });
  }

  private Outcome register(
      Change change,
      Entry.Subject holder,
      CardKind kind,
      String person,
      Judgement.Trusted trusted,
      byte[] certificate) {
    if (kind != CardKind.JPKI && !trusted.number().filter(person::equals).isPresent()) {
      return refuse(
          change, holder, Refusal.CARD_OTHER_NUMBER, "the certificate names another staff number");
    }
    byte[] spki = Sha256.of(trusted.certificate().getPublicKey().getEncoded());
    Found known = cards.find(change.handle(), spki);
    if (known instanceof Found.Sound(Authenticator card)
        && card.person().equals(person)
        && card.kind() == kind
        && card.state() != State.REVOKED
        && !Arrays.equals(card.certificateHash(), Sha256.of(certificate))) {
      return relink(change, holder, card.linkedTo(Sha256.of(certificate), trusted.assurance()));
    }
    if (!(known instanceof Found.Absent) || temporary.isKnown(change.handle(), spki)) {
      return refuse(change, holder, Refusal.CARD_TAKEN, "this key is registered already");
    }
    boolean another = !cards.ofPerson(change.handle(), person).isEmpty();
    Optional<String> alone = asker.needsSecond();
    if (another && alone.isPresent()) {
      EntryReceipt entry =
          change.record(holder, new AuthenticatorEvent.Awaits(Base64Url.encode(spki), alone.get()));
      WaitingCard card =
          new WaitingCard(
              spki,
              person,
              Objects.requireNonNull(holder.organ()),
              certificate,
              alone.get(),
              change.now());
      waiting.insert(change, entry, card);
      return new Outcome.Waits(card);
    }
    Authenticator card =
        new Authenticator(
            spki, person, kind, Sha256.of(certificate), trusted.assurance(), State.ACTIVE);
    EntryReceipt entry =
        change.record(
            holder,
            new AuthenticatorEvent.Registered(kind.text(), card.spki(), card.assurance().text()));
    cards.insert(change, entry, card);
    if (another) {
      cards.news().insert(change, entry, card);
    }
    return new Outcome.Registered(card);
  }

  /** Registers a card that waited, on the second word of the asker. */
  public Outcome confirm(String person, byte[] spkiHash) {
    // The path is judged outside the unit, which asks anew whether the card still waits.
    Judgement judgement =
        transactions
            .<Optional<WaitingCard>>read(
                handle -> waiting.find(handle, person, spkiHash, Instant.EPOCH))
            .map(card -> trust.judge(CardKind.STAFF_PIV, card.certificate()))
            .orElseGet(() -> new Judgement.Distrusted(Refusal.CONFIRM_UNKNOWN, "nothing waits"));
    return unit(
        person,
        change -> {
          Optional<WaitingCard> found =
              waiting.find(change.handle(), person, spkiHash, change.now());
          Entry.Subject holder =
              new Entry.Subject(
                  found.map(WaitingCard::organ).orElse(null), person, null, null, null);
          if (found.isEmpty()) {
            return refuse(change, holder, Refusal.CONFIRM_UNKNOWN, "nothing waits");
          }
          return switch (judgement) {
            case Judgement.Distrusted(Refusal reason, String detail) ->
                refuse(change, holder, reason, detail);
            case Judgement.Trusted trusted -> {
              waiting.delete(change, found.get());
              yield register(
                  change, holder, CardKind.STAFF_PIV, person, trusted, found.get().certificate());
            }
          };
        });
  }

  /** Drops a card that waited. */
  public Outcome decline(String person, byte[] spkiHash) {
    return unit(
        person,
        change -> {
          Optional<WaitingCard> found =
              waiting.find(change.handle(), person, spkiHash, change.now());
          Entry.Subject holder =
              new Entry.Subject(
                  found.map(WaitingCard::organ).orElse(null), person, null, null, null);
          if (found.isEmpty()) {
            return refuse(change, holder, Refusal.CONFIRM_UNKNOWN, "nothing waits");
          }
          EntryReceipt entry =
              change.record(holder, new AuthenticatorEvent.Declined(found.get().spki()));
          waiting.decline(change, entry, found.get());
          return new Outcome.Changed(1, 0);
        });
  }

  /** The certificate was renewed over the same key: the card stays what it was. */
  private Outcome relink(Change change, Entry.Subject holder, Authenticator card) {
    EntryReceipt entry =
        change.record(
            holder, new AuthenticatorEvent.Relinked(card.spki(), card.assurance().text()));
    cards.relink(change, entry, card);
    return new Outcome.Registered(card);
  }

  /** Lifts the suspension of one card of a person. */
  public Outcome resume(String person, String spki) {
    return one(person, spki, State.SUSPENDED, State.ACTIVE);
  }

  /** Takes one card of a person out of use for good and ends the person's sessions. */
  public Outcome revoke(String person, String spki) {
    return one(person, spki, null, State.REVOKED);
  }

  private Outcome one(String person, String spki, @Nullable State from, State to) {
    return unit(
        person,
        change -> {
          Entry.Subject holder =
              new Entry.Subject(
                  holders.organ(change, person).orElse(null), person, null, null, null);
          if (to == State.ACTIVE && hasTemporary(change, person)) {
            return refuse(change, holder, Refusal.TEMPORARY_OUT, "a temporary card counts");
          }
          for (Found row : cards.ofPerson(change.handle(), person)) {
            if (row instanceof Found.Sound(Authenticator card)
                && card.spki().equals(spki)
                && card.state() != to
                && card.state() != State.REVOKED
                && (from == null || card.state() == from)) {
              EntryReceipt entry =
                  change.record(
                      holder,
                      to == State.REVOKED
                          ? new AuthenticatorEvent.Revoked(spki)
                          : new AuthenticatorEvent.Resumed(spki));
              cards.update(change, entry, card.in(to));
              if (to == State.REVOKED) {
                sessions.endOfPerson(change, person);
              }
              return new Outcome.Changed(1, 0);
            }
          }
          return refuse(change, holder, Refusal.NOT_ENROLLED, "no such card of this person");
        });
  }

  /** With a temporary card and the own one two people could be one person until midnight. */
  private boolean hasTemporary(Change change, String person) {
    return temporary.awayWith(change.handle(), person).stream()
        .anyMatch(card -> card.state() == TemporaryCard.State.OUT && !card.isOverdue(change.now()));
  }

  /** Suspends every active card and passkey of a person and ends the person's sessions. */
  public Outcome suspend(String person) {
    return change(person, State.ACTIVE, State.SUSPENDED);
  }

  /** Lifts the suspension of every suspended card of a person, and of nothing else. */
  public Outcome resume(String person) {
    return change(person, State.SUSPENDED, State.ACTIVE);
  }

  private Outcome change(String person, State from, State to) {
    return unit(
        person,
        change -> {
          List<Authenticator> found = new ArrayList<>();
          for (Found row : cards.ofPerson(change.handle(), person)) {
            if (row instanceof Found.Sound(Authenticator card) && card.state() == from) {
              found.add(card);
            }
          }
          // A person who has left keeps no organ, but the card must still be stopped.
          Entry.Subject holder =
              new Entry.Subject(
                  holders.organ(change, person).orElse(null), person, null, null, null);
          if (to == State.ACTIVE && hasTemporary(change, person)) {
            return refuse(change, holder, Refusal.TEMPORARY_OUT, "a temporary card counts");
          }
          int stopped =
              to == State.SUSPENDED
                  ? others.suspend(change, holder, person) + temporary.stop(change, holder, person)
                  : 0;
          if (found.isEmpty() && stopped == 0) {
            return refuse(change, holder, Refusal.NOT_ENROLLED, "no such card of this person");
          }
          for (Authenticator card : found) {
            EntryReceipt entry =
                change.record(
                    holder,
                    to == State.SUSPENDED
                        ? new AuthenticatorEvent.Suspended(card.spki())
                        : new AuthenticatorEvent.Resumed(card.spki()));
            cards.update(change, entry, card.in(to));
          }
          if (to == State.SUSPENDED) {
            sessions.endOfPerson(change, person);
          }
          return new Outcome.Changed(found.size(), stopped);
        });
  }

  private static Outcome refuse(
      Change change, Entry.Subject holder, Refusal reason, String detail) {
    change.record(holder, new AuthenticatorEvent.Refused(reason));
    return new Outcome.Refused(reason, detail);
  }
}
