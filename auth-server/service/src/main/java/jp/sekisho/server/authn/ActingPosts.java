package jp.sekisho.server.authn;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Persons.Choice;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.storage.Transactions;

/**
 * The step between a login and its session's use for a person with several posts (本務・併任) at a
 * terminal that does not say which: the person chooses, once. Thread-safe.
 */
public final class ActingPosts {
  private final Transactions transactions;
  private final Sessions sessions;
  private final Persons persons;
  private final InstantSource clock;

  public ActingPosts(
      Transactions transactions, Sessions sessions, Persons persons, InstantSource clock) {
    this.transactions = transactions;
    this.sessions = sessions;
    this.persons = persons;
    this.clock = clock;
  }

  /** What may be chosen now. */
  public List<Choice> choices(Session session) {
    Instant now = clock.instant();
    return transactions.read(handle ->
        persons.choices(handle, session.person(), session.terminal(), session.organ(), now));
  }

  /**
   * Fixes the post; from here on every entry of the session names it.
   *
   * @param division code of the chosen post's division
   * @return why not: {@code SESSION_ENDED}, also when the session has its post already, or {@code
   *     PERSON_NOT_CURRENT} for a post that is not held now
   */
  public Optional<Refusal> choose(Session session, String division) {
    return transactions.write(change -> {
      Optional<Session> now = sessions.active(change.handle(), session.tokenHash(), change.now());
      if (now.isEmpty() || !now.get().isUndecided()) {
        change.unchanged();
        return Optional.of(Refusal.SESSION_ENDED);
      }
      boolean held =
          persons
              .choices(
                  change.handle(),
                  session.person(),
                  session.terminal(),
                  session.organ(),
                  change.now())
              .stream()
              .anyMatch(choice -> choice.division().equals(division));
      if (!held) {
        change.record(
            now.get().subject(),
            new LoginEvent.Refused(session.transaction(), Refusal.PERSON_NOT_CURRENT));
        return Optional.of(Refusal.PERSON_NOT_CURRENT);
      }
      sessions.choose(change, now.get(), division);
      return Optional.empty();
    });
  }
}
