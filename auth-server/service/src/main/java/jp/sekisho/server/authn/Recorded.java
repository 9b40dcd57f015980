package jp.sekisho.server.authn;

import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.server.authn.Registers.CurrentPerson;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;

/**
 * Step 8: entry, session and used transaction stand in one unit. Only when that unit is durable may
 * the effect, a cookie, leave the service.
 */
final class Recorded {
  private final Effect effect;

  private Recorded(Effect effect) {
    this.effect = effect;
  }

  /** What the person gets. */
  sealed interface Effect {
    /** A new session: its secret goes into a cookie. */
    record Opened(Token token) implements Effect {}

    /** The session of the cookie that the browser has already. */
    record Resumed() implements Effect {}

    /** Nothing but what stands in the log and in the thing's rows. */
    record Approved(String subject) implements Effect {}
  }

  /** Where effects are written. */
  record Effects(Sessions sessions, UsedTransactions used, Approvals approvals) {}

  /** {@code token}: the secret of the session, should one begin. */
  static Verdict<Recorded> of(Permitted permitted, Change change, Effects effects, Token token) {
    Sessions sessions = effects.sessions();
    UsedTransactions used = effects.used();
    OpenTransaction question = permitted.current().registered().signed().spoke().question();
    if (used.holds(change.handle(), question.id())) {
      return Verdict.refused(Refusal.TRANSACTION_USED);
    }
    if (sessions.cardLeft(question.id())) {
      return Verdict.refused(Refusal.CARD_REMOVED);
    }
    byte[] session = question.session();
    if (session == null) {
      return open(permitted, change, sessions, used, token);
    }
    Matter matter = question.matter();
    return matter == null
        ? resume(permitted, change, sessions, used, session)
        : approve(permitted, change, effects, session, matter);
  }

  private static Verdict<Recorded> approve(
      Permitted permitted, Change change, Effects effects, byte[] hash, Matter matter) {
    Sessions sessions = effects.sessions();
    TerminalSpoke spoke = permitted.current().registered().signed().spoke();
    Optional<Session> found = sessions.active(change.handle(), hash, change.now());
    if (found.isEmpty()) {
      return Verdict.refused(Refusal.SESSION_ENDED);
    }
    Session session = found.get();
    if (!session.person().equals(permitted.current().person().number())) {
      return Verdict.refused(Refusal.SESSION_OTHER_PERSON);
    }
    if (!session.terminal().equals(permitted.terminal().id())
        || !session.boot().equals(spoke.statement().boot())) {
      return Verdict.refused(Refusal.TRANSACTION_BOUND);
    }
    CardSigned signed = permitted.current().registered().signed();
    Approvals.Approval approval =
        new Approvals.Approval(
            session,
            matter,
            spoke.question().id(),
            spoke.answer().statement(),
            spoke.answer().signature(),
            signed.spki(),
            permitted.current().registered().card().assurance() == Assurance.LOW);
    return effects
        .approvals()
        .approve(change, approval)
        .then(entry -> {
          change.record(session.subject(), succeeded(permitted));
          effects.used().insert(change, entry, spoke.question(), permitted.terminal().id());
          return Verdict.passed(new Recorded(new Effect.Approved(matter.subject())));
        });
  }

  private static Verdict<Recorded> open(
      Permitted permitted, Change change, Sessions sessions, UsedTransactions used, Token token) {
    CurrentPerson person = permitted.current().person();
    TerminalSpoke spoke = permitted.current().registered().signed().spoke();
    Entry.Subject subject =
        new Entry.Subject(
            person.organ(),
            person.number(),
            person.post(),
            permitted.terminal().id(),
            Session.nameOf(token.hash()));
    EntryReceipt login = change.record(subject, succeeded(permitted));
    sessions.open(
        change,
        login,
        token,
        new Sessions.Opening(
            person.number(),
            person.organ(),
            person.post(),
            permitted.terminal().id(),
            spoke.statement().boot(),
            spoke.question().id(),
            permitted.current().registered().card().assurance().text(),
            Sources.address(spoke.question().source())));
    used.insert(change, login, spoke.question(), permitted.terminal().id());
    return Verdict.passed(new Recorded(new Effect.Opened(token)));
  }

  private static Verdict<Recorded> resume(
      Permitted permitted,
      Change change,
      Sessions sessions,
      UsedTransactions used,
      byte[] unlocks) {
    TerminalSpoke spoke = permitted.current().registered().signed().spoke();
    Optional<Session> found = sessions.resumable(change.handle(), unlocks, change.now());
    if (found.isEmpty()) {
      return Verdict.refused(Refusal.SESSION_ENDED);
    }
    Session session = found.get();
    if (!session.person().equals(permitted.current().person().number())) {
      return Verdict.refused(Refusal.SESSION_OTHER_PERSON);
    }
    if (!session.terminal().equals(permitted.terminal().id())) {
      return Verdict.refused(Refusal.TRANSACTION_BOUND);
    }
    EntryReceipt unlock = change.record(session.subject(), succeeded(permitted));
    sessions.resume(change, session, spoke.question().id(), spoke.statement().boot());
    used.insert(change, unlock, spoke.question(), permitted.terminal().id());
    return Verdict.passed(new Recorded(new Effect.Resumed()));
  }

  private static LoginEvent succeeded(Permitted permitted) {
    Registered registered = permitted.current().registered();
    CardSigned signed = registered.signed();
    Answer answer = signed.spoke().answer();
    return new LoginEvent.Succeeded(
        signed.spoke().question().id(),
        signed.spoke().question().purpose(),
        Sha256.text(answer.statement()),
        Base64Url.encode(answer.signature()),
        registered.card().spki(),
        signed.trusted().before().sameAddress());
  }

  Effect effect() {
    return effect;
  }
}
