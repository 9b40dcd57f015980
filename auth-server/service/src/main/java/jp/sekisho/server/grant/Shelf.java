package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Ids;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * How every step of a person begins: the exception is looked up for that person, the step is judged
 * now, and a refusal becomes an entry. Thread-safe.
 */
final class Shelf {
  private final DossierRepository dossiers;
  private final Roles roles;
  private final Representation representation;
  private final ReviewRepository reviews;

  Shelf(
      DossierRepository dossiers,
      Roles roles,
      Representation representation,
      ReviewRepository reviews) {
    this.dossiers = dossiers;
    this.roles = roles;
    this.representation = representation;
    this.reviews = reviews;
  }

  /** The exception, if the step is open to the session's person; a refusal is recorded. */
  Verdict<Dossier> take(Change change, Session session, Step step, String id) {
    Verdict<Dossier> judged = judge(change, session, step, id);
    return judged instanceof Verdict.Refused<Dossier>(Refusal reason)
        ? refuse(change, session, step.text(), Ids.isId(id) ? id : null, reason)
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
    if (!Ids.isId(id)) {
      return Optional.empty();
    }
    Rights rights = rights(handle, session, at);
    return dossiers
        .find(handle, id)
        .filter(
            dossier -> dossier.request().organ().equals(session.organ()) && rights.sees(dossier));
  }

  Rights rights(Handle handle, Session session, Instant at) {
    return Rights.of(handle, roles, representation, session, at);
  }

  /**
   * Whether who gave an approval still decides about exceptions of the 機関: in the own right, or as
   * deputy of the same approver, who may be back by now.
   */
  boolean approves(Change change, Request.First given, String organ) {
    String absent = given.represented();
    return absent == null
        ? roles.has(change.handle(), given.person(), Role.APPROVER, organ, change.now())
        : representation.isDeputy(change.handle(), given.person(), absent, organ, change.now());
  }

  /** In whose place the session's person decides about a dossier now; null in the own right. */
  @Nullable String represented(Change change, Session session, Dossier dossier) {
    return rights(change.handle(), session, change.now()).represented(dossier.request());
  }

  /** Has a decision looked at afterwards (後閲) that was made in somebody's place. */
  void represent(
      Change change,
      EntryReceipt entry,
      Session by,
      Step step,
      Dossier dossier,
      @Nullable String represented) {
    if (represented != null) {
      reviews.insert(
          change,
          entry,
          new Review(
              Ids.next(),
              dossier.id(),
              dossier.request().organ(),
              step.text(),
              represented,
              by.person(),
              change.now(),
              null,
              null));
    }
  }

  /** A refused step, as an entry about who tried it. */
  static <P> Verdict<P> refuse(
      Change change, Session session, String step, @Nullable String id, Refusal reason) {
    change.record(session.subject(), new GrantEvent.Refused(step, id, reason));
    return Verdict.refused(reason);
  }
}
