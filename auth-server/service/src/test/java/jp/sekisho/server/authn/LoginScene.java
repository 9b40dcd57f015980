package jp.sekisho.server.authn;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.card.CardTrusts;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.policy.TerminalLogins;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionLimits;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.TerminalWatch;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.webauthn.PasskeyModels;
import jp.sekisho.server.webauthn.PasskeyRules;
import jp.sekisho.server.webauthn.Passkeys;
import jp.sekisho.server.webauthn.RelyingPlace;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A small town hall for tests: real storage, real CA, real keys; only the registers of terminals
 * and persons are maps.
 *
 * <p>Past 400 lines: everybody who takes part in a login stands in it.
 */
public final class LoginScene implements Registers, AutoCloseable {
  static final String ORIGIN = "http://localhost:8080";
  static final String PC = "192.0.2.7";

  /** {@link #PC} as sessions see it. */
  public static final InetAddress BROWSER = InetAddress.ofLiteral(PC);

  /** The signed policy of every terminal; null: none was imported. */
  public @Nullable Policy rules;

  public final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
  public final OpenStorage storage;
  public final TestCa ca = new TestCa("Staff CA", clock.instant());
  public final Path trustDirectory;
  public final CardTrusts trust;
  public final Authenticators cards;
  public final CardRegistry registry;
  public final Passkeys passkeys;
  public final StepUps stepUps = new StepUps(clock);
  public final Sessions sessions;
  public final Map<String, KeyPair> devices = new HashMap<>();
  public final Map<String, String> organOfTerminal = new HashMap<>();
  public final Map<String, Refusal> terminalRefusals = new HashMap<>();
  public final Map<String, String> organOfPerson = new HashMap<>();
  public final Map<String, String> postOfPerson = new HashMap<>();
  public final ApprovalsSeen approvals = new ApprovalsSeen();
  final OpenTransactions open;
  final Path models;
  boolean trial; // for logins made anew
  boolean setupOpen;
  String administrator = "";
  boolean passkeysInPolicy = true;

  /** The kinds of cards that the signed policy lets in. */
  final Set<CardKind> kinds = EnumSet.of(CardKind.STAFF_PIV);

  Logins logins;

  public LoginScene(Path directory) throws IOException {
    storage = OpenStorage.sqlite(directory, clock);
    trustDirectory = directory.resolve("trust");
    models = directory.resolve("models");
    ca.writeTrust(trustDirectory, List.of());
    trust =
        CardTrusts.load(
            StaffTrust.load(trustDirectory, clock),
            kind -> directory.resolve("trust-" + kind.text()),
            clock,
            StaffTrust.LOGGED,
            false);
    cards = new Authenticators(storage.seal);
    passkeys = new Passkeys(storage.seal);
    sessions =
        new Sessions(
            storage.transactions,
            storage.seal,
            SessionLimits.STANDARD,
            Sources.bound(new byte[32]),
            clock);
    registry =
        new CardRegistry(
            storage.transactions,
            cards,
            trust,
            (change, person) -> Optional.ofNullable(organOfPerson.get(person)),
            sessions,
            passkeys::suspendAll);
    open = new OpenTransactions(clock, OpenTransactions.Limits.DIRECT);
    logins = logins(Set.of(ORIGIN), AddressMatch.REQUIRE, open);
    addTerminal("T-0001", "mayor");
  }

  Logins logins(Set<String> origins, AddressMatch match, OpenTransactions questions) {
    return new Logins(
        storage.transactions,
        questions,
        sessions,
        cards,
        trust,
        new PasskeySigned.Desk(
            storage.transactions,
            passkeys,
            RelyingPlace.of(ORIGIN),
            new PasskeyRules(new PasskeyModels(models), trial, handle -> passkeysInPolicy),
            new TamperedRows(storage.transactions)),
        stepUps,
        this,
        approvals,
        new Logins.Settings(origins, match),
        new FailureDelays(clock));
  }

  @Override
  public int failures(Handle handle, ActiveTerminal terminal) {
    return FailureDelays.STANDARD;
  }

  public void addTerminal(String id, String organ) {
    devices.put(id, TestCa.p256());
    organOfTerminal.put(id, organ);
  }

  /** What was approved; {@link #refusal} refuses everything. */
  public static final class ApprovalsSeen implements Approvals {
    final List<Approval> seen = new ArrayList<>();
    @Nullable Refusal refusal;

    @Override
    public Verdict<Matter> matter(Session approver, String subject) {
      return Verdict.passed(
          new Matter(subject, subject.getBytes(StandardCharsets.UTF_8), "/things/" + subject));
    }

    @Override
    public Verdict<EntryReceipt> approve(Change change, Approval approval) {
      if (refusal != null) {
        return Verdict.refused(refusal);
      }
      seen.add(approval);
      return Verdict.passed(
          change.record(
              approval.approver().subject(),
              new GrantEvent.Rejected(approval.matter().subject(), null)));
    }

    @Override
    public EntryReceipt refused(Change change, Entry.Subject by, Matter matter, Refusal reason) {
      return change.record(by, new GrantEvent.Refused("approve", matter.subject(), reason));
    }
  }

  /** A staff card. */
  public record Card(KeyPair keys, X509Certificate certificate) {
    public byte[] der() {
      try {
        return certificate.getEncoded();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A card of the CA, not registered. */
  public Card card(String person) {
    KeyPair keys = TestCa.rsa();
    return new Card(keys, ca.issue(person, keys.getPublic()));
  }

  /** A current person with a registered card. */
  public Card clerk(String person) {
    return enrolled(person, card(person));
  }

  /** As {@link #clerk(String)}; the card's certificate lives so long. */
  Card clerk(String person, Duration life) {
    KeyPair keys = TestCa.rsa();
    return enrolled(
        person, new Card(keys, ca.issue(person, keys.getPublic(), life, TestCa.HARDWARE_POLICY)));
  }

  private Card enrolled(String person, Card card) {
    organOfPerson.put(person, "mayor");
    if (!(registry.register(person, card.der()) instanceof CardRegistry.Outcome.Registered)) {
      throw new IllegalStateException("not registered");
    }
    return card;
  }

  /** A question of the browser at {@link #PC}, fetched by the terminal there. */
  Asked ask(String terminal) {
    Asked asked = passed(logins.ask(Purpose.LOGIN, ORIGIN, PC, null));
    return fetched(asked, terminal);
  }

  Asked askUnlock(String terminal, Token session) {
    return fetched(passed(logins.ask(Purpose.UNLOCK, ORIGIN, PC, session)), terminal);
  }

  Asked fetched(Asked asked, String terminal) {
    Entry.Subject subject = Entry.Subject.terminal(organOfTerminal.get(terminal), terminal);
    return new Asked(passed(logins.fetch(asked.transaction().id(), subject, PC)), asked.cookie());
  }

  /** What card and terminal sign when both are honest. */
  Answer.Card answer(Asked asked, String terminal, Card card) {
    return answer(asked, terminal, card, said -> said, said -> said);
  }

  /** As {@link #answer(Asked, String, Card)}, with statements changed before they are signed. */
  Answer.Card answer(
      Asked asked,
      String terminal,
      Card card,
      UnaryOperator<CardStatement> cardSays,
      UnaryOperator<TerminalStatement> terminalSays) {
    OpenTransaction question = asked.transaction();
    CardStatement said =
        cardSays.apply(
            new CardStatement(
                question.origin(),
                question.id(),
                question.nonce(),
                question.purpose(),
                terminal,
                CardStatement.certificateHash(card.der()),
                question.matter() == null ? null : question.matter().detail()));
    byte[] signature = TestCa.sign(card.keys().getPrivate(), said.bytes());
    TerminalStatement device =
        terminalSays.apply(
            new TerminalStatement(
                question.origin(),
                question.id(),
                question.nonce(),
                question.purpose(),
                terminal,
                Base64Url.encode(new byte[16]),
                TerminalStatement.answerHash(said.bytes(), signature),
                CardKind.STAFF_PIV));
    KeyPair key = devices.get(terminal);
    if (key == null) {
      throw new IllegalArgumentException("no such terminal in this scene");
    }
    return new Answer.Card(
        said.bytes(),
        signature,
        card.der(),
        device.bytes(),
        TestCa.sign(key.getPrivate(), device.bytes()));
  }

  /** A whole login; the session's secret. */
  public Token login(String terminal, Card card) {
    Asked asked = ask(terminal);
    Logins.Outcome outcome =
        logins.answer(asked.transaction().id(), asked.cookie(), answer(asked, terminal, card));
    if (outcome instanceof Logins.Outcome.Opened(Token token, boolean _, var _)) {
      return token;
    }
    throw new AssertionError("expected a session, got " + outcome);
  }

  /** A terminal reports that the card of a transaction left. */
  void cardRemoved(String terminal, String transaction) {
    report(
        terminal, Base64Url.encode(new byte[16]), new AgentEvent.CardRemoved(List.of(transaction)));
  }

  /** A terminal's record, taken into the log as the events' route does. */
  public void report(String terminal, String boot, AgentEvent event) {
    DeviceRecord record =
        DeviceRecord.of(terminal, boot, 1, DeviceRecord.GENESIS, clock.instant(), event);
    Terminal row = row(terminal);
    storage.transactions.write(change -> {
      EntryReceipt entry = change.record(row.subject(), record);
      new TerminalWatch(sessions).onRecord(change, row, record, entry);
      return null;
    });
  }

  /** The register's row of a terminal. */
  public Terminal row(String terminal) {
    byte[] none = new byte[0];
    Instant now = clock.instant();
    return new Terminal(
        terminal,
        "mayor",
        Terminal.State.ACTIVE,
        none,
        "",
        "",
        none,
        now,
        now,
        now,
        0,
        DeviceRecord.GENESIS,
        null,
        null,
        "",
        null,
        null);
  }

  /** All published entries of a log, oldest first. */
  public List<Entry> entries(String log) {
    storage.logs.integrateNow();
    return storage.logs.page(log, null, Long.MAX_VALUE, AuditLogs.MAX_PAGE).stream()
        .map(row -> ((LogRow.Intact) row).entry())
        .toList()
        .reversed();
  }

  /** The newest published entry of a log. */
  public Entry newest(String log) {
    return entries(log).getLast();
  }

  /** Edits the database behind the service's back. */
  public void tamper(String sql) {
    storage.database.writer().write(handle -> handle.execute(sql));
  }

  static <P> P passed(Verdict<P> verdict) {
    return switch (verdict) {
      case Verdict.Passed<P>(P proof) -> proof;
      case Verdict.Refused<P>(Refusal reason) -> throw new AssertionError("refused " + reason);
    };
  }

  @Override
  public Verdict<ActiveTerminal> terminal(Handle handle, String id) {
    Refusal refusal = terminalRefusals.get(id);
    KeyPair key = devices.get(id);
    String organ = organOfTerminal.get(id);
    if (refusal != null || key == null || organ == null) {
      return Verdict.refused(refusal == null ? Refusal.TERMINAL_REVOKED : refusal);
    }
    return Verdict.passed(new ActiveTerminal(id, organ, key.getPublic()));
  }

  @Override
  public Verdict<CurrentPerson> person(
      Handle handle, String number, ActiveTerminal terminal, Instant at) {
    String organ = organOfPerson.get(number);
    return organ == null
        ? Verdict.refused(Refusal.PERSON_NOT_CURRENT)
        : Verdict.passed(new CurrentPerson(number, organ, postOfPerson.get(number)));
  }

  @Override
  public boolean awaitsSetup(Handle handle, String number, String organ, Instant at) {
    return setupOpen && !number.equals(administrator);
  }

  @Override
  public boolean hasRole(Handle handle, String number, String organ, Instant at) {
    return organ.equals(organOfPerson.get(number));
  }

  @Override
  public List<Look> looks(String number, String terminal) {
    return List.of();
  }

  @Override
  public TerminalLogins logins(Handle handle, ActiveTerminal terminal) {
    return new TerminalLogins() {
      @Override
      public boolean allows(CardKind kind) {
        return kinds.contains(kind);
      }

      @Override
      public Optional<Decision> decide(LoginAttempt attempt) {
        return Optional.ofNullable(rules).map(policy -> PolicyEvaluator.by(policy).login(attempt));
      }
    };
  }

  @Override
  public void close() {
    storage.close();
  }

  /** So that time passes in tests of limits. */
  public void pass(Duration time) {
    clock.advance(time);
  }

  static @Nullable Refusal reason(Logins.Outcome outcome) {
    return switch (outcome) {
      case Logins.Outcome.Refused(Refusal reason) -> reason;
      case Logins.Outcome.Unattributed(Refusal reason) -> reason;
      case Logins.Outcome.Opened opened -> null;
      case Logins.Outcome.Resumed resumed -> null;
      case Logins.Outcome.Approved approved -> null;
      case Logins.Outcome.SteppedUp steppedUp -> null;
      case Logins.Outcome.Vouched vouched -> null;
    };
  }
}
