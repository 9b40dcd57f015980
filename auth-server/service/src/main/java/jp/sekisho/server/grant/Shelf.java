package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * How every step of a person begins: the exception is looked up for that person, the step is judged
 * now, and a refusal becomes an entry. Thread-safe.
 */
final class Shelf {
  private final DossierRepository dossiers;
  private final Roles roles;

  Shelf(DossierRepository dossiers, Roles roles) {
    this.dossiers = dossiers;
    this.roles = roles;
  }

  /** The exception, if the step is open to the session's person; a refusal is recorded. */
  Verdict<Dossier> take(Change change, Session session, Step step, String id) {
    Verdict<Dossier> judged = judge(change, session, step, id);
    return judged instanceof Verdict.Refused<Dossier>(Refusal reason)
        ? refuse(change, session, step.text(), isId(id) ? id : null, reason)
        : judged;
  }

  /** As {@link #take}; the caller records a refusal. */
  Verdict<Dossier> judge(Change change, Session session, Step step, String id) {
    Optional<Dossier> found = find(change.handle(), session, id, change.now());
    if (found.isEmpty()) {
      return Verdict.refused(Refusal.GRANT_UNKNOWN);
    }
    Rights rights = rights(change.handle(), session, change.now());
    Refusal obstacle = step.obstacle(found.get(), rights, change.now());
    return obstacle == null ? Verdict.passed(found.get()) : Verdict.refused(obstacle);
  }

  /** An exception of the session's organ that its person may see. */
  Optional<Dossier> find(Handle handle, Session session, String id, Instant at) {
    if (!isId(id)) {
      return Optional.empty();
    }
    Rights rights = rights(handle, session, at);
    return dossiers
        .find(handle, id)
        .filter(
            dossier -> dossier.request().organ().equals(session.organ()) && rights.sees(dossier));
  }

  Rights rights(Handle handle, Session session, Instant at) {
    return Rights.of(handle, roles, session, at);
  }

  /** A refused step, as an entry about who tried it. */
  static <P> Verdict<P> refuse(
      Change change, Session session, String step, @Nullable String id, Refusal reason) {
    change.record(session.subject(), new GrantEvent.Refused(step, id, reason));
    return Verdict.refused(reason);
  }

  /** Whether {@code text} has the form of an exception's id. */
  static boolean isId(String text) {
    try {
      return Base64Url.decode(text, 16).length == 16;
    } catch (MalformedException e) {
      return false;
    }
  }
}
