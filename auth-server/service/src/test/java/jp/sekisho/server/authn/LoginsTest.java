package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.Segment;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginRules;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.reader.JpkiStaffLogin;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.reader.ReaderRules;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.StorageAccess;
import jp.sekisho.policy.usb.UnlistedDevices;
import jp.sekisho.policy.usb.UsbRules;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.Logins.Outcome;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sessions.Use;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every step of the judgement, its yes and each of its noes, over real keys and real storage. Long
 * because it is one list: splitting it would hide which no is missing.
 */
final class LoginsTest {
  private static final String T = "T-0001";
  private static final String NONE = Base64Url.encode(new byte[32]);

  @TempDir Path directory;
  private LoginScene scene;
  private Card card;

  @BeforeEach
  void open() throws IOException {
    scene = new LoginScene(directory);
    card = scene.clerk("100042");
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private Outcome give(Asked asked, Answer answer) {
    return scene.logins.answer(asked.transaction().id(), asked.cookie(), answer);
  }

  /** Refused, in the log by terminal, and the transaction is used from here on. */
  private void assertRefused(Refusal reason, Asked asked, Answer answer) {
    assertEquals(new Outcome.Refused(reason), give(asked, answer));
    Entry entry = scene.newest("mayor");
    assertEquals("login.refused", entry.type());
    assertEquals(reason.name(), entry.reason());
    assertEquals(T, entry.subject().terminal());
    assertEquals(Refusal.TRANSACTION_USED, LoginScene.reason(give(asked, answer)));
  }

  /** Refused with nobody to name. */
  private void assertUnattributed(Refusal reason, Asked asked, Answer answer) {
    assertEquals(new Outcome.Unattributed(reason), give(asked, answer));
  }

  private static <T> Rule<T> rule(String id, T value, Layer layer) {
    return new Rule<>(id, new Reason("試験", "for a test"), value, layer);
  }

  private static Policy policy(List<LoginFactors> factors, Layer layer) {
    Layer all = Layer.COMMON;
    return new Policy(
        rule("segment", Segment.MY_NUMBER, all),
        new LoginRules(
            rule("login.absolute", Duration.ofHours(12), all),
            rule("login.idle", Duration.ofMinutes(15), all),
            rule("login.lock", Duration.ofMinutes(5), all),
            rule("login.end", Duration.ofMinutes(30), all),
            rule("login.address", AddressMatch.REQUIRE, all),
            rule("login.cards", List.of(CardKind.STAFF_PIV), all)),
        new ReaderRules(
            rule("readers.jpki", JpkiStaffLogin.OFF, all),
            List.of(rule("readers.all", new ReaderAssignment("*", ReaderRole.STAFF), all))),
        new UsbRules(
            rule("usb.storage", StorageAccess.GRANT_ONLY, all),
            rule("usb.unlisted", UnlistedDevices.BLOCK, all),
            rule("usb.enrolled", List.of(), all)),
        new GrantRules(
            rule("grants.use", Duration.ofHours(1), all),
            rule("grants.span", Duration.ofDays(7), all),
            rule("grants.approvers", List.of(), all)),
        new SettingValues.Builder()
            .put(LoginSettings.FACTORS, rule("tax.factors", factors, layer))
            .build());
  }

  @Test
  void untilTheFirstStartIsFinishedOnlyAdministratorsComeIn() {
    Card admin = scene.clerk("100001");
    scene.setupOpen = true;
    scene.administrator = "100001";
    Asked asked = scene.ask("T-0001");
    assertEquals(
        new Logins.Outcome.Refused(Refusal.SETUP_OPEN),
        scene.logins.answer(
            asked.transaction().id(), asked.cookie(), scene.answer(asked, "T-0001", card)));
    assertEquals("100042", scene.newest("mayor").subject().person());
    assertEquals("SETUP_OPEN", scene.newest("mayor").reason());
    Token _ = scene.login("T-0001", admin);
  }

  @Test
  void theTerminalsSignedPolicyDecidesAndItsRuleStandsInTheEntry() {
    scene.rules = policy(List.of(LoginFactors.PASSKEY), Layer.DIVISION);
    Asked asked = scene.ask(T);
    assertRefused(Refusal.LOGIN_POLICY, asked, scene.answer(asked, T, card));
    Map<String, Object> data = scene.newest("mayor").data();
    assertEquals("block", data.get("effect"));
    assertEquals("tax.factors", data.get("rule"));
    assertEquals("division", data.get("layer"));

    // Nobody said when the office is open: everybody is let in and marked.
    scene.rules = policy(List.of(LoginFactors.CARD_PIN), Layer.COMMON);
    Asked again = scene.ask(T);
    assertInstanceOf(Outcome.Opened.class, give(again, scene.answer(again, T, card)));
    Map<String, Object> marked =
        scene.entries("mayor").stream()
            .filter(entry -> entry.type().equals("login.succeeded"))
            .findFirst()
            .orElseThrow()
            .data();
    assertEquals("audit", marked.get("effect"));
    assertEquals("built-in.unset", marked.get("rule"));
  }

  @Test
  void cardAndPinOpenASessionAndOneEntryTellsOfIt() {
    Asked asked = scene.ask(T);
    Answer.Card answer = scene.answer(asked, T, card);
    Outcome.Opened opened = assertInstanceOf(Outcome.Opened.class, give(asked, answer));
    assertInstanceOf(
        Resolution.Active.class,
        scene.sessions.resolve(opened.token(), Use.ACTIVITY, LoginScene.BROWSER));
    Entry entry = scene.newest("mayor");
    assertEquals("login.succeeded", entry.type());
    assertTrue(entry.success());
    assertEquals("100042", entry.subject().person());
    assertEquals(asked.transaction().id(), entry.data().get("transaction"));
    assertEquals(true, entry.data().get("sameAddress"));
  }

  @Test
  void aReplayIsUsedAlsoAfterARestart() {
    Asked asked = scene.ask(T);
    Answer.Card answer = scene.answer(asked, T, card);
    assertInstanceOf(Outcome.Opened.class, give(asked, answer));
    assertUnattributed(Refusal.TRANSACTION_USED, asked, answer);
    scene.logins =
        scene.logins(
            Set.of(LoginScene.ORIGIN),
            AddressMatch.REQUIRE,
            new OpenTransactions(scene.clock, OpenTransactions.Limits.DIRECT));
    assertUnattributed(Refusal.TRANSACTION_USED, asked, answer);
  }

  @Test
  void live_unknownTransaction() {
    Asked asked = scene.ask(T);
    Answer.Card answer = scene.answer(asked, T, card);
    assertEquals(
        new Outcome.Unattributed(Refusal.TRANSACTION_UNKNOWN),
        scene.logins.answer(Base64Url.encode(new byte[16]), asked.cookie(), answer));
  }

  @Test
  void live_withoutThePreLoginCookieNothingIsUsedUp() {
    Asked asked = scene.ask(T);
    Answer.Card answer = scene.answer(asked, T, card);
    String id = asked.transaction().id();
    Outcome refused = new Outcome.Unattributed(Refusal.PRELOGIN_COOKIE);
    assertEquals(refused, scene.logins.answer(id, null, answer));
    assertEquals(refused, scene.logins.answer(id, Token.random(), answer));
    assertInstanceOf(Outcome.Opened.class, give(asked, answer));
  }

  @Test
  void live_ninetySecondsAreTheEnd() {
    Asked asked = scene.ask(T);
    Answer.Card answer = scene.answer(asked, T, card);
    scene.pass(OpenTransaction.LIFE);
    assertUnattributed(Refusal.TRANSACTION_EXPIRED, asked, answer);
  }

  @Test
  void terminal_malformedStatement() {
    Asked asked = scene.ask(T);
    Answer.Card honest = scene.answer(asked, T, card);
    byte[] text = honest.terminalStatement().clone();
    text[0] = 'S';
    assertUnattributed(
        Refusal.STATEMENT_INVALID,
        asked,
        new Answer.Card(
            honest.statement(),
            honest.signature(),
            honest.certificate(),
            text,
            honest.terminalSignature()));
  }

  @Test
  void terminal_alteredSignature() {
    Asked asked = scene.ask(T);
    Answer.Card honest = scene.answer(asked, T, card);
    byte[] signature = honest.terminalSignature().clone();
    signature[signature.length - 1] ^= 1;
    assertUnattributed(
        Refusal.SIGNATURE_INVALID,
        asked,
        new Answer.Card(
            honest.statement(),
            honest.signature(),
            honest.certificate(),
            honest.terminalStatement(),
            signature));
  }

  @Test
  void terminal_pendingRevokedOrUnknown() {
    for (Refusal refusal : List.of(Refusal.TERMINAL_PENDING, Refusal.TERMINAL_REVOKED)) {
      Asked asked = scene.ask(T);
      Answer.Card answer = scene.answer(asked, T, card);
      scene.terminalRefusals.put(T, refusal);
      assertUnattributed(refusal, asked, answer);
      scene.terminalRefusals.clear();
    }
  }

  @Test
  void origin_anotherTerminalFetched() {
    scene.addTerminal("T-0002", "mayor");
    Asked asked = scene.ask("T-0002");
    assertRefused(Refusal.TRANSACTION_BOUND, asked, scene.answer(asked, T, card));
  }

  @Test
  void origin_nobodyFetched() {
    Asked asked =
        LoginScene.passed(scene.logins.ask(Purpose.LOGIN, LoginScene.ORIGIN, LoginScene.PC, null));
    assertRefused(Refusal.TRANSACTION_BOUND, asked, scene.answer(asked, T, card));
  }

  @Test
  void origin_theTerminalSawAForeignPage() {
    Asked asked = scene.ask(T);
    Answer.Card answer =
        scene.answer(
            asked,
            T,
            card,
            said -> said,
            said ->
                new TerminalStatement(
                    "https://evil.example",
                    said.transaction(),
                    said.nonce(),
                    said.purpose(),
                    said.terminal(),
                    said.boot(),
                    said.answer(),
                    said.card()));
    assertRefused(Refusal.ORIGIN_FOREIGN, asked, answer);
  }

  @Test
  void origin_aForeignPageGetsNoQuestion() {
    Verdict<Asked> asked =
        scene.logins.ask(Purpose.LOGIN, "https://evil.example", LoginScene.PC, null);
    assertEquals(Verdict.refused(Refusal.ORIGIN_FOREIGN), asked);
  }

  @Test
  void origin_theTerminalSpokeOverAnotherNonceOrAnswer() {
    for (boolean nonce : new boolean[] {true, false}) {
      Asked asked = scene.ask(T);
      Answer.Card answer =
          scene.answer(
              asked,
              T,
              card,
              said -> said,
              said ->
                  new TerminalStatement(
                      said.origin(),
                      said.transaction(),
                      nonce ? NONE : said.nonce(),
                      said.purpose(),
                      said.terminal(),
                      said.boot(),
                      nonce ? said.answer() : NONE,
                      said.card()));
      assertRefused(Refusal.STATEMENT_INVALID, asked, answer);
    }
  }

  @Test
  void origin_anotherAddressIsRefusedOrFlagged() {
    scene.logins = scene.logins(Set.of(LoginScene.ORIGIN), AddressMatch.REQUIRE, scene.open);
    Asked asked = fromElsewhere();
    assertRefused(Refusal.ADDRESS_MISMATCH, asked, scene.answer(asked, T, card));
    scene.logins = scene.logins(Set.of(LoginScene.ORIGIN), AddressMatch.FLAG, scene.open);
    Asked flagged = fromElsewhere();
    assertInstanceOf(Outcome.Opened.class, give(flagged, scene.answer(flagged, T, card)));
    assertEquals(false, scene.newest("mayor").data().get("sameAddress"));
  }

  private Asked fromElsewhere() {
    Asked asked =
        LoginScene.passed(scene.logins.ask(Purpose.LOGIN, LoginScene.ORIGIN, "198.51.100.9", null));
    OpenTransaction bound =
        LoginScene.passed(
            scene.logins.fetch(
                asked.transaction().id(), Entry.Subject.terminal("mayor", T), LoginScene.PC));
    return new Asked(bound, asked.cookie());
  }

  @Test
  void path_foreignCa() {
    KeyPair keys = TestCa.rsa();
    TestCa other = new TestCa("Staff CA", scene.clock.instant());
    Card foreign = new Card(keys, other.issue("100042", keys.getPublic()));
    Asked asked = scene.ask(T);
    assertRefused(Refusal.CERT_UNTRUSTED, asked, scene.answer(asked, T, foreign));
  }

  @Test
  void path_expired() {
    KeyPair keys = TestCa.rsa();
    Card old =
        new Card(
            keys,
            scene.ca.issue(
                "100042", keys.getPublic(), Duration.ofMinutes(1), TestCa.HARDWARE_POLICY));
    scene.pass(Duration.ofMinutes(2));
    Asked asked = scene.ask(T);
    assertRefused(Refusal.CERT_EXPIRED, asked, scene.answer(asked, T, old));
  }

  @Test
  void path_revokedCountsAtOnce() throws IOException {
    scene.ca.writeTrust(scene.trustDirectory, List.of(card.certificate()));
    scene.pass(Duration.ofSeconds(1));
    Asked asked = scene.ask(T);
    assertRefused(Refusal.CERT_REVOKED, asked, scene.answer(asked, T, card));
  }

  @Test
  void path_withoutAFreshRevocationListNobodyPasses() throws IOException {
    Files.delete(scene.trustDirectory.resolve("staff.crl"));
    Asked asked = scene.ask(T);
    assertRefused(Refusal.REVOCATION_UNKNOWN, asked, scene.answer(asked, T, card));
    scene.ca.writeTrust(scene.trustDirectory, List.of());
    scene.pass(Duration.ofDays(8));
    Asked later = scene.ask(T);
    assertRefused(Refusal.REVOCATION_UNKNOWN, later, scene.answer(later, T, card));
  }

  @Test
  void card_everyFieldMustBeTheTransactions() {
    List<java.util.function.UnaryOperator<CardStatement>> lies =
        List.of(
            said ->
                new CardStatement(
                    "https://evil.example",
                    said.transaction(),
                    said.nonce(),
                    said.purpose(),
                    said.terminal(),
                    said.certificate(),
                    null),
            said ->
                new CardStatement(
                    said.origin(),
                    Base64Url.encode(new byte[16]),
                    said.nonce(),
                    said.purpose(),
                    said.terminal(),
                    said.certificate(),
                    null),
            said ->
                new CardStatement(
                    said.origin(),
                    said.transaction(),
                    NONE,
                    said.purpose(),
                    said.terminal(),
                    said.certificate(),
                    null),
            said ->
                new CardStatement(
                    said.origin(),
                    said.transaction(),
                    said.nonce(),
                    Purpose.UNLOCK,
                    said.terminal(),
                    said.certificate(),
                    null),
            said ->
                new CardStatement(
                    said.origin(),
                    said.transaction(),
                    said.nonce(),
                    said.purpose(),
                    "T-0002",
                    said.certificate(),
                    null),
            said ->
                new CardStatement(
                    said.origin(),
                    said.transaction(),
                    said.nonce(),
                    said.purpose(),
                    said.terminal(),
                    NONE,
                    null));
    for (var lie : lies) {
      Asked asked = scene.ask(T);
      assertRefused(
          Refusal.STATEMENT_INVALID, asked, scene.answer(asked, T, card, lie, said -> said));
      scene.pass(FailureDelays.FIRST); // the fifth in a row makes the card wait
    }
  }

  @Test
  void card_anotherKeyThanTheCertificates() {
    Card liar = new Card(TestCa.rsa(), card.certificate());
    Asked asked = scene.ask(T);
    assertRefused(Refusal.SIGNATURE_INVALID, asked, scene.answer(asked, T, liar));
  }

  @Test
  void registered_aGenuineCardOfNobody() {
    Asked asked = scene.ask(T);
    assertRefused(Refusal.NOT_ENROLLED, asked, scene.answer(asked, T, scene.card("100043")));
    assertNull(scene.newest("mayor").subject().person());
  }

  @Test
  void registered_suspended() {
    scene.registry.suspend("100042");
    Asked asked = scene.ask(T);
    assertRefused(Refusal.AUTHENTICATOR_SUSPENDED, asked, scene.answer(asked, T, card));
    scene.registry.resume("100042");
    scene.login(T, card);
  }

  @Test
  void registered_anEditedRowIsNotBelieved() {
    scene.tamper("update authenticator set person = '100043'");
    Asked asked = scene.ask(T);
    assertRefused(Refusal.STATE_TAMPERED, asked, scene.answer(asked, T, card));
    assertEquals("service.state-tampered", scene.newest("system").type());
    assertEquals("authenticator", scene.newest("system").data().get("table"));
  }

  @Test
  void person_withoutACurrentPost() {
    scene.organOfPerson.remove("100042");
    Asked asked = scene.ask(T);
    assertRefused(Refusal.PERSON_NOT_CURRENT, asked, scene.answer(asked, T, card));
    assertEquals("100042", scene.newest("mayor").subject().person());
  }

  @Test
  void permitted_onlyAtATerminalOfTheOwnOrgan() {
    scene.organOfPerson.put("100042", "school-board");
    Asked asked = scene.ask(T);
    assertRefused(Refusal.ROLE_MISSING, asked, scene.answer(asked, T, card));
  }

  @Test
  void recorded_aCardThatLeftBeforeItsAnswerOpensNothing() {
    Asked asked = scene.ask(T);
    Answer.Card answer = scene.answer(asked, T, card);
    scene.cardRemoved(T, asked.transaction().id());
    assertRefused(Refusal.CARD_REMOVED, asked, answer);
  }

  @Test
  void recorded_anotherPersonsLoginEndsTheSessionOfTheTerminal() {
    Token first = scene.login(T, card);
    Token second = scene.login(T, scene.clerk("100043"));
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_ENDED),
        scene.sessions.resolve(first, Use.LOOK, LoginScene.BROWSER));
    assertInstanceOf(
        Resolution.Active.class, scene.sessions.resolve(second, Use.LOOK, LoginScene.BROWSER));
    assertTrue(
        scene.entries("mayor").stream()
            .anyMatch(entry -> entry.data().equals(Map.of("cause", "other-person"))));
  }

  @Test
  void unlock_samePersonSameSession() {
    Asked login = scene.ask(T);
    Token token =
        assertInstanceOf(Outcome.Opened.class, give(login, scene.answer(login, T, card))).token();
    scene.cardRemoved(T, login.transaction().id());
    assertInstanceOf(
        Resolution.Suspended.class,
        scene.sessions.resolve(token, Use.ACTIVITY, LoginScene.BROWSER));
    Asked unlock = scene.askUnlock(T, token);
    Token next =
        assertInstanceOf(Outcome.Resumed.class, give(unlock, scene.answer(unlock, T, card)))
            .token();
    assertEquals(Session.nameOf(token.hash()), active(next).name(), "the same session");
    assertEquals("session.resumed", scene.newest("mayor").type());
    // A late record of the first removal names the login, not the unlock.
    scene.cardRemoved(T, login.transaction().id());
    assertEquals(Session.nameOf(token.hash()), active(next).name());
  }

  private Session active(Token token) {
    return assertInstanceOf(
            Resolution.Active.class,
            scene.sessions.resolve(token, Use.ACTIVITY, LoginScene.BROWSER))
        .session();
  }

  private Resolution worth(Token token, Use use) {
    return scene.sessions.resolve(token, use, LoginScene.BROWSER);
  }

  private Token unlocked(Token token) {
    Asked unlock = scene.askUnlock(T, token);
    return assertInstanceOf(Outcome.Resumed.class, give(unlock, scene.answer(unlock, T, card)))
        .token();
  }

  private Token steppedUp(Token token) {
    Asked asked =
        scene.fetched(
            LoginScene.passed(
                scene.logins.askStepUp(
                    active(token), StepUps.REGISTER_PASSKEY, LoginScene.ORIGIN, LoginScene.PC)),
            T);
    return assertInstanceOf(Outcome.SteppedUp.class, give(asked, scene.answer(asked, T, card)))
        .token();
  }

  @Test
  void renewed_eachUnlockAndStepUpReplacesTheCookieOfTheSameSession() {
    Token first = scene.login(T, card);
    String name = active(first).name();
    Token second = unlocked(first);
    assertEquals(name, active(second).name());
    Token third = steppedUp(second);
    assertEquals(name, active(third).name());
    assertTrue(scene.stepUps.find(name, StepUps.REGISTER_PASSKEY).isPresent());
    assertInstanceOf(Resolution.Suspended.class, worth(second, Use.ACTIVITY), "locked");
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_NONE), worth(first, Use.LOOK), "nobody's any more");
    scene.sessions.logout(first, LoginScene.BROWSER);
    assertEquals(name, active(third).name(), "an old one ends nothing");
    scene.sessions.logout(third, LoginScene.BROWSER);
    assertEquals(new Resolution.Refused(Refusal.SESSION_ENDED), worth(third, Use.LOOK));
    assertEquals(new Resolution.Refused(Refusal.SESSION_ENDED), worth(second, Use.LOOK));
  }

  @Test
  void renewed_aPageThatIsAskingMeanwhileNoticesNothingForAMoment() {
    Token first = scene.login(T, card);
    Token second = unlocked(first);
    assertInstanceOf(Resolution.Active.class, worth(first, Use.LOOK));
    assertInstanceOf(Resolution.Suspended.class, worth(first, Use.ACTIVITY), "and does nothing");
    scene.pass(Sessions.GRACE);
    assertInstanceOf(Resolution.Suspended.class, worth(first, Use.LOOK));
    assertInstanceOf(Resolution.Active.class, worth(second, Use.ACTIVITY));
  }

  @Test
  void renewed_aBrowserThatNeverGotTheAnswerUnlocksTheSameSessionAgain() {
    Token first = scene.login(T, card);
    String name = active(first).name();
    Token lost = unlocked(first);
    scene.pass(Duration.ofMinutes(1));
    assertInstanceOf(Resolution.Suspended.class, worth(first, Use.LOOK));
    Token third = unlocked(first);
    assertEquals(name, active(third).name());
    assertEquals(new Resolution.Refused(Refusal.SESSION_NONE), worth(lost, Use.ACTIVITY));
    assertInstanceOf(Resolution.Suspended.class, worth(first, Use.ACTIVITY));
  }

  @Test
  void renewed_aBrowserKeepsItsWayBackHoweverManyAnswersAreLost() {
    Token first = scene.login(T, card);
    String name = active(first).name();
    Token second = unlocked(first);
    for (int lost = 0; lost < 3; lost++) {
      Token never = unlocked(second);
      assertInstanceOf(Resolution.Suspended.class, worth(second, Use.ACTIVITY));
      assertEquals(name, active(never).name());
      assertEquals(new Resolution.Refused(Refusal.SESSION_NONE), worth(first, Use.ACTIVITY));
    }
    Token arrived = unlocked(unlocked(second));
    assertEquals(name, active(arrived).name());
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_NONE),
        worth(second, Use.ACTIVITY),
        "nobody's once its browser has another");
  }

  @Test
  void renewed_theCookieIsSealed() {
    Token first = scene.login(T, card);
    Token second = unlocked(first);
    Token thiefs = Token.random();
    scene.tamper(
        "update web_session set secret_hash = x'" + HexFormat.of().formatHex(thiefs.hash()) + "'");
    assertEquals(new Resolution.Refused(Refusal.STATE_TAMPERED), worth(thiefs, Use.ACTIVITY));
    scene.tamper("update web_session set secret_hash = null, replaced_hash = null, renewed = null");
    assertEquals(new Resolution.Refused(Refusal.STATE_TAMPERED), worth(first, Use.ACTIVITY));
    assertEquals(new Resolution.Refused(Refusal.SESSION_NONE), worth(second, Use.ACTIVITY));
  }

  @Test
  void unlock_byAnotherPersonLeavesItLocked() {
    Card other = scene.clerk("100043");
    Asked login = scene.ask(T);
    Token token =
        assertInstanceOf(Outcome.Opened.class, give(login, scene.answer(login, T, card))).token();
    scene.cardRemoved(T, login.transaction().id());
    Asked unlock = scene.askUnlock(T, token);
    assertRefused(Refusal.SESSION_OTHER_PERSON, unlock, scene.answer(unlock, T, other));
    assertInstanceOf(
        Resolution.Suspended.class,
        scene.sessions.resolve(token, Use.ACTIVITY, LoginScene.BROWSER));
  }

  @Test
  void unlock_onlyTheTerminalOfTheSessionMayFetch() {
    scene.addTerminal("T-0002", "mayor");
    Token token = scene.login(T, card);
    Asked unlock =
        LoginScene.passed(
            scene.logins.ask(Purpose.UNLOCK, LoginScene.ORIGIN, LoginScene.PC, token));
    assertEquals(
        Verdict.refused(Refusal.TRANSACTION_BOUND),
        scene.logins.fetch(
            unlock.transaction().id(), Entry.Subject.terminal("mayor", "T-0002"), LoginScene.PC));
    assertEquals("TRANSACTION_BOUND", scene.newest("mayor").reason());
  }

  @Test
  void unlock_needsASession() {
    assertEquals(
        Verdict.refused(Refusal.SESSION_NONE),
        scene.logins.ask(Purpose.UNLOCK, LoginScene.ORIGIN, LoginScene.PC, null));
  }

  @Test
  void theLogHoldsNeitherCertificateNorNonceNorSecret() {
    Asked asked = scene.ask(T);
    Answer.Card answer = scene.answer(asked, T, card);
    Token token = assertInstanceOf(Outcome.Opened.class, give(asked, answer)).token();
    for (Entry entry : scene.entries("mayor")) {
      String text = new String(entry.bytes(), java.nio.charset.StandardCharsets.UTF_8);
      for (String secret :
          List.of(
              Base64Url.encode(answer.certificate()),
              asked.transaction().nonce(),
              token.secret(),
              asked.cookie().secret())) {
        assertTrue(!text.contains(secret), entry.type());
      }
    }
    assertNotEquals(token.secret(), Base64Url.encode(token.hash()));
    assertEquals("Token[***]", token.toString());
  }
}
