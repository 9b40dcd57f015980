package jp.sekisho.server.grant;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.authn.Approvals;
import jp.sekisho.server.authn.Matter;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.TestCards;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionLimits;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/** The feature over a freshly opened storage, as one run of the service has it. */
class GrantRun implements AutoCloseable {
  static final String FINGERPRINT = Base64Url.encode(new byte[32]);
  static final String BOOT = Base64Url.encode(new byte[16]);

  final OpenStorage storage;
  final DossierRepository dossiers;
  final Shelf shelf;
  final Media media;
  final Limits limits;
  final Sessions sessions;
  final Occurrences occurrences;
  final Requests requests;
  final CardApprovals approvals;
  final Activations activations;
  final Loans loans;
  final Returns returns;
  final GrantClock time;
  final GrantWatch watch;
  private final SettableClock clock;

  GrantRun(Path directory, SettableClock clock, SignedRules signed) {
    this(OpenStorage.sqlite(directory, clock), clock, signed);
  }

  /** Closes the storage with it. */
  GrantRun(OpenStorage storage, SettableClock clock, SignedRules signed) {
    this.clock = clock;
    this.storage = storage;
    this.dossiers = new DossierRepository(storage.seal);
    this.shelf =
        new Shelf(
            dossiers,
            new Roles(storage.seal),
            new Representation(
                new DeputyRepository(storage.seal),
                new Roles(storage.seal),
                new Persons(storage.seal)),
            new ReviewRepository(storage.seal));
    this.media = new Media(storage.transactions, storage.seal);
    this.limits = new Limits(signed, false);
    this.sessions =
        new Sessions(
            storage.transactions, storage.seal, SessionLimits.STANDARD, Sources.ANYWHERE, clock);
    CardStanding people =
        new CardStanding(new Persons(storage.seal), new Authenticators(storage.seal));
    this.occurrences =
        new Occurrences(
            dossiers,
            new SeriesStanding(
                people, (handle, id) -> Optional.of(terminal(id, clock.instant())), media, limits),
            limits);
    this.requests =
        new Requests(
            storage.transactions,
            dossiers,
            shelf,
            media,
            new Requests.Registers(
                new Persons(storage.seal),
                (handle, id) -> Optional.of(terminal(id, clock.instant())),
                _ -> false),
            limits,
            occurrences);
    this.approvals =
        new CardApprovals(storage.transactions, dossiers, shelf, limits, occurrences, people);
    this.activations =
        new Activations(storage.transactions, dossiers, media, sessions, occurrences, limits);
    this.loans = new Loans(storage.transactions, media, storage.seal);
    this.returns = new Returns(storage.transactions, dossiers, shelf, loans);
    this.time = new GrantClock(storage.transactions, dossiers, occurrences);
    this.watch = new GrantWatch(dossiers);
  }

  Session login(String person, String terminal) {
    Token token = Token.random();
    return storage.transactions.write(change -> {
      EntryReceipt entry =
          change.record(
              new Entry.Subject("mayor", person, null, terminal, Session.nameOf(token.hash())),
              new LoginEvent.Succeeded(
                  "t", Purpose.LOGIN, "s", "g", "k", true, "staff-piv", "normal"));
      sessions.open(
          change,
          entry,
          token,
          new Sessions.Opening(
              person,
              "mayor",
              null,
              terminal,
              BOOT,
              "t" + person,
              "normal",
              InetAddress.getLoopbackAddress()));
      return sessions.active(change.handle(), token.hash(), change.now()).orElseThrow();
    });
  }

  /** As a login does it, by a registered card: who asked writes down what was refused. */
  Verdict<EntryReceipt> approve(
      Session approver, byte[] spki, byte[] statement, String id, byte[] text, boolean low) {
    return approve(approver, spki, statement, new byte[] {2}, id, text, low);
  }

  /** As a login does it, with the signature that the card is said to have given. */
  Verdict<EntryReceipt> approve(
      Session approver,
      byte[] spki,
      byte[] statement,
      byte[] signature,
      String id,
      byte[] text,
      boolean low) {
    TestCards.register(storage, approver.person(), spki);
    Matter matter = new Matter(id, text, "/grants/" + id);
    return storage.transactions.write(change -> {
      Verdict<EntryReceipt> approved =
          approvals.approve(
              change,
              new Approvals.Approval(approver, matter, "t", statement, signature, spki, low));
      if (approved instanceof Verdict.Refused<EntryReceipt>(Refusal reason)) {
        approvals.refused(change, approver.subject(), matter, reason);
      }
      return approved;
    });
  }

  Verdict<Activated> activate(String id, int nonce) {
    return activate(id, nonce, FINGERPRINT);
  }

  Verdict<Activated> activate(String id, int nonce, @Nullable String fingerprint) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) nonce;
    return activations.activate(
        terminal("T-0001", clock.instant()),
        id,
        new ActivateRequest(Base64Url.encode(bytes), BOOT, fingerprint));
  }

  Dossier dossier(String id) {
    return storage.transactions.read(handle -> dossiers.find(handle, id)).orElseThrow();
  }

  void closed(String terminal, String id, String cause) {
    closed("export.closed", terminal, id, cause);
  }

  void closed(String type, String terminal, String id, String cause) {
    DeviceRecord record =
        new DeviceRecord(
            terminal,
            BOOT,
            1,
            DeviceRecord.GENESIS,
            clock.instant(),
            type,
            null,
            java.util.Map.of("grant", id, "cause", cause));
    storage.transactions.write(change -> {
      EntryReceipt entry = change.record(terminal(terminal, clock.instant()).subject(), record);
      watch.onRecord(change, terminal(terminal, clock.instant()), record, entry);
      return null;
    });
  }

  List<String> entries() {
    storage.logs.integrateNow();
    return storage.logs.page("mayor", null, Long.MAX_VALUE, AuditLogs.MAX_PAGE).reversed().stream()
        .map(row -> ((LogRow.Intact) row).entry())
        .filter(entry -> entry.type().startsWith("grant."))
        .map(entry -> entry.reason() == null ? entry.type() : entry.type() + " " + entry.reason())
        .toList();
  }

  /** Number of entries that call this grant's row tampered with. */
  long tampered(String id) {
    storage.logs.integrateNow();
    return storage.logs.page("system", null, Long.MAX_VALUE, AuditLogs.MAX_PAGE).stream()
        .map(row -> ((LogRow.Intact) row).entry())
        .filter(entry -> entry.type().equals("service.state-tampered"))
        .filter(entry -> id.equals(entry.data().get("row")))
        .count();
  }

  @Override
  public void close() {
    storage.close();
  }

  static Terminal terminal(String id, Instant now) {
    byte[] none = new byte[0];
    return new Terminal(
        id,
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
}
