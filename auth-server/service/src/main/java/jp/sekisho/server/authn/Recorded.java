package jp.sekisho.server.authn;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.server.authn.Registers.CurrentPerson;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.CardNews;
import jp.sekisho.server.card.WaitingCards;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Relying;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.webauthn.Passkeys;
import org.jspecify.annotations.Nullable;

/**
 * Step 8: entry, session and used transaction stand in one unit. Only when that unit is durable may
 * the effect, a cookie, leave the service.
 */
final class Recorded {
  /** So long before its end each login tells of a certificate: time to have it renewed. */
  static final Duration REMINDER = Duration.ofDays(30);

  private final Effect effect;

  private Recorded(Effect effect) {
    this.effect = effect;
  }

  /** What the person gets. */
  sealed interface Effect {
    /**
     * A new session: its secret goes into a cookie.
     *
     * @param news whether the person has an authenticator of which a login must tell, or one that
     *     waits for them
     * @param ends last day of the card's certificate where that is near, else null
     */
    record Opened(Token token, boolean news, @Nullable LocalDate ends) implements Effect {}

    /** A session that a relying service keeps: who it is of. */
    record Vouched(RelyingProof proof) implements Effect {}

    /** The session that the browser had: its new secret goes into the cookie. */
    record Resumed(Token token) implements Effect {}

    /**
     * Nothing but what stands in the log and in the thing's rows.
     *
     * @param page where the thing is shown
     */
    record Approved(String page) implements Effect {}

    /**
     * A proof for one action within a session.
     *
     * @param session name of the session
     * @param card whether by a card of the person's own and PIN
     * @param low whether the authenticator is 低保証
     * @param token the session's new secret, for its cookie
     */
    record SteppedUp(String session, String action, boolean card, boolean low, Token token)
        implements Effect {}
  }

  /** Where effects are written. */
  record Effects(
      Sessions sessions,
      UsedTransactions used,
      Approvals approvals,
      Passkeys passkeys,
      CardNews cards,
      WaitingCards waiting) {}

  /** {@code token}: the secret of the session, should one begin, go on or be proved anew. */
  static Verdict<Recorded> of(Permitted permitted, Change change, Effects effects, Token token) {
    Sessions sessions = effects.sessions();
    UsedTransactions used = effects.used();
    OpenTransaction question = permitted.current().identified().spoke().question();
    if (used.holds(change.handle(), question.id())) {
      return Verdict.refused(Refusal.TRANSACTION_USED);
    }
    if (sessions.cardLeft(question.id())) {
      return Verdict.refused(Refusal.CARD_REMOVED);
    }
    byte[] session = question.session();
    if (session == null) {
      return open(permitted, change, effects, token);
    }
    Matter matter = question.matter();
    String action = question.action();
    if (matter != null) {
      return approve(permitted, change, effects, session, matter);
    }
    return action != null
        ? stepUp(permitted, change, effects, session, action, token)
        : resume(permitted, change, sessions, used, session, token);
  }

  private static Verdict<Recorded> approve(
      Permitted permitted, Change change, Effects effects, byte[] hash, Matter matter) {
    return here(permitted, change, effects.sessions(), hash)
        .then(session -> approve(permitted, change, effects, session, matter));
  }

  /** The session a question was asked in, if it is still active and its own person answered. */
  private static Verdict<Session> here(
      Permitted permitted, Change change, Sessions sessions, byte[] hash) {
    TerminalSpoke spoke = permitted.current().identified().spoke();
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
    return Verdict.passed(session);
  }

  private static Verdict<Recorded> stepUp(
      Permitted permitted,
      Change change,
      Effects effects,
      byte[] hash,
      String action,
      Token token) {
    Identified identified = permitted.current().identified();
    return here(permitted, change, effects.sessions(), hash)
        .then(session -> {
          EntryReceipt entry = change.record(session.subject(), permitted.succeeded());
          identified.used(change, entry);
          effects.sessions().renew(change, entry, session, token);
          effects
              .used()
              .insert(change, entry, identified.spoke().question(), permitted.terminal().id());
          return Verdict.passed(
              new Recorded(
                  new Effect.SteppedUp(
                      session.name(),
                      action,
                      // A temporary card is gone tomorrow: it buys nothing that stays.
                      identified instanceof Registered && identified.until().isEmpty(),
                      identified.assurance() == Assurance.LOW,
                      token)));
        });
  }

  private static Verdict<Recorded> approve(
      Permitted permitted, Change change, Effects effects, Session session, Matter matter) {
    TerminalSpoke spoke = permitted.current().identified().spoke();
    if (!(permitted.current().identified() instanceof Registered registered)) {
      return Verdict.refused(Refusal.STATEMENT_INVALID); // only a card approves
    }
    CardSigned signed = registered.signed();
    Approvals.Approval approval =
        new Approvals.Approval(
            session,
            matter,
            spoke.question().id(),
            signed.trusted().card().statement(),
            signed.trusted().card().signature(),
            signed.spki(),
            registered.assurance() == Assurance.LOW);
    return effects
        .approvals()
        .approve(change, approval)
        .then(entry -> {
          change.record(session.subject(), permitted.succeeded());
          effects.used().insert(change, entry, spoke.question(), permitted.terminal().id());
          return Verdict.passed(new Recorded(new Effect.Approved(matter.page())));
        });
  }

  private static Verdict<Recorded> open(
      Permitted permitted, Change change, Effects effects, Token token) {
    Identified identified = permitted.current().identified();
    CurrentPerson person = permitted.current().person();
    TerminalSpoke spoke = permitted.current().identified().spoke();
    RelyingLogin relying = spoke.question().relying();
    Optional<Refusal> obstacle =
        relying == null
            ? Optional.empty()
            : effects
                .sessions()
                .obstacle(
                    change.handle(),
                    relying.session(),
                    person.number(),
                    permitted.terminal().id(),
                    change.now());
    if (obstacle.isPresent()) {
      return Verdict.refused(obstacle.get());
    }
    Entry.Subject subject =
        new Entry.Subject(
            person.organ(),
            person.number(),
            person.post(),
            permitted.terminal().id(),
            Session.nameOf(token.hash()));
    EntryReceipt login = change.record(subject, permitted.succeeded());
    identified.used(change, login);
    effects
        .sessions()
        .open(
            change,
            login,
            token,
            new Sessions.Opening(
                person.number(),
                person.organ(),
                Objects.requireNonNullElse(person.post(), Session.UNDECIDED),
                permitted.terminal().id(),
                spoke.statement().boot(),
                spoke.question().id(),
                permitted.current().identified().assurance().text(),
                Sources.address(spoke.question().source()),
                relying == null ? null : relying.session()),
            identified.authenticator(),
            identified.until().orElse(Instant.MAX));
    effects.used().insert(change, login, spoke.question(), permitted.terminal().id());
    if (relying != null) {
      return Verdict.passed(
          new Recorded(new Effect.Vouched(vouch(permitted, change, subject, relying))));
    }
    boolean news =
        effects.passkeys().hasNews(change.handle(), person.number(), change.now())
            || effects.cards().hasNews(change.handle(), person.number(), change.now())
            || effects.waiting().hasAny(change.handle(), person.number(), change.now());
    LocalDate ends =
        identified
            .certificateEnd()
            .filter(end -> end.isBefore(change.now().plus(REMINDER)))
            .map(Validity::day)
            .orElse(null);
    return Verdict.passed(new Recorded(new Effect.Opened(token, news, ends)));
  }

  private static RelyingProof vouch(
      Permitted permitted, Change change, Entry.Subject subject, RelyingLogin relying) {
    Identified identified = permitted.current().identified();
    String transaction = identified.spoke().question().id();
    boolean low = identified.assurance() == Assurance.LOW;
    boolean passkey = identified instanceof PasskeyRegistered;
    String acr =
        passkey
            ? low ? RelyingProof.PASSKEY_LOW : RelyingProof.PASSKEY
            : low ? RelyingProof.CARD_LOW : RelyingProof.CARD;
    Relying session = relying.session();
    change.record(
        subject,
        new RelyingEvent.Vouched(
            session.service(), session.realm(), relying.client(), transaction, acr));
    CurrentPerson person = permitted.current().person();
    return new RelyingProof(
        session.realm(),
        session.session(),
        transaction,
        person.number(),
        person.organ(),
        permitted.terminal().id(),
        acr,
        passkey ? RelyingProof.BY_PASSKEY : RelyingProof.CARD_AND_PIN,
        change.now().toEpochMilli());
  }

  private static Verdict<Recorded> resume(
      Permitted permitted,
      Change change,
      Sessions sessions,
      UsedTransactions used,
      byte[] unlocks,
      Token token) {
    TerminalSpoke spoke = permitted.current().identified().spoke();
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
    Identified identified = permitted.current().identified();
    EntryReceipt unlock = change.record(session.subject(), permitted.succeeded());
    identified.used(change, unlock);
    sessions.resume(
        change,
        session,
        spoke.question().id(),
        spoke.statement().boot(),
        identified.assurance().text(),
        identified.authenticator(),
        Objects.requireNonNullElse(spoke.question().shown(), unlocks),
        token);
    used.insert(change, unlock, spoke.question(), permitted.terminal().id());
    return Verdict.passed(new Recorded(new Effect.Resumed(token)));
  }

  Effect effect() {
    return effect;
  }
}
