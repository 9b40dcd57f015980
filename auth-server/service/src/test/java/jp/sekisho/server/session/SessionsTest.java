package jp.sekisho.server.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.LoginScene;
import jp.sekisho.server.session.Sessions.Use;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a session under a clock that the test moves. */
final class SessionsTest {
  private static final String T = "T-0001";
  private static final String BOOT = Base64Url.encode(new byte[16]);

  @TempDir Path directory;
  private LoginScene scene;
  private Token token;

  @BeforeEach
  void open() throws IOException {
    scene = new LoginScene(directory);
    token = scene.login(T, scene.clerk("100042"));
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private Resolution look() {
    return scene.sessions.resolve(token, Use.LOOK, LoginScene.BROWSER);
  }

  private void assertActive() {
    assertInstanceOf(Resolution.Active.class, look());
  }

  private void assertSuspended(Cause cause) {
    assertEquals(cause, assertInstanceOf(Resolution.Suspended.class, look()).session().cause());
    assertNewest("session.suspended", cause);
  }

  private void assertEnded(Cause cause) {
    assertEquals(new Resolution.Refused(Refusal.SESSION_ENDED), look());
    assertNewest("session.ended", cause);
  }

  private void assertNewest(String type, Cause cause) {
    Entry entry = scene.newest("mayor");
    assertEquals(type, entry.type());
    assertEquals(Map.of("cause", cause.text()), entry.data());
    assertEquals(Session.nameOf(token.hash()), entry.subject().session());
    assertEquals("100042", entry.subject().person());
  }

  private void pass(Duration time) {
    scene.pass(time);
  }

  @Test
  void fifteenIdleMinutesSuspend() {
    pass(Duration.ofMinutes(15).minusMillis(1));
    assertActive();
    pass(Duration.ofMillis(1));
    assertSuspended(Cause.IDLE);
  }

  @Test
  void activityPutsIdleOffAndLookingDoesNot() {
    pass(Duration.ofMinutes(14));
    scene.sessions.resolve(token, Use.ACTIVITY, LoginScene.BROWSER);
    pass(Duration.ofMinutes(14));
    assertActive();
    pass(Duration.ofMinutes(1));
    assertSuspended(Cause.IDLE);
  }

  @Test
  void thirtyMinutesAfterTheSuspensionItEndsHoweverLateSomebodyAsks() {
    pass(Duration.ofMinutes(15 + 30));
    assertEnded(Cause.LOCK_TO_END);
  }

  @Test
  void twelveHoursAreTheEndAlsoOfABusySession() {
    for (int i = 0; i < 12 * 6 - 1; i++) {
      pass(Duration.ofMinutes(10));
      scene.sessions.resolve(token, Use.ACTIVITY, LoginScene.BROWSER);
    }
    assertActive();
    pass(Duration.ofMinutes(10));
    assertEnded(Cause.ABSOLUTE_LIMIT);
  }

  @Test
  void theSweeperWritesWhatNobodyAsksFor() {
    pass(Duration.ofMinutes(20));
    scene.sessions.sweep();
    assertNewest("session.suspended", Cause.IDLE);
    pass(Duration.ofMinutes(30));
    scene.sessions.sweep();
    assertNewest("session.ended", Cause.LOCK_TO_END);
    int entries = scene.entries("mayor").size();
    scene.sessions.sweep();
    assertEquals(entries, scene.entries("mayor").size());
  }

  @Test
  void cardRemovedAndSeatLostSuspendTheSessionOfTheirTransaction() {
    String transaction = assertInstanceOf(Resolution.Active.class, look()).session().transaction();
    scene.report(T, BOOT, new AgentEvent.CardRemoved(List.of(Base64Url.encode(new byte[16]))));
    assertActive();
    scene.report(T, BOOT, new AgentEvent.SeatLost(List.of("other", transaction)));
    assertSuspended(Cause.SEAT_LOST);
  }

  @Test
  void theTransactionThatATerminalWatchesNoMoreSuspendsItsSession() {
    String transaction = assertInstanceOf(Resolution.Active.class, look()).session().transaction();
    scene.report(T, BOOT, new AgentEvent.Unwatched(List.of(transaction)));
    assertSuspended(Cause.SEAT_LOST);
  }

  @Test
  void anAgentThatWasKilledAndStartedAgainWatchesNoCardYet() {
    scene.report(T, BOOT, new AgentEvent.Started("1", true));
    assertSuspended(Cause.TERMINAL_STOPPED);
  }

  @Test
  void theAgentsStopSuspendsAndItsNextBootEnds() {
    scene.report(T, BOOT, new AgentEvent.Stopped());
    assertSuspended(Cause.TERMINAL_STOPPED);
    scene.report(T, BOOT, new AgentEvent.Started("1", true));
    assertInstanceOf(Resolution.Suspended.class, look());
    byte[] other = new byte[16];
    other[0] = 1;
    scene.report(T, Base64Url.encode(other), new AgentEvent.Started("1", true));
    assertEnded(Cause.REBOOT);
  }

  @Test
  void silenceSuspendsAndRevocationEnds() {
    TerminalWatch watch = new TerminalWatch(scene.sessions);
    scene.storage.transactions.write(change -> {
      watch.onSilent(change, T);
      return null;
    });
    assertSuspended(Cause.TERMINAL_SILENT);
    scene.storage.transactions.write(change -> {
      watch.onRevoked(change, scene.row(T));
      return null;
    });
    assertEnded(Cause.REVOKED);
  }

  @Test
  void suspendingThePersonsCardEnds() {
    scene.registry.suspend("100042");
    assertEnded(Cause.REVOKED);
  }

  @Test
  void logoutEndsOnceAndIsQuietAfterwards() {
    scene.sessions.logout(token, LoginScene.BROWSER);
    assertEnded(Cause.LOGOUT);
    int entries = scene.entries("mayor").size();
    scene.sessions.logout(token, LoginScene.BROWSER);
    assertEquals(entries, scene.entries("mayor").size());
  }

  @Test
  void aCookieThatWasCopiedElsewhereLogsNobodyOut() {
    int entries = scene.entries("mayor").size();
    scene.sessions.logout(token, InetAddress.ofLiteral("192.0.2.8"));
    assertActive();
    assertEquals(entries, scene.entries("mayor").size());
  }

  @Test
  void aForeignCookieIsNobody() {
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_NONE),
        scene.sessions.resolve(Token.random(), Use.ACTIVITY, LoginScene.BROWSER));
  }

  @Test
  void aCookieFromAnotherAddressIsRefusedAndTheSessionGoesOn() {
    InetAddress elsewhere = InetAddress.ofLiteral("192.0.2.8");
    for (int i = 0; i < 3; i++) {
      assertEquals(
          new Resolution.Refused(Refusal.ADDRESS_MISMATCH),
          scene.sessions.resolve(token, Use.ACTIVITY, elsewhere));
    }
    Entry entry = scene.newest("mayor");
    assertEquals("session.refused", entry.type());
    assertEquals(Refusal.ADDRESS_MISMATCH.name(), entry.reason());
    assertEquals("100042", entry.subject().person());
    assertEquals(
        1,
        scene.entries("mayor").stream().filter(e -> e.type().equals("session.refused")).count(),
        "once a minute");
    assertActive();
    pass(Duration.ofMinutes(15));
    assertSuspended(Cause.IDLE);
    assertEquals(
        new Resolution.Refused(Refusal.ADDRESS_MISMATCH),
        scene.sessions.resolve(token, Use.LOOK, elsewhere));
  }

  @Test
  void withoutAddressMatchACookieMayComeFromAnywhere() {
    Sessions anywhere =
        new Sessions(
            scene.storage.transactions,
            scene.storage.seal,
            SessionLimits.STANDARD,
            Sources.ANYWHERE,
            scene.clock);
    assertInstanceOf(
        Resolution.Active.class,
        anywhere.resolve(token, Use.LOOK, InetAddress.ofLiteral("192.0.2.8")));
  }

  @Test
  void aSessionThatNobodyOpenedIsNoticed() {
    Token forged = Token.random();
    scene.tamper("create table forged as select * from web_session");
    scene.tamper(
        "update forged set token_hash = x'" + HexFormat.of().formatHex(forged.hash()) + "'");
    scene.tamper("insert into web_session select * from forged");
    scene.tamper("drop table forged");
    assertEquals(
        new Resolution.Refused(Refusal.STATE_TAMPERED),
        scene.sessions.resolve(forged, Use.LOOK, LoginScene.BROWSER));
    assertActive();
  }

  @Test
  void everyEditOfTheRowIsNoticedAndWrittenOnce() {
    pass(Duration.ofMinutes(16));
    assertSuspended(Cause.IDLE);
    for (String edit :
        List.of(
            "state = 'active', cause = null",
            "person = '100043'",
            "organ = 'school-board'",
            "terminal = 'T-0002'",
            "absolute_end = absolute_end + 1",
            "assurance = 'high'",
            "cause = 'nonsense'",
            "boot = 'x'",
            "source = 'x'",
            "source = null",
            "entry_id = x'00'")) {
      scene.tamper("create table keep as select * from web_session");
      scene.tamper("update web_session set " + edit);
      assertEquals(new Resolution.Refused(Refusal.STATE_TAMPERED), look(), edit);
      scene.tamper("delete from web_session");
      scene.tamper("insert into web_session select * from keep");
      scene.tamper("drop table keep");
    }
    assertEquals(
        1,
        scene.entries("system").stream()
            .filter(entry -> entry.type().equals("service.state-tampered"))
            .count());
    assertInstanceOf(Resolution.Suspended.class, look());
  }
}
