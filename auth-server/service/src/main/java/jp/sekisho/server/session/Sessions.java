package jp.sekisho.server.session;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.listener.PerMinute;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.session.SessionLimits.Fate;
import jp.sekisho.server.session.SessionRepository.Found;
import jp.sekisho.server.session.SessionRepository.Kept;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Seldom;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The life of web sessions. Every change is a unit with its entry; every question is answered by
 * the row's seal and the clock first, so a sweeper that does not run loosens nothing. Thread-safe.
 *
 * <p>Over 400 lines, for all that ever ends or suspends a session stands here.
 */
public final class Sessions {
  private static final Duration KEEP_ENDED = Duration.ofDays(1);

  /** So long a page that asks how its session is may still show the cookie from before. */
  public static final Duration GRACE = Duration.ofSeconds(10);

  private final Transactions transactions;
  private final SessionRepository repository;
  private final SessionLimits limits;
  private final Sources sources;
  private final InstantSource clock;
  private final Activity activity;
  private final DepartedCards departed;
  private final TamperedRows tampered;
  private final PerMinute bound = new PerMinute();
  private final Seldom forgetting = new Seldom();

  /**
   * @param sources what a session's use is bound to
   */
  public Sessions(
      Transactions transactions,
      RowSeal seal,
      SessionLimits limits,
      Sources sources,
      InstantSource clock) {
    this.transactions = transactions;
    this.repository = new SessionRepository(seal);
    this.limits = limits;
    this.sources = sources;
    this.clock = clock;
    this.activity = new Activity(clock);
    this.departed = new DepartedCards(clock);
    this.tampered = new TamperedRows(transactions);
  }

  /**
   * A login that may become a session.
   *
   * @param post null when the person has none of its own
   * @param source network address of the browser that asked
   * @param relying where it is kept when not in a cookie of ours; null for our own
   */
  public record Opening(
      String person,
      String organ,
      @Nullable String post,
      String terminal,
      String boot,
      String transaction,
      String assurance,
      InetAddress source,
      @Nullable Relying relying) {
    /** A login that becomes a session of our own. */
    public Opening(
        String person,
        String organ,
        @Nullable String post,
        String terminal,
        String boot,
        String transaction,
        String assurance,
        InetAddress source) {
      this(person, organ, post, terminal, boot, transaction, assurance, source, null);
    }
  }

  /** Whether a call counts against the idle limit. */
  public enum Use {
    /** The person did something. */
    ACTIVITY,
    /** The page asked by itself. */
    LOOK
  }

  /**
   * What {@code token} is worth now. Writes what the clock decided since the last call, and answers
   * only after that is durable. A cookie that comes from elsewhere than its login was copied: it is
   * refused ADDRESS_MISMATCH with an entry, and the session of the person goes on.
   *
   * <p>A cookie that an unlock or a step-up replaced is worth a locked session: nothing without
   * card and PIN, and a browser that never got the answer with the new one goes on where it was.
   * Only what a page asks by itself is answered for {@link #GRACE} as if nothing had happened,
   * since such a question may be under way. Older cookies are nobody's.
   *
   * @param source network address of the caller
   * @throws jp.sekisho.server.storage.StorageException then the call must be refused
   */
  public Resolution resolve(Token token, Use use, InetAddress source) {
    byte[] hash = token.hash();
    return switch (transactions.<Found>read(handle -> repository.ofCookie(handle, hash))) {
      case Found.Absent() -> new Resolution.Refused(Refusal.SESSION_NONE);
      case Found.Tampered(String name) -> {
        tampered.report(SessionRepository.TABLE, name);
        yield new Resolution.Refused(Refusal.STATE_TAMPERED);
      }
      // Its secret is nobody's cookie: a relying service has its own routes.
      case Found.Sound(Session session) when session.relying() != null ->
          new Resolution.Refused(Refusal.SESSION_NONE);
      case Found.Sound(Session session) when isElsewhere(session, source) -> {
        reportElsewhere(session, source);
        yield new Resolution.Refused(Refusal.ADDRESS_MISMATCH);
      }
      case Found.Sound(Session session) -> {
        Instant now = clock.instant();
        boolean stays = limits.fate(session, activity.last(session), now) instanceof Fate.Stays;
        Session settled = stays ? session : settle(session);
        yield switch (settled.cookie(hash)) {
          case VALID -> worth(settled, use, now);
          case REPLACED ->
              worth(isUnderWay(settled, use, now) ? settled : locked(settled), use, now);
          case OLD -> new Resolution.Refused(Refusal.SESSION_NONE);
        };
      }
    };
  }

  private static boolean isUnderWay(Session session, Use use, Instant now) {
    Session.Secret secret = session.secret();
    return use == Use.LOOK && secret != null && now.isBefore(secret.since().plus(GRACE));
  }

  private static Session locked(Session session) {
    return session.state() == Session.State.ACTIVE
        ? session.in(Session.State.SUSPENDED, null, session.changed())
        : session;
  }

  private boolean isElsewhere(Session session, InetAddress source) {
    String name = sources.name(source);
    return name != null
        && session.source() != null
        && session.state() != Session.State.ENDED
        && !name.equals(session.source());
  }

  /** One entry per session and minute. */
  private void reportElsewhere(Session session, InetAddress source) {
    String name = sources.name(source);
    PerMinute.Call call = bound.call();
    transactions.write(change -> {
      if (name != null && call.first(session.name(), change.now())) {
        change.record(session.subject(), new SessionEvent.Refused(name, Refusal.ADDRESS_MISMATCH));
      } else {
        change.unchanged();
      }
      return null;
    });
  }

  private Resolution worth(Session session, Use use, Instant now) {
    return switch (session.state()) {
      case ACTIVE -> {
        if (use == Use.ACTIVITY) {
          activity.used(session, now);
        }
        yield new Resolution.Active(session);
      }
      case SUSPENDED -> new Resolution.Suspended(session);
      case ENDED -> new Resolution.Refused(Refusal.SESSION_ENDED);
    };
  }

  /**
   * Begins a session as part of the unit that records its login; every earlier session of the
   * terminal ends in it, except the same person's that another system keeps: ours and each relying
   * service's stand side by side.
   *
   * @param login the entry of the login
   */
  public void open(Change change, EntryReceipt login, Token token, Opening opening) {
    open(change, login, token, opening, null, Instant.MAX);
  }

  /**
   * As {@link #open(Change, EntryReceipt, Token, Opening)}.
   *
   * @param authenticator which one proved the person, as {@link Session#authenticator}
   * @param latest no call succeeds from here on, even if the usual limit is later
   */
  public void open(
      Change change,
      EntryReceipt login,
      Token token,
      Opening opening,
      @Nullable String authenticator,
      Instant latest) {
    for (Session earlier :
        sound(change, repository.openOfTerminal(change.handle(), opening.terminal()))) {
      boolean same = earlier.person().equals(opening.person());
      if (same && keptElsewhere(earlier, opening.relying())) {
        continue;
      }
      end(change, earlier, same ? Cause.REPLACED : Cause.OTHER_PERSON);
    }
    if (forgetting.isDue(change.now())) {
      repository.forgetEnded(change, change.now().minus(KEEP_ENDED));
    }
    Instant now = change.now();
    Instant usual = now.plus(limits.absolute());
    repository.insert(
        change,
        login,
        new Session(
            token.hash(),
            opening.person(),
            opening.organ(),
            opening.post(),
            opening.terminal(),
            opening.boot(),
            opening.transaction(),
            opening.assurance(),
            Session.State.ACTIVE,
            null,
            now,
            now,
            now,
            latest.isBefore(usual) ? latest : usual,
            sources.name(opening.source()),
            authenticator,
            opening.relying(),
            null));
  }

  private static boolean keptElsewhere(Session earlier, @Nullable Relying relying) {
    Relying before = earlier.relying();
    String one = before == null ? "" : before.service() + " " + before.realm();
    String other = relying == null ? "" : relying.service() + " " + relying.realm();
    return !one.equals(other);
  }

  /**
   * The end of a session that a relying service keeps.
   *
   * @param relying which one
   * @param changed when
   */
  public record KeptEnd(Relying relying, Instant changed, Cause cause) {}

  private record Place(@Nullable Relying relying, String person, String terminal) {
    static Place of(Session session) {
      return new Place(session.relying(), session.person(), session.terminal());
    }
  }

  /**
   * Sessions of a relying service's realm that ended at {@code after} (milliseconds UTC) or later,
   * oldest first, without those that a later login of the same person at the same terminal goes on
   * with. A row that fails its seal counts as ended now, whatever its state, and hides no other
   * end. Writes what the clock decided only at the next sweep, at most 15 seconds later.
   */
  public List<KeptEnd> endedOf(String service, String realm, long after, int most) {
    List<Kept> rows =
        transactions.<List<Kept>>read(
            handle -> repository.keptSince(handle, service, realm, after));
    Set<Place> goesOn = new HashSet<>();
    List<Kept> unsound = new ArrayList<>();
    for (Kept row : rows) {
      if (!(row.found() instanceof Found.Sound(Session session))) {
        unsound.add(row);
      } else if (session.state() != Session.State.ENDED) {
        goesOn.add(Place.of(session));
      }
    }
    List<KeptEnd> ended = new ArrayList<>();
    for (Kept row : rows) {
      if (row.found() instanceof Found.Sound(Session session)
          && session.state() == Session.State.ENDED
          && ended.size() < most
          && !goesOn.contains(Place.of(session))) {
        ended.add(
            new KeptEnd(
                Objects.requireNonNull(session.relying()),
                session.changed(),
                Objects.requireNonNullElse(session.cause(), Cause.REVOKED)));
      }
    }
    // Whoever writes many of these must not push out an end nor hide one of them for long; and a
    // full list would say that the next question may begin at its last time.
    Collections.shuffle(unsound);
    Instant now = clock.instant();
    for (Kept row : unsound) {
      if (ended.size() >= most - 1) {
        break;
      }
      if (row.found() instanceof Found.Tampered(String name)) {
        tampered.report(SessionRepository.TABLE, name);
      }
      if (Relying.isId(row.session())) {
        ended.add(new KeptEnd(new Relying(service, realm, row.session()), now, Cause.REVOKED));
      }
    }
    return ended;
  }

  /**
   * Why a session of a relying service may not be opened for this person at this terminal: {@code
   * SESSION_OTHER_PERSON} or {@code TRANSACTION_BOUND} when somebody else or another terminal has
   * the one of this id. Its end would end what the other has, or not end.
   */
  public Optional<Refusal> obstacle(
      Handle handle, Relying relying, String person, String terminal, Instant now) {
    for (Found found : repository.openAs(handle, relying)) {
      if (found instanceof Found.Sound(Session session)
          && !(limits.fate(session, activity.last(session), now) instanceof Fate.Over)) {
        if (!session.person().equals(person)) {
          return Optional.of(Refusal.SESSION_OTHER_PERSON);
        }
        if (!session.terminal().equals(terminal)) {
          return Optional.of(Refusal.TRANSACTION_BOUND);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Terminal of the open session that a relying service keeps under this id; none where its browser
   * is elsewhere than at the login.
   *
   * @param source network address of the browser now
   */
  public Optional<String> terminalOf(
      Handle handle, Relying relying, InetAddress source, Instant now) {
    for (Found found : repository.openAs(handle, relying)) {
      if (found instanceof Found.Sound(Session session)
          && isActive(session, now)
          && !isElsewhere(session, source)) {
        return Optional.of(session.terminal());
      }
    }
    return Optional.empty();
  }

  /** Ends all sessions of a relying service whose registration is removed. */
  public void endOfService(Change change, String service) {
    sound(change, repository.openOfService(change.handle(), service))
        .forEach(session -> end(change, session, Cause.REVOKED));
  }

  /** Whether the card that answered {@code transaction} is known to have left already. */
  public boolean cardLeft(String transaction) {
    return departed.holds(transaction);
  }

  /** The session that an unlock may resume: suspended, sound and not over by the clock. */
  public Optional<Session> resumable(Handle handle, byte[] tokenHash, Instant now) {
    return repository.find(handle, tokenHash) instanceof Found.Sound(Session session)
            && session.state() != Session.State.ENDED
            && !(limits.fate(session, activity.last(session), now) instanceof Fate.Over)
        ? Optional.of(session)
        : Optional.empty();
  }

  /** The session of this hash if it is sound and active, by its row and by the clock. */
  public Optional<Session> active(Handle handle, byte[] tokenHash, Instant now) {
    return repository.find(handle, tokenHash) instanceof Found.Sound(Session session)
            && isActive(session, now)
        ? Optional.of(session)
        : Optional.empty();
  }

  /**
   * The person's active session of our own at a terminal, if there is one, by its row and by the
   * clock; one that another system keeps says nothing of who sits there now.
   */
  public Optional<Session> activeAt(Handle handle, String terminal, String person, Instant now) {
    for (Found found : repository.openOfTerminal(handle, terminal)) {
      if (found instanceof Found.Sound(Session session)
          && session.relying() == null
          && session.person().equals(person)
          && isActive(session, now)) {
        return Optional.of(session);
      }
    }
    return Optional.empty();
  }

  /** What {@link #open} and {@link #openAt} ask of the sessions at a terminal. */
  public static Look look(String terminal) {
    return SessionRepository.look(terminal);
  }

  /** The sessions of a terminal that are not ended, locked ones too. */
  public List<Session> openAt(Handle handle, String terminal) {
    return repository.openOfTerminal(handle, terminal).stream()
        .flatMap(found ->
            found instanceof Found.Sound(Session session) ? Stream.of(session) : Stream.empty())
        .toList();
  }

  private boolean isActive(Session session, Instant now) {
    return session.state() == Session.State.ACTIVE
        && limits.fate(session, activity.last(session), now) instanceof Fate.Stays;
  }

  /** Fixes the acting post of an undecided session as part of the unit that checked it. */
  public void choose(Change change, Session session, String post) {
    Session acting = session.acting(post);
    EntryReceipt entry = change.record(acting.subject(), new SessionEvent.PostChosen());
    repository.choose(change, entry, acting);
  }

  /**
   * Resumes a session as part of the unit that records its unlock.
   *
   * @param assurance of the authenticator that did
   * @param by that authenticator, as {@link Session#authenticator}
   * @param shown hash of the cookie that the browser asked with
   * @param token goes into its cookie from now on
   */
  public void resume(
      Change change,
      Session session,
      String unlock,
      String boot,
      String assurance,
      String by,
      byte[] shown,
      Token token) {
    EntryReceipt entry = change.record(session.subject(), new SessionEvent.Resumed());
    Instant now = change.now();
    repository.update(
        change,
        entry,
        session.resumedBy(unlock, boot, assurance, by, now).renewed(token.hash(), shown, now));
  }

  /**
   * Gives an active session another cookie as part of the unit that records a step-up in it.
   *
   * @param stepUp the entry of the step-up
   */
  public void renew(Change change, EntryReceipt stepUp, Session session, Token token) {
    repository.update(change, stepUp, session.renewed(token.hash(), change.now()));
  }

  /**
   * Ends the session of {@code token} if there is one; a suspended one too, and none whose cookie
   * comes from elsewhere than its login.
   *
   * @param source network address of the caller
   */
  public void logout(Token token, InetAddress source) {
    byte[] hash = token.hash();
    transactions.write(change -> {
      if (repository.ofCookie(change.handle(), hash) instanceof Found.Sound(Session session)
          && session.cookie(hash) != Session.Cookie.OLD
          && session.state() != Session.State.ENDED
          && !isElsewhere(session, source)) {
        end(change, session, Cause.LOGOUT);
      } else {
        change.unchanged();
      }
      return null;
    });
  }

  /** Ends all sessions of a person whose card or post was taken away. */
  public void endOfPerson(Change change, String person) {
    sound(change, repository.openOfPerson(change.handle(), person))
        .forEach(session -> end(change, session, Cause.REVOKED));
  }

  /** The person's open sessions, in every 機関 and whoever keeps them, as the clock sees them. */
  public List<Session> openOfPerson(Handle handle, String person) {
    return asOfNow(repository.openOfPerson(handle, person));
  }

  /** The open sessions in a 機関, as the clock sees them. */
  public List<Session> openOfOrgan(Handle handle, String organ) {
    return asOfNow(repository.openOfOrgan(handle, organ));
  }

  /** A row that fails its seal is no session; the next sweep says so in the log. */
  private List<Session> asOfNow(List<Found> rows) {
    Instant now = clock.instant();
    List<Session> sessions = new ArrayList<>();
    for (Found found : rows) {
      if (found instanceof Found.Sound(Session session)) {
        switch (limits.fate(session, activity.last(session), now)) {
          case Fate.Stays() -> sessions.add(session);
          case Fate.Suspended(Instant at) ->
              sessions.add(session.in(Session.State.SUSPENDED, Cause.IDLE, at));
          case Fate.Over _ -> {
            // Not written down yet, and over all the same.
          }
        }
      }
    }
    return sessions;
  }

  /**
   * Ends an open session as part of the unit that found it in {@link #openOfPerson} or {@link
   * #openOfOrgan}.
   */
  public void endListed(Change change, Session listed, Cause cause) {
    Session _ = end(change, listed, cause);
  }

  /** Whether the person still holds the post; null: any post in the organ. */
  @FunctionalInterface
  public interface PostHeld {
    boolean test(Handle handle, String person, String organ, @Nullable String post, Instant at);
  }

  /**
   * Ends the sessions of persons who no longer hold the post that they act in; while none is chosen
   * any post in the session's organ will do.
   */
  public void endWithoutPost(PostHeld held) {
    List<Session> candidates =
        transactions.<List<Session>>read(handle ->
            repository.open(handle).stream()
                .flatMap(found ->
                    found instanceof Found.Sound(Session session)
                            && !holdsPost(handle, session, held, clock.instant())
                        ? java.util.stream.Stream.of(session)
                        : java.util.stream.Stream.empty())
                .toList());
    for (Session candidate : candidates) {
      transactions.write(change -> {
        if (repository.find(change.handle(), candidate.tokenHash())
                instanceof Found.Sound(Session session)
            && session.state() != Session.State.ENDED
            && !holdsPost(change.handle(), session, held, change.now())) {
          end(change, session, Cause.REVOKED);
        } else {
          change.unchanged();
        }
        return null;
      });
    }
  }

  private static boolean holdsPost(Handle handle, Session session, PostHeld held, Instant at) {
    String post = session.post();
    try {
      return post == null
          || held.test(
              handle, session.person(), session.organ(), session.isUndecided() ? null : post, at);
    } catch (TamperedException e) {
      return false; // and the others still have their turn; the person's next step says why
    }
  }

  /** Ends all sessions of a person but one: an authenticator of theirs was taken away. */
  public void endOthersOfPerson(Change change, Session kept) {
    for (Session session : sound(change, repository.openOfPerson(change.handle(), kept.person()))) {
      if (!session.name().equals(kept.name())) {
        end(change, session, Cause.REVOKED);
      }
    }
  }

  /** Writes down what the clock decided about sessions nobody asks for any more. */
  public void sweep() {
    Instant now = clock.instant();
    Set<String> names = new HashSet<>();
    for (Found found : transactions.<List<Found>>read(repository::open)) {
      switch (found) {
        case Found.Sound(Session session) -> {
          names.add(session.name());
          if (!(limits.fate(session, activity.last(session), now) instanceof Fate.Stays)) {
            settle(session);
          }
        }
        case Found.Tampered(String name) -> tampered.report(SessionRepository.TABLE, name);
        case Found.Absent() -> {
          // A list holds rows only.
        }
      }
    }
    activity.keep(names);
  }

  /** Suspends the active sessions of a terminal that {@code which} picks. */
  void suspendOfTerminal(Change change, String terminal, Cause cause, Predicate<Session> which) {
    for (Session session : sound(change, repository.openOfTerminal(change.handle(), terminal))) {
      if (session.state() == Session.State.ACTIVE && which.test(session)) {
        Session _ = leave(change, session, cause, change.now());
      }
    }
  }

  /** Ends the sessions of a terminal that {@code which} picks. */
  void endOfTerminal(Change change, String terminal, Cause cause, Predicate<Session> which) {
    for (Session session : sound(change, repository.openOfTerminal(change.handle(), terminal))) {
      if (which.test(session)) {
        end(change, session, cause);
      }
    }
  }

  /** A terminal says that the card of {@code transaction} is gone. */
  void cardDeparted(String transaction) {
    departed.add(transaction);
  }

  private Session settle(Session seen) {
    return transactions.write(change -> {
      // Read again: somebody may have resumed or ended it since.
      if (!(repository.find(change.handle(), seen.tokenHash())
          instanceof Found.Sound(Session session))) {
        throw new IllegalStateException("the session's row changed under its seal");
      }
      return switch (limits.fate(session, activity.last(session), change.now())) {
        case Fate.Stays() -> {
          change.unchanged();
          yield session;
        }
        case Fate.Suspended(Instant at) -> leave(change, session, Cause.IDLE, at);
        case Fate.Over(Cause cause) -> end(change, session, cause);
      };
    });
  }

  /** Another system's session cannot be suspended, so it ends. */
  private Session leave(Change change, Session session, Cause cause, Instant at) {
    return session.relying() == null
        ? suspend(change, session, cause, at)
        : end(change, session, cause);
  }

  private Session suspend(Change change, Session session, Cause cause, Instant at) {
    EntryReceipt entry = change.record(session.subject(), new SessionEvent.Suspended(cause.text()));
    Session suspended = session.in(Session.State.SUSPENDED, cause, at);
    repository.update(change, entry, suspended);
    return suspended;
  }

  private Session end(Change change, Session session, Cause cause) {
    EntryReceipt entry = change.record(session.subject(), new SessionEvent.Ended(cause.text()));
    Instant at = change.now();
    if (session.relying() != null && !at.isAfter(session.created())) {
      // Told with its time, by which the other system knows which proof it is the end of.
      at = session.created().plusMillis(1);
    }
    Session ended = session.in(Session.State.ENDED, cause, at);
    repository.update(change, entry, ended);
    return ended;
  }

  /**
   * The rows that can be believed; the others are worth nothing to their cookie either. Said in
   * every unit that meets them: each has an entry of its own, so they multiply nothing.
   */
  private List<Session> sound(Change change, List<Found> rows) {
    List<Session> sessions = new ArrayList<>();
    for (Found found : rows) {
      switch (found) {
        case Found.Sound(Session session) -> sessions.add(session);
        case Found.Tampered(String name) ->
            change.record(
                Entry.Subject.NONE, new ServiceEvent.StateTampered(SessionRepository.TABLE, name));
        case Found.Absent() -> {
          // A list holds rows only.
        }
      }
    }
    return sessions;
  }
}
