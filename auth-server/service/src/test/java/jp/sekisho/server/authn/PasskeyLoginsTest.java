package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.PasskeyAnswer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.Logins.Outcome;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions.Use;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.webauthn.Assertion;
import jp.sekisho.server.webauthn.Passkey;
import jp.sekisho.server.webauthn.PasskeyEnrolment;
import jp.sekisho.server.webauthn.PasskeyScene;
import jp.sekisho.server.webauthn.Passkeys;
import jp.sekisho.server.webauthn.SoftAuthenticator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Logins, unlocks and step-ups by passkey, and those who try without. Long because it is one list,
 * as {@link LoginsTest}.
 */
final class PasskeyLoginsTest {
  private static final String T = "T-0001";
  private static final String CLERK = "100042";

  @TempDir Path directory;
  private LoginScene scene;
  private Card card;
  private PasskeyEnrolment enrolment;
  private PasskeyEnrolment trials;
  private SoftAuthenticator key;

  @BeforeEach
  void open() throws IOException {
    scene = new LoginScene(directory);
    card = scene.clerk(CLERK);
    PasskeyScene passkeys =
        new PasskeyScene(
            scene.models,
            scene.clock,
            LoginScene.ORIGIN,
            scene.storage.transactions,
            scene.passkeys,
            scene.cards,
            scene.sessions,
            scene.stepUps);
    enrolment = passkeys.enrolment(false);
    trials = passkeys.enrolment(true);
    key = passkeys.authenticator();
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private Outcome give(Asked asked, Answer answer) {
    return scene.logins.answer(asked.transaction().id(), asked.cookie(), answer);
  }

  private Session session(Token token) {
    return assertInstanceOf(
            Resolution.Active.class,
            scene.sessions.resolve(token, Use.ACTIVITY, LoginScene.BROWSER))
        .session();
  }

  private Asked askStepUp(Session session, String action) {
    return scene.fetched(
        LoginScene.passed(
            scene.logins.askStepUp(session, action, LoginScene.ORIGIN, LoginScene.PC)),
        T);
  }

  /** The clerk's session with card and PIN, and a passkey registered in it. */
  private Session registered() {
    return registered(enrolment, key);
  }

  private Session registered(PasskeyEnrolment by, SoftAuthenticator made) {
    Session session = session(scene.login(T, card));
    Asked asked = askStepUp(session, StepUps.REGISTER_PASSKEY);
    assertInstanceOf(Outcome.SteppedUp.class, give(asked, scene.answer(asked, T, card)));
    assertInstanceOf(PasskeyEnrolment.Outcome.Done.class, register(by, session, made));
    return session;
  }

  private PasskeyEnrolment.Outcome<Passkey> register(Session session, SoftAuthenticator by) {
    return register(enrolment, session, by);
  }

  private static PasskeyEnrolment.Outcome<Passkey> register(
      PasskeyEnrolment enrolment, Session session, SoftAuthenticator by) {
    return switch (enrolment.begin(session)) {
      case PasskeyEnrolment.Outcome.Refused<jp.sekisho.protocol.PasskeyOptions>(Refusal reason) ->
          new PasskeyEnrolment.Outcome.Refused<>(reason);
      case PasskeyEnrolment.Outcome.Done<jp.sekisho.protocol.PasskeyOptions>(var options) ->
          enrolment.finish(session, by.make(options));
    };
  }

  /** What terminal and passkey say when both are honest. */
  private Answer.Passkey answer(Asked asked, String terminal, SoftAuthenticator by) {
    OpenTransaction question = asked.transaction();
    TerminalStatement said =
        new TerminalStatement(
            question.origin(),
            question.id(),
            question.nonce(),
            question.purpose(),
            terminal,
            Base64Url.encode(new byte[16]),
            null,
            null);
    byte[] signature =
        TestCa.sign(Objects.requireNonNull(scene.devices.get(terminal)).getPrivate(), said.bytes());
    return new Answer.Passkey(
        by.answer(TerminalStatement.challenge(said.bytes(), signature)), said.bytes(), signature);
  }

  private void assertRefused(Refusal reason, Asked asked, Answer answer) {
    assertEquals(new Outcome.Refused(reason), give(asked, answer));
    Entry entry = scene.newest("mayor");
    assertEquals("login.refused", entry.type());
    assertEquals(reason.name(), entry.reason());
  }

  private Passkey stored() {
    return enrolment.of(CLERK).getFirst();
  }

  @Test
  void aPasskeyOpensASessionAndItsUseIsKept() {
    registered();
    scene.pass(Duration.ofMinutes(1));
    Asked asked = scene.ask(T);
    Outcome.Opened opened =
        assertInstanceOf(Outcome.Opened.class, give(asked, answer(asked, T, key)));
    assertEquals(CLERK, session(opened.token()).person());
    Entry entry =
        scene.entries("mayor").reversed().stream()
            .filter(each -> each.type().equals("login.succeeded"))
            .findFirst()
            .orElseThrow();
    assertEquals(stored().id(), entry.data().get("spki"));
    assertEquals(2, stored().signCount());
    assertEquals(scene.clock.instant(), stored().lastUsed());
  }

  @Test
  @DisplayName("each login tells of a new passkey for 30 days, whoever confirmed it")
  void news() {
    Session first = registered();
    assertEquals(0, enrolment.seen(first), "who registered it confirms nothing");
    scene.pass(Duration.ofMinutes(1));
    Asked own = scene.ask(T);
    Outcome.Opened byItself =
        assertInstanceOf(Outcome.Opened.class, give(own, answer(own, T, key)));
    assertEquals(0, enrolment.seen(session(byItself.token())), "nor does the new one itself");
    Asked asked = scene.ask(T);
    Outcome.Opened again =
        assertInstanceOf(Outcome.Opened.class, give(asked, scene.answer(asked, T, card)));
    assertTrue(again.news());
    assertNotEquals(first.name(), session(again.token()).name());
    assertEquals(1, enrolment.seen(session(again.token())));
    assertEquals("passkey.seen", scene.newest("mayor").type());
    assertEquals(0, enrolment.seen(session(again.token())));
    scene.pass(Passkey.NEWS.minus(Duration.ofMinutes(2)));
    Asked later = scene.ask(T);
    Outcome.Opened stillTold =
        assertInstanceOf(Outcome.Opened.class, give(later, answer(later, T, key)));
    assertTrue(stillTold.news(), "a thief may have confirmed it");
    scene.pass(Duration.ofMinutes(1));
    Asked last = scene.ask(T);
    Outcome.Opened known = assertInstanceOf(Outcome.Opened.class, give(last, answer(last, T, key)));
    assertEquals(false, known.news());
  }

  @Test
  @DisplayName("unconfirmed, it is told of for ever")
  void unconfirmedNews() {
    registered();
    scene.pass(Passkey.NEWS.plus(Duration.ofDays(30)));
    Asked asked = scene.ask(T);
    Outcome.Opened opened =
        assertInstanceOf(Outcome.Opened.class, give(asked, answer(asked, T, key)));
    assertTrue(opened.news());
  }

  @Test
  @DisplayName("card suspend stops the person's passkeys too, and card resume lifts none of them")
  void aSuspendedCardTakesItsPasskeysAlong() {
    registered();
    Asked login = scene.ask(T);
    Token token = ((Outcome.Opened) give(login, answer(login, T, key))).token();
    String id = stored().id();
    assertEquals(new CardRegistry.Outcome.Changed(1, 1), scene.registry.suspend(CLERK));
    Entry suspended =
        scene.entries("mayor").stream()
            .filter(entry -> entry.type().equals("passkey.suspended"))
            .findFirst()
            .orElseThrow();
    assertEquals(id, suspended.data().get("spki"));
    assertEquals(CLERK, suspended.subject().person());
    assertEquals(State.SUSPENDED, stored().state());
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_ENDED),
        scene.sessions.resolve(token, Use.LOOK, LoginScene.BROWSER));
    Asked stolen = scene.ask(T);
    assertRefused(Refusal.AUTHENTICATOR_SUSPENDED, stolen, answer(stolen, T, key));
    assertEquals(new CardRegistry.Outcome.Changed(1, 0), scene.registry.resume(CLERK));
    scene.login(T, card);
    Asked still = scene.ask(T);
    assertRefused(Refusal.AUTHENTICATOR_SUSPENDED, still, answer(still, T, key));
  }

  @Test
  @DisplayName("another person's passkeys are not suspended along")
  void aSuspensionIsOfOnePerson() {
    registered();
    scene.clerk("100099");
    assertEquals(new CardRegistry.Outcome.Changed(1, 0), scene.registry.suspend("100099"));
    assertEquals(State.ACTIVE, stored().state());
  }

  @Test
  @DisplayName("a model taken off the list opens nothing from then on")
  void aModelTakenOffTheList() throws IOException {
    registered();
    Path model = scene.models.resolve(stored().aaguid() + ".pem");
    byte[] content = Files.readAllBytes(model);
    Files.delete(model);
    Asked asked = scene.ask(T);
    assertRefused(Refusal.PASSKEY_MODEL, asked, answer(asked, T, key));
    Files.writeString(model, "not a model\n");
    Asked broken = scene.ask(T);
    assertRefused(Refusal.PASSKEY_MODEL, broken, answer(broken, T, key));
    Files.write(model, content);
    Asked again = scene.ask(T);
    assertInstanceOf(Outcome.Opened.class, give(again, answer(again, T, key)));
  }

  @Test
  @DisplayName("a passkey registered without attestation counts while the service is a trial")
  void aTrialsPasskeyEndsWithTheTrial() {
    SoftAuthenticator unproved = new SoftAuthenticator(LoginScene.ORIGIN); // attestation none
    registered(trials, unproved);
    Asked asked = scene.ask(T);
    assertRefused(Refusal.PASSKEY_MODEL, asked, answer(asked, T, unproved));
    scene.trial = true;
    scene.logins =
        scene.logins(java.util.Set.of(LoginScene.ORIGIN), AddressMatch.REQUIRE, scene.open);
    Asked trial = scene.ask(T);
    assertInstanceOf(Outcome.Opened.class, give(trial, answer(trial, T, unproved)));
  }

  @Test
  @DisplayName("login.factors: without passkeys in it none opens, resumes or proves anything")
  void aPolicyWithoutPasskeys() {
    Session session = registered();
    scene.passkeysInPolicy = false;
    Asked login = scene.ask(T);
    assertRefused(Refusal.PASSKEY_POLICY, login, answer(login, T, key));
    Asked stepUp = askStepUp(session, StepUps.REMOVE_PASSKEY + stored().id());
    assertRefused(Refusal.PASSKEY_POLICY, stepUp, answer(stepUp, T, key));
    assertEquals(1, stored().signCount(), "nothing of it was used");
    scene.login(T, card);
    scene.passkeysInPolicy = true;
    Asked later = scene.ask(T);
    assertInstanceOf(Outcome.Opened.class, give(later, answer(later, T, key)));
  }

  @Test
  void aReplayIsUsed() {
    registered();
    Asked asked = scene.ask(T);
    Answer answer = answer(asked, T, key);
    assertInstanceOf(Outcome.Opened.class, give(asked, answer));
    assertEquals(new Outcome.Unattributed(Refusal.TRANSACTION_USED), give(asked, answer));
  }

  @Test
  @DisplayName("relayed login: the passkey signs what a terminal said about another transaction")
  void anAssertionOverAnotherTransaction() {
    registered();
    Asked victims = scene.ask(T);
    Asked attackers = scene.ask(T);
    Answer.Passkey honest = answer(victims, T, key);
    // The whole answer in the attacker's transaction: the terminal's statement names the other one.
    assertRefused(Refusal.STATEMENT_INVALID, attackers, honest);
    // Only the assertion, under a voucher for the attacker's transaction: another challenge.
    Asked more = scene.ask(T);
    Answer.Passkey voucher = answer(more, T, key);
    assertRefused(
        Refusal.PASSKEY_INVALID,
        more,
        new Answer.Passkey(
            honest.assertion(), voucher.terminalStatement(), voucher.terminalSignature()));
  }

  @Test
  @DisplayName("relayed login: the attacker's browser asked, the clerk's terminal never fetched")
  void anotherTerminalFetched() {
    registered();
    scene.addTerminal("T-0002", "mayor");
    Asked asked = scene.ask("T-0002");
    assertRefused(Refusal.TRANSACTION_BOUND, asked, answer(asked, T, key));
  }

  @Test
  void withoutATerminalsKeyThereIsNoVoucher() {
    registered();
    Asked asked = scene.ask(T);
    Answer.Passkey honest = answer(asked, T, key);
    byte[] forged = TestCa.sign(TestCa.p256().getPrivate(), honest.terminalStatement());
    assertEquals(
        new Outcome.Unattributed(Refusal.SIGNATURE_INVALID),
        give(
            asked,
            new Answer.Passkey(
                key.answer(TerminalStatement.challenge(honest.terminalStatement(), forged)),
                honest.terminalStatement(),
                forged)));
  }

  @Test
  void noTerminalAtAllIsRefusedBeforeAnythingIsLookedAt() {
    Assertion assertion = key.answer(Base64Url.encode(new byte[32]));
    PasskeyAnswer wire =
        new PasskeyAnswer(
            Base64Url.encode(assertion.credentialId()),
            Base64Url.encode(assertion.authenticatorData()),
            Base64Url.encode(assertion.clientDataJson()),
            Base64Url.encode(assertion.signature()),
            Base64Url.encode(assertion.userHandle()),
            null,
            null);
    assertInstanceOf(
        Answer.Passkey.Posted.NoTerminal.class, Answer.Passkey.read(WireJson.write(wire)));
    assertInstanceOf(
        Answer.Passkey.Posted.Malformed.class,
        Answer.Passkey.read("{}".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void aCardsVoucherFitsNoPasskeyAndAPasskeysNoCard() {
    registered();
    Asked asked = scene.ask(T);
    Answer.Card byCard = scene.answer(asked, T, card);
    assertRefused(
        Refusal.STATEMENT_INVALID,
        asked,
        new Answer.Passkey(
            key.answer(
                TerminalStatement.challenge(
                    byCard.terminalStatement(), byCard.terminalSignature())),
            byCard.terminalStatement(),
            byCard.terminalSignature()));
    Asked more = scene.ask(T);
    Answer.Card other = scene.answer(more, T, card);
    Answer.Passkey voucher = answer(more, T, key);
    assertRefused(
        Refusal.STATEMENT_INVALID,
        more,
        new Answer.Card(
            other.statement(),
            other.signature(),
            other.certificate(),
            voucher.terminalStatement(),
            voucher.terminalSignature()));
  }

  @Test
  void anUnregisteredPasskeyAndAnotherPersonsHandleAreRefused() {
    registered();
    Asked asked = scene.ask(T);
    SoftAuthenticator stranger = new SoftAuthenticator(LoginScene.ORIGIN);
    assertRefused(Refusal.PASSKEY_UNKNOWN, asked, answer(asked, T, stranger));
    // The stranger says it is the clerk's credential: the signature is not that key's.
    Asked more = scene.ask(T);
    Answer.Passkey theirs = answer(more, T, stranger);
    Answer.Passkey own = answer(more, T, key);
    assertRefused(
        Refusal.PASSKEY_INVALID,
        more,
        new Answer.Passkey(
            new Assertion(
                own.assertion().credentialId(),
                theirs.assertion().authenticatorData(),
                theirs.assertion().clientDataJson(),
                theirs.assertion().signature(),
                own.assertion().userHandle()),
            theirs.terminalStatement(),
            theirs.terminalSignature()));
  }

  @Test
  @DisplayName("a counter that went back: refused, an alarm, and the passkey is suspended")
  void counterWentBack() {
    registered();
    key.counter = -1; // the next answer counts 0
    Asked asked = scene.ask(T);
    assertRefused(Refusal.PASSKEY_COUNTER, asked, answer(asked, T, key));
    List<Entry> entries = scene.entries("mayor");
    Entry alarm = entries.get(entries.size() - 2);
    assertEquals("passkey.counter-went-back", alarm.type());
    assertEquals(CLERK, alarm.subject().person());
    assertEquals("1", String.valueOf(alarm.data().get("kept")));
    assertEquals("0", String.valueOf(alarm.data().get("shown")));
    assertEquals(State.SUSPENDED, stored().state());
    // Neither the copy nor the original gets in from here on.
    key.counter = 100;
    Asked later = scene.ask(T);
    assertRefused(Refusal.AUTHENTICATOR_SUSPENDED, later, answer(later, T, key));
  }

  @Test
  void aRowEditedPutInOrTakenFromAnotherIsTamperedWith() {
    registered();
    for (String edit :
        List.of(
            "update passkey set person = '100099'",
            "update passkey set person = '" + CLERK + "', sign_count = 0",
            "update passkey set sign_count = 1, assurance = 'low'",
            "update passkey set assurance = 'normal', mac = zeroblob(32)")) {
      scene.tamper(edit);
      Asked asked = scene.ask(T);
      assertRefused(Refusal.STATE_TAMPERED, asked, answer(asked, T, key));
    }
    assertTrue(
        scene.entries("system").stream()
            .anyMatch(entry -> entry.type().equals("service.state-tampered")));
  }

  @Test
  void aPasskeyPutIntoTheDatabaseIsNobodys() {
    scene.login(T, card);
    SoftAuthenticator attackers = new SoftAuthenticator(LoginScene.ORIGIN);
    Assertion assertion = attackers.answer("x");
    scene
        .storage
        .database
        .writer()
        .write(handle ->
            handle.execute(
                "insert into passkey (credential_id, person, user_handle, spki, sign_count,"
                    + " aaguid, model, assurance, state, label, registered, seen, entry_id, mac)"
                    + " values (?, ?, ?, ?, 0, 'x', 'x', 'normal', 'active', 'x', 0, 1,"
                    + " zeroblob(16), zeroblob(32))",
                assertion.credentialId(),
                CLERK,
                assertion.userHandle(),
                assertion.clientDataJson()));
    Asked asked = scene.ask(T);
    assertRefused(Refusal.STATE_TAMPERED, asked, answer(asked, T, attackers));
  }

  @Test
  void aPersonWhoLeftGetsNoSessionAndAPasskeyIsCountedNoFurther() {
    registered();
    scene.organOfPerson.remove(CLERK);
    Asked asked = scene.ask(T);
    assertRefused(Refusal.PERSON_NOT_CURRENT, asked, answer(asked, T, key));
    assertEquals(CLERK, scene.newest("mayor").subject().person());
    assertNull(stored().lastUsed());
  }

  @Test
  void aPasskeyResumesItsPersonsSessionAndNobodyElses() {
    registered();
    Asked login = scene.ask(T);
    Token token = ((Outcome.Opened) give(login, answer(login, T, key))).token();
    scene.cardRemoved(T, login.transaction().id()); // as a lost seat is told
    assertInstanceOf(
        Resolution.Suspended.class, scene.sessions.resolve(token, Use.LOOK, LoginScene.BROWSER));
    Asked unlock = scene.askUnlock(T, token);
    assertInstanceOf(Outcome.Resumed.class, give(unlock, answer(unlock, T, key)));
    Card other = scene.clerk("100099");
    Asked others = scene.ask(T);
    Token theirs = ((Outcome.Opened) give(others, scene.answer(others, T, other))).token();
    Asked foreign = scene.askUnlock(T, theirs);
    assertRefused(Refusal.SESSION_OTHER_PERSON, foreign, answer(foreign, T, key));
  }

  @Test
  void aPasskeyApprovesNothing() {
    registered();
    Asked login = scene.ask(T);
    Session session = session(((Outcome.Opened) give(login, answer(login, T, key))).token());
    Matter matter = new Matter("subject", new byte[] {1}, "/");
    Asked asked =
        scene.fetched(
            LoginScene.passed(
                scene.logins.askApproval(session, matter, LoginScene.ORIGIN, LoginScene.PC)),
            T);
    // Not even the terminal's words for it can be written; a login's voucher does not fit.
    OpenTransaction question = asked.transaction();
    TerminalStatement said =
        new TerminalStatement(
            question.origin(),
            question.id(),
            question.nonce(),
            Purpose.LOGIN,
            T,
            Base64Url.encode(new byte[16]),
            null,
            null);
    byte[] signature =
        TestCa.sign(Objects.requireNonNull(scene.devices.get(T)).getPrivate(), said.bytes());
    assertRefused(
        Refusal.STATEMENT_INVALID,
        asked,
        new Answer.Passkey(
            key.answer(TerminalStatement.challenge(said.bytes(), signature)),
            said.bytes(),
            signature));
    assertEquals(List.of(), scene.approvals.seen);
  }

  @Test
  void registrationNeedsTheCardForExactlyThatAndRecently() {
    Session session = session(scene.login(T, card));
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.STEP_UP_NEEDED),
        register(session, key));
    assertEquals("passkey.refused", scene.newest("mayor").type());
    Asked other = askStepUp(session, StepUps.REMOVE_PASSKEY + "A".repeat(43));
    assertInstanceOf(Outcome.SteppedUp.class, give(other, scene.answer(other, T, card)));
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.STEP_UP_NEEDED),
        register(session, key));
    Asked asked = askStepUp(session, StepUps.REGISTER_PASSKEY);
    assertInstanceOf(Outcome.SteppedUp.class, give(asked, scene.answer(asked, T, card)));
    var begun = assertInstanceOf(PasskeyEnrolment.Outcome.Done.class, enrolment.begin(session));
    scene.pass(StepUps.LIFE);
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.STEP_UP_NEEDED),
        enrolment.finish(session, key.make((jp.sekisho.protocol.PasskeyOptions) begun.value())));
    assertEquals(List.of(), enrolment.of(CLERK));
  }

  @Test
  void aProofServesOneRegistrationAndAPasskeyProvesNone() {
    Session session = registered();
    SoftAuthenticator second = new SoftAuthenticator(LoginScene.ORIGIN);
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.STEP_UP_NEEDED),
        register(session, second));
    Asked asked = askStepUp(session, StepUps.REGISTER_PASSKEY);
    assertInstanceOf(Outcome.SteppedUp.class, give(asked, answer(asked, T, key)));
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.STEP_UP_NEEDED),
        register(session, second));
  }

  @Test
  void anotherPersonsCardStepsNobodyUp() {
    Card other = scene.clerk("100099");
    Session session = session(scene.login(T, card));
    Asked asked = askStepUp(session, StepUps.REGISTER_PASSKEY);
    assertRefused(Refusal.SESSION_OTHER_PERSON, asked, scene.answer(asked, T, other));
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.STEP_UP_NEEDED),
        register(session, key));
  }

  @Test
  void aRemovedPasskeyNeverCountsAgainAndOtherSessionsEnd() {
    scene.addTerminal("T-0002", "mayor");
    registered();
    Asked elsewhere = scene.ask("T-0002");
    Token thiefs = ((Outcome.Opened) give(elsewhere, answer(elsewhere, "T-0002", key))).token();
    Session session = session(scene.login(T, card));
    String id = stored().id();
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.STEP_UP_NEEDED),
        enrolment.remove(session, id));
    Asked asked = askStepUp(session, StepUps.REMOVE_PASSKEY + id);
    assertInstanceOf(Outcome.SteppedUp.class, give(asked, answer(asked, T, key)));
    assertInstanceOf(PasskeyEnrolment.Outcome.Done.class, enrolment.remove(session, id));
    assertEquals(List.of(), enrolment.of(CLERK));
    assertEquals(
        new Resolution.Refused(Refusal.SESSION_ENDED),
        scene.sessions.resolve(thiefs, Use.LOOK, LoginScene.BROWSER));
    Asked later = scene.ask(T);
    assertRefused(Refusal.PASSKEY_UNKNOWN, later, answer(later, T, key));
  }

  @Test
  void nobodyRemovesAnothersPasskey() {
    registered();
    String id = stored().id();
    Card other = scene.clerk("100099");
    Session theirs = session(scene.login(T, other));
    Asked asked = askStepUp(theirs, StepUps.REMOVE_PASSKEY + id);
    assertInstanceOf(Outcome.SteppedUp.class, give(asked, scene.answer(asked, T, other)));
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.PASSKEY_UNKNOWN),
        enrolment.remove(theirs, id));
    assertEquals(State.ACTIVE, stored().state());
  }

  @Test
  void theSameCredentialIsNotRegisteredTwice() {
    Session session = registered();
    Asked asked = askStepUp(session, StepUps.REGISTER_PASSKEY);
    assertInstanceOf(Outcome.SteppedUp.class, give(asked, scene.answer(asked, T, card)));
    assertEquals(
        new PasskeyEnrolment.Outcome.Refused<Passkey>(Refusal.PASSKEY_TAKEN),
        register(session, key));
    assertInstanceOf(
        Passkeys.Found.Sound.class,
        scene.storage.transactions.<Passkeys.Found>read(
            handle -> scene.passkeys.find(handle, stored().credentialId())));
  }

  @Test
  @DisplayName("a relying service is told that a passkey proved the person, at our own origin only")
  void aRelyingServiceIsToldOfAPasskey() {
    Session _ = registered();
    RelyingLogin login =
        new RelyingLogin(
            new jp.sekisho.server.session.Relying("keycloak", "city", "sid-1"), "mobile");
    var source = java.net.InetAddress.ofLiteral(LoginScene.PC);
    Asked asked =
        scene.fetched(LoginScene.passed(scene.logins.askFor(login, LoginScene.ORIGIN, source)), T);
    if (scene.logins.answerFor(
            login, asked.transaction().id(), asked.cookie(), answer(asked, T, key))
        instanceof Outcome.Vouched(var proof)) {
      assertEquals(CLERK, proof.person());
      assertEquals(jp.sekisho.protocol.RelyingProof.PASSKEY, proof.acr());
      assertEquals(jp.sekisho.protocol.RelyingProof.BY_PASSKEY, proof.amr());
    } else {
      throw new AssertionError("not vouched");
    }
    Asked foreign =
        scene.fetched(
            LoginScene.passed(scene.logins.askFor(login, "https://sso.city.example", source)), T);
    assertEquals(
        Refusal.ORIGIN_FOREIGN,
        LoginScene.reason(
            scene.logins.answerFor(
                login, foreign.transaction().id(), foreign.cookie(), answer(foreign, T, key))));
  }
}
