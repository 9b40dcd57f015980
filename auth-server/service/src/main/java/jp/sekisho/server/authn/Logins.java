package jp.sekisho.server.authn;

import java.net.InetAddress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.Ruling;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.authn.OpenTransactions.About;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.authn.Recorded.Effect;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardTrust;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.Sql;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.webauthn.Passkeys;
import org.jspecify.annotations.Nullable;

/**
 * From a question to a session: asks, lets a terminal fetch, judges the one answer.
 *
 * <p>The judgement is the chain {@link Live} → {@link TerminalSpoke} → {@link OriginAndTerminal} →
 * {@link PathTrusted} → {@link CardSigned} → {@link Registered} → {@link PersonCurrent} → {@link
 * Permitted} → {@link Recorded}; each exists only by the one before. For a passkey {@link
 * PasskeySigned} → {@link PasskeyRegistered} stand in the place of the three of the card.
 * Cryptography is done outside the unit; everything that another unit could change is asked inside
 * the one that records.
 *
 * <p>Every refusal is an entry. Until a terminal of ours has spoken there is nobody to name, and
 * the caller counts it ({@link Outcome.Unattributed}); after that the entry is written here.
 * Thread-safe.
 */
public final class Logins {
  private final Transactions transactions;
  private final OpenTransactions open;
  private final UsedTransactions used;
  private final Sessions sessions;
  private final Authenticators cards;
  private final CardTrust trust;
  private final PasskeySigned.Desk passkeys;
  private final StepUps stepUps;
  private final Registers registers;
  private final Settings settings;
  private final FailureDelays delays;
  private final Recorded.Effects effects;

  /**
   * What a login must agree with.
   *
   * @param origins of our pages
   */
  public record Settings(Set<String> origins, AddressMatch addressMatch) {
    public Settings {
      origins = Set.copyOf(origins);
    }
  }

  /** What became of an answer. */
  public sealed interface Outcome {
    /**
     * A session began; {@code token} goes into its cookie.
     *
     * @param news whether the person should see new authenticators first
     * @param ends last day of the card's certificate where that is near, else null
     */
    record Opened(Token token, boolean news, @Nullable LocalDate ends) implements Outcome {}

    /** The suspended session goes on; {@code token} goes into its cookie. */
    record Resumed(Token token) implements Outcome {}

    /**
     * A text is approved.
     *
     * @param page where the thing approved is shown
     */
    record Approved(String page) implements Outcome {}

    /** The person is proved anew for one action; {@code token} goes into the session's cookie. */
    record SteppedUp(Token token) implements Outcome {}

    /** A relying service may be told who answered. */
    record Vouched(RelyingProof proof) implements Outcome {}

    /** Refused, and the log says so. */
    record Refused(Refusal reason) implements Outcome {}

    /** Refused with nobody to name: the caller counts it by source. */
    record Unattributed(Refusal reason) implements Outcome {}
  }

  Logins(
      Transactions transactions,
      OpenTransactions open,
      Sessions sessions,
      Authenticators cards,
      CardTrust trust,
      PasskeySigned.Desk passkeys,
      StepUps stepUps,
      Registers registers,
      Approvals approvals,
      Settings settings,
      FailureDelays delays) {
    this.transactions = transactions;
    this.open = open;
    this.used = new UsedTransactions(transactions);
    this.sessions = sessions;
    this.cards = cards;
    this.trust = trust;
    this.passkeys = passkeys;
    this.stepUps = stepUps;
    this.registers = registers;
    this.settings = settings;
    this.delays = delays;
    this.effects =
        new Recorded.Effects(
            sessions, used, approvals, passkeys.passkeys(), cards.news(), cards.waiting());
  }

  /**
   * A question for a browser; refused with nobody to name.
   *
   * @param source network address of the browser
   * @param session the browser's session, needed to unlock it
   */
  Verdict<Asked> ask(Purpose purpose, String origin, String source, @Nullable Token session) {
    if (!settings.origins().contains(origin)) {
      return Verdict.refused(Refusal.ORIGIN_FOREIGN);
    }
    return switch (purpose) {
      case LOGIN -> open.ask(origin, source, null);
      case UNLOCK -> {
        if (session == null) {
          yield Verdict.refused(Refusal.SESSION_NONE);
        }
        yield switch (sessions.resolve(session, Sessions.Use.LOOK, Sources.address(source))) {
          case Resolution.Refused(Refusal reason) -> Verdict.refused(reason);
          case Resolution.Suspended(Session locked) -> unlock(origin, source, locked, session);
          // The page saw a lock that another of its tabs has lifted: proving again harms nobody.
          case Resolution.Active(Session active) -> unlock(origin, source, active, session);
        };
      }
      case STEP_UP, APPROVE -> Verdict.refused(Refusal.INPUT_MALFORMED);
    };
  }

  private Verdict<Asked> unlock(String origin, String source, Session session, Token shown) {
    return open.ask(
        origin,
        source,
        new About(session.tokenHash(), shown.hash(), session.terminal(), null, null));
  }

  /**
   * A question whose answer proves a person anew for one action; refused with nobody to name.
   *
   * @param session the browser's own, active
   */
  Verdict<Asked> askStepUp(Session session, String action, String origin, String source) {
    return settings.origins().contains(origin)
        ? open.ask(
            origin, source, new About(session.tokenHash(), null, session.terminal(), null, action))
        : Verdict.refused(Refusal.ORIGIN_FOREIGN);
  }

  /**
   * A question whose answer approves a text; refused with nobody to name.
   *
   * @param approver the browser's own session, active
   */
  Verdict<Asked> askApproval(Session approver, Matter matter, String origin, String source) {
    return settings.origins().contains(origin)
        ? open.ask(
            origin,
            source,
            new About(approver.tokenHash(), null, approver.terminal(), matter, null))
        : Verdict.refused(Refusal.ORIGIN_FOREIGN);
  }

  /**
   * A question for the browser of a relying service.
   *
   * @param origin of the service's login page, from its sealed row
   * @param source network address of the browser
   */
  Verdict<Asked> askFor(RelyingLogin relying, String origin, InetAddress source) {
    return open.askFor(relying, origin, source.getHostAddress());
  }

  /**
   * The question for the terminal that fetches it first; a refusal is an entry naming the terminal.
   *
   * @param terminal who fetches, as the agents' port identified it
   * @param address network address of the terminal
   */
  Verdict<OpenTransaction> fetch(String id, Entry.Subject terminal, String address) {
    String name = terminal.terminal();
    if (name == null) {
      throw new IllegalArgumentException("a fetch without a terminal");
    }
    Verdict<OpenTransaction> fetched = open.fetch(id, name, address);
    if (fetched instanceof Verdict.Refused<OpenTransaction>(Refusal reason)) {
      transactions.write(change -> change.record(terminal, new LoginEvent.Refused(id, reason)));
    }
    return fetched;
  }

  /** Judges the answer to question {@code id}; returns after the verdict is durable. */
  Outcome answer(String id, @Nullable Token cookie, Answer answer) {
    return answer(id, cookie, null, answer);
  }

  /** As {@link #answer(String, Token, Answer)}, handed on by the relying service that asked. */
  Outcome answerFor(RelyingLogin relying, String id, Token secret, Answer answer) {
    return answer(id, secret, relying, answer);
  }

  private Outcome answer(
      String id, @Nullable Token cookie, @Nullable RelyingLogin asker, Answer answer) {
    Verdict<TerminalSpoke> spoke =
        Live.of(open, used, id, cookie, asker, answer)
            .then(live -> TerminalSpoke.of(live, transactions, registers));
    return switch (spoke) {
      case Verdict.Refused<TerminalSpoke>(Refusal reason) -> new Outcome.Unattributed(reason);
      case Verdict.Passed<TerminalSpoke>(TerminalSpoke proof) -> judge(proof);
    };
  }

  /**
   * What an answer claims once the cryptography outside the unit holds.
   *
   * @param proved proves the holder inside the unit
   * @param looks what the unit will ask of the database, as far as that is known before it; empty
   *     where it ends in a refusal
   */
  private record Claim(
      Function<Change, Verdict<Identified>> proved, Optional<Supplier<List<Look>>> looks) {}

  private Claim claim(TerminalSpoke spoke, Verdict<OriginAndTerminal> placed) {
    return switch (spoke.answer()) {
      case Answer.Card card -> {
        Verdict<CardSigned> signed =
            placed.then(before -> PathTrusted.of(before, card, trust)).then(CardSigned::of);
        yield new Claim(
            change -> signed.then(proof -> Registered.of(proof, change, cards)),
            signed instanceof Verdict.Passed<CardSigned>(CardSigned proof)
                ? Optional.of(() ->
                    looks(
                        spoke,
                        Authenticators.look(proof.spkiHash()),
                        // Whose a My Number card is, only its row knows: asked again then.
                        proof.trusted().number().orElse("")))
                : Optional.empty());
      }
      case Answer.Passkey passkey -> {
        Verdict<PasskeySigned> signed =
            placed.then(before -> PasskeySigned.of(before, passkey, passkeys));
        yield new Claim(
            change -> signed.then(proof -> PasskeyRegistered.of(proof, change, passkeys)),
            signed instanceof Verdict.Passed<PasskeySigned>(PasskeySigned proof)
                ? Optional.of(() ->
                    looks(spoke, Passkeys.look(proof.assertion().credentialId()), proof.holder()))
                : Optional.empty());
      }
    };
  }

  private List<Look> looks(TerminalSpoke spoke, Look authenticator, String holder) {
    String terminal = spoke.terminal().id();
    List<Look> looks = new ArrayList<>(registers.looks(holder, terminal));
    looks.add(authenticator);
    looks.add(UsedTransactions.look(spoke.question().id()));
    if (spoke.question().session() == null) {
      looks.add(Sessions.look(terminal)); // one begins, and ends those that are there
    }
    return looks;
  }

  private Outcome judge(TerminalSpoke spoke) {
    Verdict<OriginAndTerminal> placed =
        OriginAndTerminal.of(spoke, settings.origins(), settings.addressMatch());
    Claim claim =
        claim(
            spoke,
            placed.then(before ->
                delays.holdsUp(spoke)
                    ? Verdict.refused(Refusal.TOO_MANY)
                    : Verdict.passed(before)));
    Token token = Token.random();
    Verdict<Recorded> recorded =
        transactions.write(change -> {
          claim.looks().ifPresent(looks -> Sql.ahead(change.handle(), looks));
          Verdict<Identified> identified = claim.proved().apply(change);
          Verdict<PersonCurrent> current =
              identified.then(proof -> PersonCurrent.of(proof, change, registers));
          Verdict<Recorded> result =
              current
                  .then(proof -> Permitted.of(proof, change, registers))
                  .then(proof -> Recorded.of(proof, change, effects, token));
          if (result instanceof Verdict.Refused<Recorded>(Refusal reason)) {
            refuse(change, spoke, identified, current, reason);
          }
          return result;
        });
    if (placed instanceof Verdict.Passed<OriginAndTerminal>) {
      count(spoke, recorded);
    }
    return switch (recorded) {
      case Verdict.Refused<Recorded>(Refusal reason) -> new Outcome.Refused(reason);
      case Verdict.Passed<Recorded>(Recorded proof) ->
          switch (proof.effect()) {
            case Effect.Opened(Token secret, boolean news, LocalDate ends) ->
                new Outcome.Opened(secret, news, ends);
            case Effect.Vouched(RelyingProof told) -> new Outcome.Vouched(told);
            case Effect.Resumed(Token secret) -> new Outcome.Resumed(secret);
            case Effect.Approved(String page) -> new Outcome.Approved(page);
            case Effect.SteppedUp(
                    String session,
                    String action,
                    boolean card,
                    boolean low,
                    Token secret) -> {
              stepUps.add(session, action, card, low);
              yield new Outcome.SteppedUp(secret);
            }
          };
    };
  }

  private void count(TerminalSpoke spoke, Verdict<Recorded> recorded) {
    switch (recorded) {
      case Verdict.Passed<Recorded> _ -> delays.passed(spoke);
      case Verdict.Refused<Recorded>(Refusal reason) ->
          delays.refused(
              spoke,
              reason,
              transactions.<Integer>read(handle -> registers.failures(handle, spoke.terminal())));
    }
  }

  private void refuse(
      Change change,
      TerminalSpoke spoke,
      Verdict<Identified> identified,
      Verdict<PersonCurrent> current,
      Refusal reason) {
    // A person is named only once signature and registration are beyond doubt.
    String person =
        identified instanceof Verdict.Passed<Identified>(Identified proof) ? proof.person() : null;
    String post =
        current instanceof Verdict.Passed<PersonCurrent>(PersonCurrent proof)
            ? proof.person().post()
            : null;
    Entry.Subject subject =
        new Entry.Subject(spoke.terminal().organ(), person, post, spoke.terminal().id(), null);
    OpenTransaction question = spoke.question();
    Ruling ruling =
        (reason == Refusal.LOGIN_POLICY || reason == Refusal.CARD_KIND_POLICY)
                && current instanceof Verdict.Passed<PersonCurrent>(PersonCurrent proof)
            ? Permitted.ruling(proof, change, registers)
            : null;
    Matter matter = question.matter();
    if (matter != null) {
      effects.approvals().refused(change, inSession(change, question, subject), matter, reason);
    }
    EntryReceipt entry =
        change.record(subject, new LoginEvent.Refused(question.id(), ruling, reason));
    if (!used.holds(change.handle(), question.id())) {
      used.insert(change, entry, question, spoke.terminal().id());
    }
  }

  /** The session the question was asked in, where its own person answered; else what is known. */
  private Entry.Subject inSession(Change change, OpenTransaction question, Entry.Subject answered) {
    byte[] hash = question.session();
    return hash == null
        ? answered
        : sessions
            .active(change.handle(), hash, change.now())
            .filter(session -> session.person().equals(answered.person()))
            .map(Session::subject)
            .orElse(answered);
  }
}
