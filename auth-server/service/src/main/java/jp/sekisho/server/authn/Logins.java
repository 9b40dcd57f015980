package jp.sekisho.server.authn;

import java.util.Set;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.authn.OpenTransactions.About;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.authn.Recorded.Effect;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * From a question to a session: asks, lets a terminal fetch, judges the one answer.
 *
 * <p>The judgement is the chain {@link Live} → {@link TerminalSpoke} → {@link OriginAndTerminal} →
 * {@link PathTrusted} → {@link CardSigned} → {@link Registered} → {@link PersonCurrent} → {@link
 * Permitted} → {@link Recorded}; each exists only by the one before. Cryptography is done outside
 * the unit; everything that another unit could change is asked inside the one that records.
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
  private final StaffTrust trust;
  private final Registers registers;
  private final Settings settings;
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
    /** A session began; {@code token} goes into its cookie. */
    record Opened(Token token) implements Outcome {}

    /** The suspended session goes on under the cookie it has. */
    record Resumed() implements Outcome {}

    /**
     * A text is approved.
     *
     * @param subject id of the thing approved
     */
    record Approved(String subject) implements Outcome {}

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
      StaffTrust trust,
      Registers registers,
      Approvals approvals,
      Settings settings) {
    this.transactions = transactions;
    this.open = open;
    this.used = new UsedTransactions(transactions);
    this.sessions = sessions;
    this.cards = cards;
    this.trust = trust;
    this.registers = registers;
    this.settings = settings;
    this.effects = new Recorded.Effects(sessions, used, approvals);
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
          case Resolution.Suspended(Session locked) -> unlock(origin, source, locked);
          // The page saw a lock that another of its tabs has lifted: proving again harms nobody.
          case Resolution.Active(Session active) -> unlock(origin, source, active);
        };
      }
      case STEP_UP, APPROVE -> Verdict.refused(Refusal.INPUT_MALFORMED);
    };
  }

  private Verdict<Asked> unlock(String origin, String source, Session session) {
    return open.ask(origin, source, new About(session.tokenHash(), session.terminal(), null));
  }

  /**
   * A question whose answer approves a text; refused with nobody to name.
   *
   * @param approver the browser's own session, active
   */
  Verdict<Asked> askApproval(Session approver, Matter matter, String origin, String source) {
    return settings.origins().contains(origin)
        ? open.ask(origin, source, new About(approver.tokenHash(), approver.terminal(), matter))
        : Verdict.refused(Refusal.ORIGIN_FOREIGN);
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
    Verdict<TerminalSpoke> spoke =
        Live.of(open, used, id, cookie, answer)
            .then(live -> TerminalSpoke.of(live, transactions, registers));
    return switch (spoke) {
      case Verdict.Refused<TerminalSpoke>(Refusal reason) -> new Outcome.Unattributed(reason);
      case Verdict.Passed<TerminalSpoke>(TerminalSpoke proof) -> judge(proof);
    };
  }

  private Outcome judge(TerminalSpoke spoke) {
    Verdict<CardSigned> signed =
        OriginAndTerminal.of(spoke, settings.origins(), settings.addressMatch())
            .then(before -> PathTrusted.of(before, trust))
            .then(CardSigned::of);
    Token token = Token.random();
    Verdict<Recorded> recorded =
        transactions.write(change -> {
          Verdict<Registered> registered =
              signed.then(proof -> Registered.of(proof, change, cards));
          Verdict<PersonCurrent> current =
              registered.then(proof -> PersonCurrent.of(proof, change, registers));
          Verdict<Recorded> result =
              current
                  .then(proof -> Permitted.of(proof, change, registers))
                  .then(proof -> Recorded.of(proof, change, effects, token));
          if (result instanceof Verdict.Refused<Recorded>(Refusal reason)) {
            refuse(change, spoke, registered, current, reason);
          }
          return result;
        });
    return switch (recorded) {
      case Verdict.Refused<Recorded>(Refusal reason) -> new Outcome.Refused(reason);
      case Verdict.Passed<Recorded>(Recorded proof) ->
          switch (proof.effect()) {
            case Effect.Opened(Token secret) -> new Outcome.Opened(secret);
            case Effect.Resumed() -> new Outcome.Resumed();
            case Effect.Approved(String subject) -> new Outcome.Approved(subject);
          };
    };
  }

  private void refuse(
      Change change,
      TerminalSpoke spoke,
      Verdict<Registered> registered,
      Verdict<PersonCurrent> current,
      Refusal reason) {
    // A person is named only once card and registration are beyond doubt.
    String person =
        registered instanceof Verdict.Passed<Registered>(Registered proof)
            ? proof.card().person()
            : null;
    String post =
        current instanceof Verdict.Passed<PersonCurrent>(PersonCurrent proof)
            ? proof.person().post()
            : null;
    Entry.Subject subject =
        new Entry.Subject(spoke.terminal().organ(), person, post, spoke.terminal().id(), null);
    OpenTransaction question = spoke.question();
    EntryReceipt entry = change.record(subject, new LoginEvent.Refused(question.id(), reason));
    if (!used.holds(change.handle(), question.id())) {
      used.insert(change, entry, question, spoke.terminal().id());
    }
  }
}
