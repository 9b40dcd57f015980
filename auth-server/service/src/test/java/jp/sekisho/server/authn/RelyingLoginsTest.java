package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.Logins.Outcome;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.session.Cause;
import jp.sekisho.server.session.Relying;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.TerminalWatch;
import jp.sekisho.server.session.Token;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins that another system asks for, and the sessions it keeps. */
class RelyingLoginsTest {
  private static final String T = "T-0001";
  private static final String SSO = "https://sso.city.example";
  private static final RelyingLogin LOGIN =
      new RelyingLogin(new Relying("keycloak", "city", "sid-1"), "groupware");

  @TempDir private Path directory;
  private LoginScene scene;
  private Card clerk;

  @BeforeEach
  void start() throws IOException {
    scene = new LoginScene(directory);
    clerk = scene.clerk("S-1024");
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private Asked ask(RelyingLogin login) {
    return scene.fetched(
        LoginScene.passed(scene.logins.askFor(login, SSO, InetAddress.ofLiteral(LoginScene.PC))),
        T);
  }

  private Outcome give(Asked asked, RelyingLogin login, Card card) {
    return scene.logins.answerFor(
        login, asked.transaction().id(), asked.cookie(), scene.answer(asked, T, card));
  }

  private List<Sessions.KeptEnd> ended() {
    return scene.sessions.endedOf("keycloak", "city", 0, 100);
  }

  private Asked loggedIn(RelyingLogin login) {
    Asked asked = ask(login);
    assertInstanceOf(Outcome.Vouched.class, give(asked, login, clerk));
    return asked;
  }

  @Test
  void theServiceIsToldWhoAnsweredAndBothEntriesStandInOneUnit() {
    Asked asked = ask(LOGIN);
    if (give(asked, LOGIN, clerk) instanceof Outcome.Vouched(RelyingProof proof)) {
      assertEquals(
          new RelyingProof(
              "city",
              "sid-1",
              asked.transaction().id(),
              "S-1024",
              "mayor",
              T,
              RelyingProof.CARD,
              List.of("sc", "pin"),
              scene.clock.instant().toEpochMilli()),
          proof);
    } else {
      throw new AssertionError("not vouched");
    }
    List<Entry> entries = scene.entries("mayor");
    Entry login = entries.get(entries.size() - 2);
    Entry vouched = entries.getLast();
    assertEquals("login.succeeded", login.type());
    assertEquals("relying.vouched", vouched.type());
    assertEquals(login.subject(), vouched.subject());
    assertEquals("S-1024", vouched.subject().person());
    assertEquals("groupware", vouched.data().get("client"));
    assertEquals(asked.transaction().id(), vouched.data().get("transaction"));
  }

  @Test
  void anAnswerCountsOnceAndForTheVerySessionThatAskedOnly() {
    Asked asked = ask(LOGIN);
    RelyingLogin other = new RelyingLogin(new Relying("keycloak", "city", "sid-2"), "groupware");
    assertEquals(Refusal.TRANSACTION_UNKNOWN, LoginScene.reason(give(asked, other, clerk)));
    assertEquals(Refusal.TRANSACTION_USED, LoginScene.reason(give(asked, LOGIN, clerk)));
    Asked again = loggedIn(LOGIN);
    assertEquals(Refusal.TRANSACTION_USED, LoginScene.reason(give(again, LOGIN, clerk)));
  }

  @Test
  void ourOwnPageCannotAnswerItNorAServiceOurPagesQuestion() {
    Asked asked = ask(LOGIN);
    assertEquals(
        Refusal.TRANSACTION_UNKNOWN,
        LoginScene.reason(
            scene.logins.answer(
                asked.transaction().id(), asked.cookie(), scene.answer(asked, T, clerk))));
    Asked own = scene.ask(T);
    assertEquals(Refusal.TRANSACTION_UNKNOWN, LoginScene.reason(give(own, LOGIN, clerk)));
  }

  @Test
  void anotherOriginThanTheServicesIsRefused() {
    Asked asked = ask(LOGIN);
    Outcome outcome =
        scene.logins.answerFor(
            LOGIN,
            asked.transaction().id(),
            asked.cookie(),
            scene.answer(
                asked,
                T,
                clerk,
                said -> said,
                said ->
                    new TerminalStatement(
                        LoginScene.ORIGIN,
                        said.transaction(),
                        said.nonce(),
                        said.purpose(),
                        said.terminal(),
                        said.boot(),
                        said.answer(),
                        said.card())));
    assertEquals(Refusal.ORIGIN_FOREIGN, LoginScene.reason(outcome));
  }

  @Test
  void aBrowserElsewhereThanTheTerminalIsRefused() {
    Asked asked =
        scene.fetched(
            LoginScene.passed(scene.logins.askFor(LOGIN, SSO, InetAddress.ofLiteral("192.0.2.99"))),
            T);
    assertEquals(Refusal.ADDRESS_MISMATCH, LoginScene.reason(give(asked, LOGIN, clerk)));
  }

  @Test
  void aRemovedCardEndsTheSessionAndTheServiceHearsOfIt() {
    Asked asked = loggedIn(LOGIN);
    assertEquals(List.of(), ended());
    scene.cardRemoved(T, asked.transaction().id());
    Sessions.KeptEnd over = ended().getFirst();
    assertEquals(LOGIN.session(), over.relying());
    assertEquals(Cause.CARD_REMOVED, over.cause());
    assertEquals(
        List.of(),
        scene.sessions.endedOf("keycloak", "city", over.changed().toEpochMilli() + 1, 100));
    assertEquals(List.of(), scene.sessions.endedOf("keycloa", "city", 0, 100));
    assertEquals(List.of(), scene.sessions.endedOf("keycloak", "cit", 0, 100));
  }

  @Test
  void aSuspendedPersonsSessionEndsAndTheServiceHearsOfIt() {
    loggedIn(LOGIN);
    scene.registry.suspend("S-1024");
    assertEquals(LOGIN.session(), ended().getFirst().relying());
    assertEquals(Cause.REVOKED, ended().getFirst().cause());
  }

  /** It hears of it once it is certified anew: a revoked one hears nothing (docs/keycloak.md). */
  @Test
  void theSessionsOfARevokedServiceEnd() {
    loggedIn(LOGIN);
    revoke("another");
    assertEquals(List.of(), ended());
    revoke("keycloak");
    assertEquals(LOGIN.session(), ended().getFirst().relying());
    assertEquals(Cause.REVOKED, ended().getFirst().cause());
  }

  private void revoke(String service) {
    scene.storage.transactions.write(change -> {
      new TerminalWatch(scene.sessions).onServiceRevoked(change, service);
      return change.record(Entry.Subject.NONE, new RelyingEvent.Revoked(service));
    });
  }

  @Test
  void itsSessionStandsBesideOurOwnAndEndsWithAnotherPersonsLogin() {
    Token own = scene.login(T, clerk);
    Asked asked = loggedIn(LOGIN);
    assertInstanceOf(
        Resolution.Active.class,
        scene.sessions.resolve(own, Sessions.Use.ACTIVITY, LoginScene.BROWSER));
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_NONE),
        scene.sessions.resolve(asked.cookie(), Sessions.Use.ACTIVITY, LoginScene.BROWSER));
    Token _ = scene.login(T, scene.clerk("S-2000"));
    assertEquals(Cause.OTHER_PERSON, ended().getFirst().cause());
  }

  @Test
  void itVouchesForNobodyBeingAtTheTerminalLater() {
    loggedIn(LOGIN);
    assertEquals(
        Optional.empty(),
        scene.storage.transactions.read(
            handle -> scene.sessions.activeAt(handle, T, "S-1024", scene.clock.instant())));
    Token _ = scene.login(T, clerk);
    assertTrue(
        scene
            .storage
            .transactions
            .read(handle -> scene.sessions.activeAt(handle, T, "S-1024", scene.clock.instant()))
            .isPresent());
  }

  @Test
  void ofOneRealmATerminalHasOneSession() {
    loggedIn(LOGIN);
    loggedIn(new RelyingLogin(new Relying("keycloak", "city", "sid-2"), "groupware"));
    assertEquals(Cause.REPLACED, ended().getFirst().cause());
    assertEquals(LOGIN.session(), ended().getFirst().relying());
  }

  @Test
  void aNewProofInTheSameSessionGoesOnWithIt() {
    loggedIn(LOGIN);
    Asked second = loggedIn(LOGIN);
    assertEquals(List.of(), ended());
    scene.cardRemoved(T, second.transaction().id());
    assertEquals(
        List.of(LOGIN.session(), LOGIN.session()),
        ended().stream().map(Sessions.KeptEnd::relying).toList());
  }

  @Test
  void whatAnotherPersonOrTerminalHasIsNotOpenedAgain() {
    scene.addTerminal("T-0002", "mayor");
    loggedIn(LOGIN);
    assertEquals(
        Refusal.SESSION_OTHER_PERSON,
        LoginScene.reason(give(ask(LOGIN), LOGIN, scene.clerk("S-2000"))));
    Asked elsewhere =
        scene.fetched(
            LoginScene.passed(
                scene.logins.askFor(LOGIN, SSO, InetAddress.ofLiteral(LoginScene.PC))),
            "T-0002");
    assertEquals(
        Refusal.TRANSACTION_BOUND,
        LoginScene.reason(
            scene.logins.answerFor(
                LOGIN,
                elsewhere.transaction().id(),
                elsewhere.cookie(),
                scene.answer(elsewhere, "T-0002", clerk))));
    assertEquals(List.of(), ended());
  }

  @Test
  void anotherPersonsLaterSessionHidesNoEnd() {
    Asked first = loggedIn(LOGIN);
    scene.cardRemoved(T, first.transaction().id());
    assertInstanceOf(Outcome.Vouched.class, give(ask(LOGIN), LOGIN, scene.clerk("S-2000")));
    assertEquals(
        List.of(Cause.CARD_REMOVED), ended().stream().map(Sessions.KeptEnd::cause).toList());
  }

  @Test
  void anOpenRowThatWasEditedCountsAsEndedAndHidesNoEnd() {
    loggedIn(LOGIN);
    scene.tamper("update web_session set person = 'S-2000'");
    assertEquals(
        List.of(LOGIN.session()), ended().stream().map(Sessions.KeptEnd::relying).toList());
  }

  @Test
  void anEndIsNotPushedOutByRowsThatNobodySealed() {
    Asked asked = loggedIn(LOGIN);
    scene.cardRemoved(T, asked.transaction().id());
    scene.tamper(
        "insert into web_session (token_hash, person, organ, post, terminal, boot, transaction_id,"
            + " assurance, state, cause, created, resumed, changed, absolute_end, entry_id, mac,"
            + " source, authenticator, relying) select randomblob(32), person, organ, post,"
            + " terminal, boot, transaction_id, assurance, 'ended', cause, created, resumed,"
            + " changed, absolute_end, entry_id, mac, source, authenticator, relying || value from"
            + " web_session, json_each('[1,2,3,4]')");
    List<Sessions.KeptEnd> four = scene.sessions.endedOf("keycloak", "city", 0, 4);
    assertEquals(3, four.size());
    assertEquals(LOGIN.session(), four.getFirst().relying());
    assertEquals(Cause.CARD_REMOVED, four.getFirst().cause());
  }

  @Test
  void idleTimeIsItsOwnSystemsButTheTwelveHoursAreOurs() {
    loggedIn(LOGIN);
    scene.pass(Duration.ofHours(11));
    scene.sessions.sweep();
    assertEquals(List.of(), ended());
    scene.pass(Duration.ofHours(2));
    scene.sessions.sweep();
    assertEquals(Cause.ABSOLUTE_LIMIT, ended().getFirst().cause());
  }

  @Test
  void aRowMovedToAnotherSystemFailsItsSeal() {
    Asked asked = loggedIn(LOGIN);
    scene.cardRemoved(T, asked.transaction().id());
    scene.tamper("update web_session set relying = 'keycloak city sid-9'");
    assertEquals(List.of("sid-9"), ended().stream().map(end -> end.relying().session()).toList());
    assertTrue(
        scene.entries("system").stream().anyMatch(e -> e.type().equals("service.state-tampered")));
  }

  @Test
  void theTerminalOfAnOpenSessionIsKnownAndOfAnEndedOneOrAnotherServicesNot() {
    Asked asked = loggedIn(LOGIN);
    assertEquals(Optional.of(T), terminalOf(LOGIN.session()));
    assertEquals(Optional.empty(), terminalOf(new Relying("other", "city", "sid-1")));
    assertEquals(Optional.empty(), terminalOf(new Relying("keycloak", "city", "sid-2")));
    scene.cardRemoved(T, asked.transaction().id());
    assertEquals(Optional.empty(), terminalOf(LOGIN.session()));
  }

  @Test
  void aCopiedCookieIsNotTheTerminalOfTheLogin() {
    loggedIn(LOGIN);
    assertEquals(Optional.of(T), terminalOf(LOGIN.session()));
    assertEquals(
        Optional.empty(), terminalOf(LOGIN.session(), InetAddress.ofLiteral("192.0.2.99")));
  }

  @Test
  void theEndOfAProofIsLaterThanItAndThatOfTheOneBeforeIsNot() {
    long first = provedAt(ask(LOGIN));
    scene.pass(Duration.ofSeconds(1));
    long second = provedAt(ask(LOGIN));
    loggedIn(new RelyingLogin(new Relying("keycloak", "city", "sid-2"), "groupware"));
    List<Long> ends = ended().stream().map(end -> end.changed().toEpochMilli()).toList();
    assertEquals(2, ends.size());
    assertTrue(ends.get(0) > first && ends.get(0) <= second, ends + " " + second);
    assertTrue(ends.get(1) > second, "although the clock of the scene stood still");
  }

  private long provedAt(Asked asked) {
    if (give(asked, LOGIN, clerk) instanceof Outcome.Vouched(RelyingProof proof)) {
      return proof.at();
    }
    throw new AssertionError("not vouched");
  }

  private Optional<String> terminalOf(Relying relying) {
    return terminalOf(relying, InetAddress.ofLiteral(LoginScene.PC));
  }

  private Optional<String> terminalOf(Relying relying, InetAddress source) {
    return scene.storage.transactions.read(
        handle -> scene.sessions.terminalOf(handle, relying, source, scene.clock.instant()));
  }
}
