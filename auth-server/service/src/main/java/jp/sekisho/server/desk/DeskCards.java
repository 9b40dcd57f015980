package jp.sekisho.server.desk;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PinResetNote;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.DeskEvent;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.card.CardRegistry.Asker;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.card.TemporaryStock;
import jp.sekisho.server.card.WaitingCard;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Superiors;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The card desk (窓口): what a session's person does with other people's cards. Each request was
 * proved by card and PIN for exactly its action, person and card; the proof is used up before
 * anything is looked at. Thread-safe.
 */
public final class DeskCards {
  /**
   * Who hands temporary cards out and takes them back: administrators, and everybody who may decide
   * in the 機関 (決裁・代決), for they know their people and are there at 08:30.
   */
  public static final Set<Role> ATTESTERS = Set.of(Role.ADMIN, Role.APPROVER);

  private static final String REGISTER = "card-register";
  private static final String CONFIRM = "card-confirm";
  private static final String DECLINE = "card-decline";
  private static final int LARGEST_CERTIFICATE = 16 * 1024;

  private final Desk desk;
  private final CardRegistry registry;
  private final TemporaryStock stock;
  private final Authenticators cards;
  private final Superiors superiors;
  private final Transactions transactions;

  public DeskCards(
      Desk desk,
      CardRegistry registry,
      TemporaryStock stock,
      Authenticators cards,
      Superiors superiors,
      Transactions transactions) {
    this.desk = desk;
    this.registry = registry;
    this.stock = stock;
    this.cards = cards;
    this.superiors = superiors;
    this.transactions = transactions;
  }

  /** What became of a request. */
  public sealed interface Outcome {
    /**
     * Done.
     *
     * @param cards how many changed; none when a further card waits for a second word
     */
    record Done(int cards) implements Outcome {}

    /** Refused; the log says so. */
    record Refused(Refusal reason) implements Outcome {}
  }

  /** The parts of a request, of the form its action demands. */
  @SuppressWarnings("ArrayRecordComponent") // never changed; equality is not asked for
  private record Wish(String action, String person, String card, byte[] certificate) {
    /** What the step-up was for. */
    String proof() {
      StringBuilder text = new StringBuilder(action);
      if (!person.isEmpty()) {
        text.append(':').append(person);
      }
      if (certificate.length > 0) {
        text.append(':').append(Sha256.text(certificate));
      } else if (!card.isEmpty()) {
        text.append(':').append(card);
      }
      return text.toString();
    }

    byte[] spkiHash() {
      return decoded(card);
    }
  }

  /** The key that a request names; nobody's for text of the right form that is no encoding. */
  private static byte[] decoded(String card) {
    try {
      return Base64Url.decode(card);
    } catch (MalformedException e) {
      return new byte[0];
    }
  }

  /** Does what was asked for, or says why not. */
  public Outcome handle(Session session, DeskRequest request) {
    Optional<Wish> read = read(request);
    if (read.isEmpty()) {
      return refuse(session, "malformed", "", Refusal.INPUT_MALFORMED);
    }
    Wish wish = read.get();
    Set<Role> roles = roles(wish.action());
    if (!isOwn(session, wish) && !desk.holds(session, roles)) {
      return refuse(session, wish.action(), wish.person(), Refusal.ROLE_MISSING);
    }
    Optional<Refusal> unproved = desk.prove(session, wish.proof());
    if (unproved.isPresent()) {
      return refuse(session, wish.action(), wish.person(), unproved.get());
    }
    return act(session, wish, new BySession(session, wish.action(), wish.card(), roles));
  }

  private static Set<Role> roles(String action) {
    return switch (action) {
      case "temporary-hand", "temporary-return", CONFIRM, DECLINE -> ATTESTERS;
      default -> Desk.ADMINISTRATORS;
    };
  }

  /** Whether the session's person says a word about a further card of their own. */
  private static boolean isOwn(Session session, Wish wish) {
    return Set.of(CONFIRM, DECLINE).contains(wish.action())
        && wish.person().equals(session.person());
  }

  private Outcome act(Session session, Wish wish, BySession asker) {
    CardRegistry cards = registry.by(asker);
    String organ = session.organ();
    return switch (wish.action()) {
      case REGISTER -> of(cards.register(wish.person(), der(wish.certificate())));
      case CONFIRM -> of(cards.confirm(wish.person(), wish.spkiHash()));
      case DECLINE -> of(cards.decline(wish.person(), wish.spkiHash()));
      case "card-suspend" -> of(cards.suspend(wish.person()));
      case "card-resume" -> of(cards.resume(wish.person(), wish.card()));
      case "card-revoke" -> of(cards.revoke(wish.person(), wish.card()));
      case "temporary-stock" -> of(stock.stock(asker, organ, der(wish.certificate())));
      case "temporary-hand" ->
          of(stock.hand(asker, organ, wish.card(), wish.person(), session.person()));
      case "temporary-return" -> of(stock.takeBack(asker, organ, wish.card()));
      case "temporary-retire" -> of(stock.retire(asker, organ, wish.card()));
      default -> throw new IllegalStateException("a form without a deed");
    };
  }

  /**
   * Records that a card's PIN was reset at the issuing desk, and by whose halves of the PUK. What
   * was done there is not seen from here: the entry says who says so.
   */
  public Outcome notePinReset(Session session, PinResetNote note) {
    String action = "card-pin-reset";
    String proof = action + ":" + note.person() + ":" + note.card();
    if (!StepUps.isAction(proof)) {
      return refuse(session, "malformed", "", Refusal.INPUT_MALFORMED);
    }
    if (!desk.holds(session, Desk.ADMINISTRATORS)) {
      return refuse(session, action, note.person(), Refusal.ROLE_MISSING);
    }
    Optional<Refusal> unproved = desk.prove(session, proof);
    if (unproved.isPresent()) {
      return refuse(session, action, note.person(), unproved.get());
    }
    BySession asker = new BySession(session, action, note.card(), Desk.ADMINISTRATORS);
    return transactions.<Outcome, RuntimeException>write(change -> {
      Optional<Refusal> obstacle = asker.obstacle(change, note.person());
      if (obstacle.isPresent()) {
        return new Outcome.Refused(obstacle.get());
      }
      Optional<Refusal> fault = fault(change, session, note);
      change.record(
          session.subject(),
          fault
              .<DeskEvent>map(reason -> new DeskEvent.Refused(action, note.person(), reason))
              .orElseGet(() ->
                  new DeskEvent.PinReset(note.person(), note.card(), note.first(), note.second())));
      return fault.<Outcome>map(Outcome.Refused::new).orElseGet(() -> new Outcome.Done(1));
    });
  }

  private Optional<Refusal> fault(Change change, Session session, PinResetNote note) {
    boolean holders =
        Stream.of(note.person(), note.first(), note.second()).distinct().count() == 3
            && desk.knows(change.handle(), session, note.first(), change.now())
            && desk.knows(change.handle(), session, note.second(), change.now());
    if (!holders) {
      return Optional.of(Refusal.HALVES_TOGETHER);
    }
    boolean card =
        cards.ofPerson(change.handle(), note.person()).stream()
            .anyMatch(found ->
                found instanceof Authenticators.Found.Sound(Authenticator one)
                    && one.spki().equals(note.card())
                    && one.state() != Authenticator.State.REVOKED);
    return card ? Optional.empty() : Optional.of(Refusal.NOT_ENROLLED);
  }

  private static Outcome of(CardRegistry.Outcome outcome) {
    return switch (outcome) {
      case CardRegistry.Outcome.Registered _ -> new Outcome.Done(1);
      case CardRegistry.Outcome.Waits _ -> new Outcome.Done(0);
      case CardRegistry.Outcome.Changed(int cards, int others) -> new Outcome.Done(cards + others);
      case CardRegistry.Outcome.Refused(Refusal reason, String _) -> new Outcome.Refused(reason);
    };
  }

  private static Outcome of(TemporaryStock.Outcome outcome) {
    return switch (outcome) {
      case TemporaryStock.Outcome.Done _ -> new Outcome.Done(1);
      case TemporaryStock.Outcome.Refused(Refusal reason) -> new Outcome.Refused(reason);
    };
  }

  /**
   * What is no certificate stays as it is: the judgement of the trust refuses it, with an entry.
   */
  private static byte[] der(byte[] file) {
    try {
      return StaffTrust.der(file, "certificate");
    } catch (IOException e) {
      return file;
    }
  }

  private static Optional<Wish> read(DeskRequest request) {
    String person = orEmpty(request.person());
    String card = orEmpty(request.card());
    byte[] certificate;
    try {
      certificate = Base64Url.decode(orEmpty(request.certificate()));
    } catch (MalformedException e) {
      return Optional.empty();
    }
    Wish wish = new Wish(request.action(), person, card, certificate);
    // One form per action; what is too much is refused as well.
    boolean bothNamed = !card.isEmpty() && certificate.length > 0;
    return !bothNamed
            && certificate.length <= LARGEST_CERTIFICATE
            && StepUps.isAction(wish.proof())
            && (certificate.length > 0)
                == Set.of(REGISTER, "temporary-stock").contains(wish.action())
        ? Optional.of(wish)
        : Optional.empty();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private Outcome refuse(Session session, String action, String holder, Refusal reason) {
    transactions.write(
        change -> change.record(session.subject(), new DeskEvent.Refused(action, holder, reason)));
    return new Outcome.Refused(reason);
  }

  /**
   * Whether the session's person may say whether a card that waits shall count: its holder, or who
   * speaks for the holder.
   */
  public boolean speaks(Handle handle, Session session, WaitingCard card, Instant at) {
    return session.person().equals(card.person())
        || superiors.speaks(
            handle, session.person(), card.person(), card.askedBy(), session.organ(), at);
  }

  /** The session's person, asking for one action. */
  private final class BySession implements Asker {
    private final Session session;
    private final String action;
    private final String card;
    private final Set<Role> roles;

    BySession(Session session, String action, String card, Set<Role> roles) {
      this.session = session;
      this.action = action;
      this.card = card;
      this.roles = roles;
    }

    @Override
    public Optional<Refusal> obstacle(Change change, String holder) {
      boolean word = action.equals(CONFIRM) || action.equals(DECLINE);
      Optional<Refusal> obstacle =
          (word && holder.equals(session.person())
                  ? desk.obstacle(change, session)
                  : desk.obstacle(change, session, roles, holder))
              .or(() -> word ? silent(change, holder) : Optional.empty());
      obstacle.ifPresent(reason ->
          change.record(session.subject(), new DeskEvent.Refused(action, holder, reason)));
      return obstacle;
    }

    /** Why this person has no say about the card; administrators may always let it drop. */
    private Optional<Refusal> silent(Change change, String holder) {
      return cards
          .waiting()
          .find(change.handle(), holder, decoded(card), change.now())
          .filter(waiting ->
              !speaks(change.handle(), session, waiting, change.now())
                  && !(action.equals(DECLINE) && desk.gone(change.handle(), session).isEmpty()))
          .map(_ -> Refusal.CONFIRM_SUPERIOR);
    }

    @Override
    public void done(Change change, String holder) {
      change.record(session.subject(), new DeskEvent.Done(action, holder));
    }

    @Override
    public Optional<String> needsSecond() {
      return action.equals(REGISTER) ? Optional.of(session.person()) : Optional.empty();
    }
  }
}
