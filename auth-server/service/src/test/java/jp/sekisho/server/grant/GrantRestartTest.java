package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.MediumEvent;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.terminal.Terminal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps of an exception with the service stopped and started again between any two: what was
 * acknowledged stays, and no step is possible twice. Signatures are proved in {@link GrantsTest}.
 *
 * <p>Past 400 lines: a case for each step.
 */
@SuppressWarnings("NullAway.Init") // by prepare()
final class GrantRestartTest {
  private static final byte[] SPKI = "approver's key".getBytes(StandardCharsets.US_ASCII);
  private static final String FINGERPRINT = GrantRun.FINGERPRINT;
  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100042,関 所太郎,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      300001,承認 一郎,mayor,0101,市民課,課長,2026-04-01,2027-03-31,CLERK;APPROVER
      """;

  @TempDir private Path directory;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
  private Session clerk;
  private Session approver;
  private final PolicyRules signed = new PolicyRules();

  /** With the approver's session and key. */
  private final class Run extends GrantRun {
    Run() {
      super(directory, clock, signed);
    }

    Verdict<EntryReceipt> approve(String id, byte[] text, boolean low) {
      return approve(approver, SPKI, new byte[] {1}, id, text, low);
    }
  }

  private Terminal terminal(String id) {
    return GrantRun.terminal(id, clock.instant());
  }

  private <T> T run(Function<Run, T> step) {
    try (Run run = new Run()) {
      return step.apply(run);
    }
  }

  private void during(Consumer<Run> step) {
    try (Run run = new Run()) {
      step.accept(run);
    }
  }

  @BeforeEach
  void prepare() {
    during(run -> {
      run.storage
          .database
          .writer()
          .write(h -> h.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
      assertInstanceOf(
          PersonImport.Outcome.Done.class,
          new PersonImport(run.storage.transactions, run.storage.seal, _ -> 1, clock)
              .run(PERSONS.getBytes(StandardCharsets.UTF_8), false));
      run.media.register("M-0007", "mayor", FINGERPRINT);
      clerk = run.login("100042", "T-0001");
      approver = run.login("300001", "T-0002");
    });
  }

  private NewGrant wanted(int minutes) {
    Instant now = clock.instant();
    return new NewGrant(
        "100042",
        "T-0001",
        "M-0007",
        "理由",
        null,
        null,
        null,
        1,
        now.toString(),
        now.plus(Duration.ofHours(1)).toString(),
        minutes);
  }

  private static <P> P passed(Verdict<P> verdict) {
    return switch (verdict) {
      case Verdict.Passed<P>(P proof) -> proof;
      case Verdict.Refused<P>(Refusal reason) -> throw new AssertionError(reason);
    };
  }

  private static void refused(Refusal reason, Verdict<?> verdict) {
    assertEquals(Verdict.refused(reason), verdict);
  }

  private byte[] text(String id) {
    return run(run -> run.dossier(id).text().bytes());
  }

  private String requested() {
    return run(run -> passed(run.requests.request(clerk, wanted(10))).id());
  }

  private String approved() {
    String id = requested();
    byte[] text = text(id);
    run(run -> passed(run.approve(id, text, false)));
    return id;
  }

  @Test
  void everyStepSurvivesARestartAndHappensOnce() {
    String id = approved();
    byte[] text = text(id);
    during(run -> {
      refused(Refusal.GRANT_DECIDED, run.approve(id, text, false));
      refused(Refusal.GRANT_DECIDED, run.requests.reject(approver, id));
    });
    Activated first = run(run -> passed(run.activate(id, 1)));
    clock.advance(Duration.ofMinutes(3));
    assertEquals(first, run(run -> passed(run.activate(id, 1))));
    during(run -> {
      refused(Refusal.GRANT_ACTIVATED, run.activate(id, 2));
    });
    during(run -> {
      run.closed("T-0001", id, "card-removed");
      assertEquals("active", run.dossier(id).state(), "may be opened again within its deadline");
      run.closed("T-0002", id, "deadline");
      assertEquals("active", run.dossier(id).state(), "another terminal's word is nothing");
    });
    clock.advance(Duration.ofMinutes(7));
    during(run -> {
      run.closed("T-0001", id, "deadline");
    });
    during(run -> {
      refused(Refusal.GRANT_OVER, run.activate(id, 1));
      assertEquals("used", run.dossier(id).state());
    });
    run(run -> passed(run.returns.confirm(clerk, id)));
    during(run -> {
      refused(Refusal.GRANT_DECIDED, run.returns.confirm(clerk, id));
      assertEquals("closed", run.dossier(id).state());
      assertEquals(
          List.of(
              "grant.requested",
              "grant.approved",
              "grant.refused GRANT_DECIDED",
              "grant.refused GRANT_DECIDED",
              "grant.activated",
              "grant.refused GRANT_ACTIVATED",
              "grant.ended",
              "grant.refused GRANT_OVER",
              "grant.returned",
              "grant.refused GRANT_DECIDED"),
          run.entries());
    });
  }

  @Test
  void theClockEndsAUseAndCallsForItsMediumAlsoAfterARestart() {
    String id = approved();
    run(run -> passed(run.activate(id, 1)));
    clock.advance(Duration.ofMinutes(10));
    during(run -> {
      run.time.sweep();
      run.time.sweep();
      assertEquals("used", run.dossier(id).state());
    });
    clock.advance(Duration.ofMinutes(50));
    during(run -> {
      run.time.sweep();
      run.time.sweep();
      Grant grant = run.dossier(id).grant();
      assertNotNull(grant);
      assertEquals(clock.instant(), grant.overdue());
      assertEquals(
          List.of(
              "grant.requested",
              "grant.approved",
              "grant.activated",
              "grant.ended",
              "grant.overdue"),
          run.entries());
    });
  }

  @Test
  void anApprovedButUnusedGrantExpires() {
    String id = approved();
    clock.advance(Duration.ofHours(1));
    during(run -> {
      run.time.sweep();
      assertEquals("expired", run.dossier(id).state());
      refused(Refusal.GRANT_OVER, run.activate(id, 1));
    });
  }

  @Test
  void anApprovalOfAnotherTextThanTheStoredOneIsRefused() {
    String id = requested();
    during(run -> {
      refused(Refusal.APPROVAL_TEXT, run.approve(id, new byte[] {1}, false));
      assertEquals("requested", run.dossier(id).state());
    });
  }

  @Test
  void aLowAssuranceCardDoesNotApproveOutsideATrial() {
    String id = requested();
    byte[] text = text(id);
    during(run -> {
      refused(Refusal.APPROVER_LOW, run.approve(id, text, true));
    });
  }

  @Test
  void withASignedPolicyOnlyItsKeysApproveAndOnlyWithinItsMaxima() {
    String id = requested();
    byte[] text = text(id);
    signed.of(
        rules(Duration.ofMinutes(30), Sha256.text(new byte[] {9})), PolicyRules.reading().build());
    during(run -> {
      refused(Refusal.APPROVER_UNLISTED, run.approve(id, text, false));
    });
    signed.of(rules(Duration.ofMinutes(5), Sha256.text(SPKI)), PolicyRules.reading().build());
    during(run -> {
      refused(Refusal.GRANT_TOO_LONG, run.approve(id, text, false));
      refused(Refusal.GRANT_TOO_LONG, run.requests.request(clerk, wanted(6)));
    });
    signed.of(rules(Duration.ofMinutes(10), Sha256.text(SPKI)), PolicyRules.reading().build());
    run(run -> passed(run.approve(id, text, false)));
  }

  @Test
  void withAnExpiredPolicyNothingIsAskedForAndNothingApproved() {
    String id = requested();
    byte[] text = text(id);
    signed.lapsed();
    during(run -> {
      refused(Refusal.POLICY_EXPIRED, run.approve(id, text, false));
      refused(Refusal.POLICY_EXPIRED, run.requests.request(clerk, wanted(1)));
    });
  }

  private static GrantRules rules(Duration use, String spki) {
    return PolicyRules.rules(use, List.of(new Approver("300001", "mayor", spki)));
  }

  @Test
  void aRevokedTerminalTakesItsGrantsAlong() {
    String id = approved();
    during(run -> {
      run.storage.transactions.write(change -> {
        run.watch.onRevoked(change, terminal("T-0001"));
        return null;
      });
      assertEquals("revoked", run.dossier(id).state());
    });
  }

  @Test
  void oneGrantTamperedWithKeepsNoTerminalRegisteredAndHidesNoOther() {
    String good = approved();
    String bad = approved();
    during(run -> {
      tamper(run, "update export_grant set signature = x'00' where id = '" + bad + "'");
      for (int i = 0; i < 2; i++) {
        assertEquals(
            List.of(good),
            run.activations.offers(terminal("T-0001"), clock.instant()).grants().stream()
                .map(GrantOffer::grant)
                .toList(),
            "the other is closed at the terminal");
      }
      assertEquals(1, run.tampered(bad), "once an hour");
      run.storage.transactions.write(change -> {
        run.watch.onRevoked(change, terminal("T-0001"));
        return null;
      });
      assertEquals("revoked", run.dossier(good).state());
      assertThrows(TamperedException.class, () -> run.dossier(bad));
      assertEquals(2, run.tampered(bad));
      assertEquals(List.of(), run.activations.offers(terminal("T-0001"), clock.instant()).grants());
    });
  }

  private static void tamper(Run run, String sql) {
    run.storage.database.writer().write(handle -> handle.execute(sql));
  }

  @Test
  void aMediumIsRegisteredOnceByIdAndByIdentity() {
    during(run -> {
      for (String[] taken :
          new String[][] {{"M-0007", Sha256.text(new byte[] {1})}, {"M-0008", FINGERPRINT}}) {
        assertEquals(
            new Media.Outcome.Refused(Refusal.MEDIUM_TAKEN),
            run.media.register(taken[0], "mayor", taken[1]));
      }
      assertEquals(
          new Media.Outcome.Refused(Refusal.MEDIUM_FORM),
          run.media.register("0007", "mayor", FINGERPRINT));
    });
  }

  @Test
  void aMediumThatAnExceptionNeedsIsNotDisposedOfAndADisposedOneIsLentToNobody() {
    String id = approved();
    during(run -> {
      assertEquals(
          new Media.Disposed.Refused(Refusal.MEDIUM_IN_USE),
          run.media.dispose("M-0007", "mayor", "情第12号"));
      assertEquals(
          new Media.Disposed.Refused(Refusal.MEDIUM_UNKNOWN),
          run.media.dispose("M-0099", "mayor", "情第12号"));
      assertEquals(
          new Media.Disposed.Refused(Refusal.MEDIUM_FORM),
          run.media.dispose("M-0007", "mayor", "関所太郎"));
      run.storage.transactions.write(change -> {
        run.watch.onRevoked(change, terminal("T-0001"));
        return null;
      });
      assertEquals("revoked", run.dossier(id).state());
    });
    during(run -> {
      Media.Disposed done = run.media.dispose("M-0007", "mayor", "情第12号");
      assertInstanceOf(Media.Disposed.Done.class, done);
      refused(Refusal.GRANT_MEDIUM, run.requests.request(clerk, wanted(10)));
      assertEquals("grant.refused GRANT_MEDIUM", run.entries().getLast());
      tamper(run, "update medium set reference = '情第13号' where id = 'M-0007'");
      assertThrows(TamperedException.class, () -> run.media.dispose("M-0007", "mayor", "情第12号"));
      tamper(run, "update medium set disposed = null, reference = null where id = 'M-0007'");
      assertThrows(
          TamperedException.class,
          () -> run.storage.transactions.read(h -> run.media.find(h, "M-0007")),
          "back into use");
    });
  }

  @Test
  void aCountTellsAMissingMediumFromOneThatIsLentAndOneNeverConfirmedAsReturned() {
    String id = approved();
    during(run -> {
      assertEquals(List.of("M-0007"), counted(run).missing(), "asked for, but not taken out");
      passed(run.activate(id, 1));
      assertEquals(List.of("M-0007"), counted(run).out());
      assertEquals(List.of(), counted(run).missing());
      assertEquals(List.of("M-0007"), counted(run, "M-0007").unreturned());
      assertEquals(
          List.of(MediaList.Place.OUT),
          new MediaList(run.storage.transactions, run.media, run.storage.seal, clock)
              .of("mayor").stream().map(MediaList.Line::place).toList());
      assertEquals(
          new Media.Disposed.Refused(Refusal.MEDIUM_IN_USE),
          run.media.dispose("M-0007", "mayor", "情第12号"));
      run.closed("T-0001", id, "deadline");
      passed(run.returns.confirm(clerk, id));
      MediumEvent.Counted whole = counted(run, "M-0007", "M-0099");
      assertEquals(
          new MediumEvent.Counted(
              "情第30号", 1, 1, List.of(), List.of(), List.of(), List.of("M-0099")),
          whole);
      tamper(run, "update export_grant set returned = null");
      assertThrows(TamperedException.class, () -> counted(run, "M-0007"), "hides nothing");
    });
  }

  private static MediumEvent.Counted counted(Run run, String... found) {
    Stocktake stocktake = new Stocktake(run.storage.transactions, run.media, run.storage.seal);
    return assertInstanceOf(
            Stocktake.Outcome.Done.class, stocktake.count("mayor", "情第30号", List.of(found)))
        .counted();
  }
}
