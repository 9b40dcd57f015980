package jp.sekisho.server.desk;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeskEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.person.Authority;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.StepUps.StepUp;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/**
 * The gate of the desk. Rights are asked within the unit that uses them and hold in one 機関 only:
 * the session's, for what is about persons and cards; for personnel files each 機関 in which the
 * person is an administrator with a post that day. Thread-safe.
 */
public final class Desk {
  /** Who looks after persons and cards. */
  public static final Set<Role> ADMINISTRATORS = Set.of(Role.ADMIN);

  private final Transactions transactions;
  private final Sessions sessions;
  private final Roles roles;
  private final Persons persons;
  private final StepUps stepUps;
  private final Predicate<Handle> setup;
  private final InstantSource clock;

  /**
   * @param setup whether the first start is not finished: until then an administrator of one 機関
   *     fills the offices of all of them
   */
  public Desk(
      Transactions transactions,
      Sessions sessions,
      Roles roles,
      Persons persons,
      StepUps stepUps,
      Predicate<Handle> setup,
      InstantSource clock) {
    this.transactions = transactions;
    this.sessions = sessions;
    this.roles = roles;
    this.persons = persons;
    this.stepUps = stepUps;
    this.setup = setup;
    this.clock = clock;
  }

  /** Whether the session's person holds one of these roles, and a post, in the session's 機関 now. */
  public boolean holds(Session session, Set<Role> any) {
    Instant now = clock.instant();
    return transactions.read(handle -> holds(handle, session, any, session.organ(), now));
  }

  /**
   * Writes down that the session's person is shown a page about others; it is shown after that is
   * durable.
   *
   * @param page as {@link DeskEvent.Viewed}
   * @param holder whom it is about; empty for a list
   */
  public void viewed(Session session, String page, String holder) {
    viewed(session, page, holder, "");
  }

  /**
   * As {@link #viewed(Session, String, String)}, of a page about one thing.
   *
   * @param item its id; empty for a list or a person
   */
  public void viewed(Session session, String page, String holder, String item) {
    EntryReceipt _ =
        transactions.write(
            change -> change.record(session.subject(), new DeskEvent.Viewed(page, holder, item)));
  }

  /** Writes down that such a page was not shown. */
  public void notShown(Session session, String page, String holder, Refusal reason) {
    EntryReceipt _ =
        transactions.write(change ->
            change.record(
                session.subject(), new DeskEvent.Refused("view-" + page, holder, reason)));
  }

  private boolean holds(Handle handle, Session session, Set<Role> any, String organ, Instant at) {
    return any.stream().anyMatch(role -> roles.has(handle, session.person(), role, organ, at))
        && persons.currentIn(handle, session.person(), organ, at) instanceof Standing.Current;
  }

  /** Whether somebody belongs to the session's 機関 now, or was one of it last. */
  public boolean knows(Handle handle, Session session, String person, Instant at) {
    return persons.belongs(handle, person, session.organ(), at);
  }

  /** The session's person as one who changes the directory; made for one call. */
  public Authority authority(Session session) {
    Map<String, Boolean> asked = new HashMap<>(); // a file asks per row
    return new Authority() {
      @Override
      public Entry.Subject subject() {
        return session.subject();
      }

      @Override
      public boolean covers(Handle handle, String organ, Instant at) {
        return asked.computeIfAbsent(
            organ,
            one ->
                sessions.active(handle, session.tokenHash(), at).isPresent()
                    && (holds(handle, session, ADMINISTRATORS, one, at)
                        || (setup.test(handle)
                            && holds(handle, session, ADMINISTRATORS, session.organ(), at))));
      }
    };
  }

  /**
   * Uses up the proof by card for this action.
   *
   * @return why it does not count: {@code STEP_UP_NEEDED}, also after a passkey, or {@code
   *     DESK_LOW}
   */
  public Optional<Refusal> prove(Session session, String action) {
    Optional<StepUp> proof = stepUps.take(session.name(), action);
    if (proof.isEmpty() || !proof.get().card()) {
      return Optional.of(Refusal.STEP_UP_NEEDED);
    }
    return proof.get().low() ? Optional.of(Refusal.DESK_LOW) : Optional.empty();
  }

  /** Why an administrator's session does not count any more, within a unit. */
  Optional<Refusal> gone(Handle handle, Session session) {
    Instant now = clock.instant();
    if (sessions.active(handle, session.tokenHash(), now).isEmpty()) {
      return Optional.of(Refusal.SESSION_ENDED);
    }
    return holds(handle, session, ADMINISTRATORS, session.organ(), now)
        ? Optional.empty()
        : Optional.of(Refusal.ROLE_MISSING);
  }

  /** Why a session's person may not do something that needs no role, within the unit. */
  Optional<Refusal> obstacle(Change change, Session session) {
    return sessions.active(change.handle(), session.tokenHash(), change.now()).isEmpty()
        ? Optional.of(Refusal.SESSION_ENDED)
        : Optional.empty();
  }

  /**
   * Why somebody with one of these roles may not do this for {@code holder}, within the unit; "" is
   * nobody.
   */
  public Optional<Refusal> obstacle(Change change, Session session, Set<Role> any, String holder) {
    if (sessions.active(change.handle(), session.tokenHash(), change.now()).isEmpty()) {
      return Optional.of(Refusal.SESSION_ENDED);
    }
    if (!holds(change.handle(), session, any, session.organ(), change.now())) {
      return Optional.of(Refusal.ROLE_MISSING);
    }
    return holder.isEmpty()
            || knows(change.handle(), session, holder, change.now())
            || setup.test(change.handle())
        ? Optional.empty()
        : Optional.of(Refusal.DESK_PERSON);
  }
}
