package jp.sekisho.server.desk;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeskEvent;
import jp.sekisho.server.session.Cause;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/**
 * Open sessions listed and ended: everybody's own without anything further, for whoever has the
 * session could log out there as well; those in the session's 機関 by its administrators, each after
 * card and PIN for exactly that session. Thread-safe.
 */
public final class DeskSessions {
  private static final String ACTION = "session-end";

  private final Desk desk;
  private final Sessions sessions;
  private final Transactions transactions;

  public DeskSessions(Desk desk, Sessions sessions, Transactions transactions) {
    this.desk = desk;
    this.sessions = sessions;
    this.transactions = transactions;
  }

  /** The person's own open sessions, the newest login first. */
  public List<Session> own(Handle handle, Session asker) {
    return sessions.openOfPerson(handle, asker.person()).stream()
        .sorted(Comparator.comparing(Session::created).reversed())
        .toList();
  }

  /**
   * Those in the asker's 機関 in the order of {@link #place}; the caller asked whether the asker may
   * see them.
   */
  public List<Session> ofOrgan(Handle handle, Session asker) {
    return sessions.openOfOrgan(handle, asker.organ()).stream()
        .sorted(Comparator.comparing(DeskSessions::place))
        .toList();
  }

  /** Where a session stands in a list by person, also once it has ended. */
  public static String place(Session session) {
    return session.person() + "." + session.name();
  }

  /**
   * Ends a session; why not, or empty.
   *
   * @param name as {@link Session#name}
   */
  public Optional<Refusal> end(Session asker, String name) {
    if (!StepUps.isAction(StepUps.END_SESSION + name)) {
      return Optional.of(Refusal.INPUT_MALFORMED);
    }
    boolean own =
        transactions.write(change -> {
          Optional<Session> mine =
              named(sessions.openOfPerson(change.handle(), asker.person()), name);
          mine.ifPresentOrElse(
              session -> sessions.endListed(change, session, Cause.BY_HOLDER), change::unchanged);
          return mine.isPresent();
        });
    return own ? Optional.empty() : endOfOther(asker, name);
  }

  private Optional<Refusal> endOfOther(Session asker, String name) {
    Optional<Refusal> unproved =
        desk.holds(asker, Desk.ADMINISTRATORS)
            ? desk.prove(asker, StepUps.END_SESSION + name)
            : Optional.of(Refusal.ROLE_MISSING);
    return transactions.write(change -> {
      Optional<Session> other = named(sessions.openOfOrgan(change.handle(), asker.organ()), name);
      Optional<Refusal> obstacle =
          unproved
              .or(() -> desk.obstacle(change, asker, Desk.ADMINISTRATORS, ""))
              .or(() -> other.isEmpty() ? Optional.of(Refusal.SESSION_UNKNOWN) : Optional.empty());
      String holder = other.map(Session::person).orElse("");
      if (obstacle.isEmpty()) {
        sessions.endListed(change, other.orElseThrow(), Cause.BY_ADMINISTRATOR);
      }
      change.record(
          asker.subject(),
          obstacle
              .<DeskEvent>map(reason -> new DeskEvent.Refused(ACTION, holder, reason))
              .orElseGet(() -> new DeskEvent.Done(ACTION, holder)));
      return obstacle;
    });
  }

  private static Optional<Session> named(List<Session> open, String name) {
    return open.stream().filter(session -> session.name().equals(name)).findFirst();
  }
}
