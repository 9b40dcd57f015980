package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.Logins.Outcome;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Sessions.Use;
import jp.sekisho.server.session.Token;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins by kind of card: trust, switch, assurance and registration of each are its own. */
class CardKindsTest {
  private static final String T = "T-0001";
  private static final String CLERK = "100042";
  private static final String JPKI_POLICY = "1.2.392.200149.8.5.1.3.30";
  private static final String TEST_POLICY = "2.25.329800735698586629295641978511506172918";

  @TempDir Path directory;
  private LoginScene scene;
  private TestCa jpki;

  @BeforeEach
  void open() throws Exception {
    scene = new LoginScene(directory);
    scene.organOfPerson.put(CLERK, "mayor");
    jpki = new TestCa("JPKI", scene.clock.instant());
    jpki.writeTrust(directory.resolve("trust-jpki"), List.of());
    Files.writeString(directory.resolve("trust-jpki/hardware-policy.oid"), JPKI_POLICY);
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private Card myNumberCard(String policy) {
    KeyPair keys = TestCa.rsa();
    return new Card(keys, jpki.issue("0001", keys.getPublic(), Duration.ofDays(90), policy));
  }

  private Card registered(CardKind kind, Card card, Assurance assurance) {
    CardRegistry.Outcome.Registered done =
        assertInstanceOf(
            CardRegistry.Outcome.Registered.class,
            scene.registry.register(kind, CLERK, card.der()));
    assertEquals(assurance, done.card().assurance());
    assertEquals(kind.text(), scene.newest("mayor").data().get("kind"));
    return card;
  }

  private Outcome give(Asked asked, Card card, CardKind kind) {
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
                    said.nonce(),
                    said.purpose(),
                    said.terminal(),
                    said.boot(),
                    said.answer(),
                    kind));
    return scene.logins.answer(asked.transaction().id(), asked.cookie(), answer);
  }

  private Outcome login(Card card, CardKind kind) {
    return give(scene.ask(T), card, kind);
  }

  private void assertRefused(Refusal reason, Outcome outcome) {
    assertEquals(new Outcome.Refused(reason), outcome);
    assertEquals(reason.name(), scene.newest("mayor").reason());
  }

  private Token opened(Outcome outcome, CardKind kind, String assurance) {
    Outcome.Opened opened = assertInstanceOf(Outcome.Opened.class, outcome);
    Entry entry = scene.newest("mayor");
    assertEquals("login.succeeded", entry.type());
    assertEquals(kind.text(), entry.data().get("authenticator"));
    assertEquals(assurance, entry.data().get("assurance"));
    assertEquals(assurance, assurance(opened.token()));
    return opened.token();
  }

  private String assurance(Token token) {
    return assertInstanceOf(
            Resolution.Active.class,
            scene.sessions.resolve(token, Use.ACTIVITY, LoginScene.BROWSER))
        .session()
        .assurance();
  }

  @Test
  @DisplayName("a My Number card opens nothing until the signed policy says so, then a session")
  void jpkiIsOffUntilThePolicySaysOn() {
    Card card = registered(CardKind.JPKI, myNumberCard(JPKI_POLICY), Assurance.NORMAL);
    assertRefused(Refusal.CARD_KIND_POLICY, login(card, CardKind.JPKI));
    scene.kinds.add(CardKind.JPKI);
    opened(login(card, CardKind.JPKI), CardKind.JPKI, "normal");
  }

  @Test
  @DisplayName("a test card's policy is refused although its CA is pinned")
  void testPolicyIsRefused() {
    Card card = myNumberCard(TEST_POLICY);
    assertEquals(
        Refusal.CERT_USAGE,
        assertInstanceOf(
                CardRegistry.Outcome.Refused.class,
                scene.registry.register(CardKind.JPKI, CLERK, card.der()))
            .reason());
    scene.kinds.add(CardKind.JPKI);
    assertRefused(Refusal.CERT_USAGE, login(card, CardKind.JPKI));
  }

  @Test
  @DisplayName("the CA of one kind vouches for no other, whatever the terminal says")
  void casOfKindsAreApart() {
    scene.kinds.addAll(List.of(CardKind.values()));
    Card staff = scene.clerk(CLERK);
    Card resident = myNumberCard(JPKI_POLICY);
    assertRefused(Refusal.CERT_UNTRUSTED, login(staff, CardKind.JPKI));
    assertRefused(Refusal.CERT_UNTRUSTED, login(staff, CardKind.PKCS11));
    assertRefused(Refusal.CERT_UNTRUSTED, login(resident, CardKind.STAFF_PIV));
    assertRefused(Refusal.NOT_ENROLLED, login(resident, CardKind.JPKI));
  }

  @Test
  @DisplayName("a staff card's key through a vendor's module is not the staff card")
  void moduleOverAStaffCardIsNotEnrolled() throws Exception {
    scene.kinds.add(CardKind.PKCS11);
    scene.ca.writeTrust(directory.resolve("trust-pkcs11"), List.of());
    Card staff = scene.clerk(CLERK);
    assertRefused(Refusal.NOT_ENROLLED, login(staff, CardKind.PKCS11));
    opened(login(staff, CardKind.STAFF_PIV), CardKind.STAFF_PIV, "normal");
  }

  @Test
  @DisplayName("what a module reaches is 低保証 even under the policy of hardware keys")
  void modulesAreAlwaysLow() throws Exception {
    scene.kinds.add(CardKind.PKCS11);
    scene.ca.writeTrust(directory.resolve("trust-pkcs11"), List.of());
    Card soft = registered(CardKind.PKCS11, scene.card(CLERK), Assurance.LOW);
    opened(login(soft, CardKind.PKCS11), CardKind.PKCS11, "low");
    assertEquals(
        Refusal.CARD_OTHER_NUMBER,
        assertInstanceOf(
                CardRegistry.Outcome.Refused.class,
                scene.registry.register(CardKind.PKCS11, CLERK, scene.card("100099").der()))
            .reason(),
        "and its certificate names the person");
  }

  @Test
  @DisplayName("a session that a weaker card resumes is as weak from then on")
  void resumingLowersAssurance() throws Exception {
    scene.kinds.add(CardKind.PKCS11);
    scene.ca.writeTrust(directory.resolve("trust-pkcs11"), List.of());
    Card staff = scene.clerk(CLERK);
    Card soft = registered(CardKind.PKCS11, scene.card(CLERK), Assurance.LOW);
    Token session = opened(login(staff, CardKind.STAFF_PIV), CardKind.STAFF_PIV, "normal");
    Token second =
        assertInstanceOf(
                Outcome.Resumed.class, give(scene.askUnlock(T, session), soft, CardKind.PKCS11))
            .token();
    assertEquals("low", assurance(second));
    Token third =
        assertInstanceOf(
                Outcome.Resumed.class, give(scene.askUnlock(T, second), staff, CardKind.STAFF_PIV))
            .token();
    assertEquals("low", assurance(third), "and nothing lifts it but a new login");
  }

  @Test
  @DisplayName("a kind edited in the database breaks the row's seal")
  void kindIsSealed() {
    Card card = registered(CardKind.JPKI, myNumberCard(JPKI_POLICY), Assurance.NORMAL);
    scene.kinds.add(CardKind.JPKI);
    scene.tamper("update authenticator set kind = 'staff-piv'");
    assertRefused(Refusal.STATE_TAMPERED, login(card, CardKind.JPKI));
  }
}
