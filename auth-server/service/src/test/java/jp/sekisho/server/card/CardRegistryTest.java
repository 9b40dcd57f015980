package jp.sekisho.server.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.LoginScene;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.card.CardRegistry.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CardRegistryTest {
  @TempDir Path directory;
  private LoginScene scene;

  @BeforeEach
  void open() throws IOException {
    scene = new LoginScene(directory);
    scene.organOfPerson.put("100042", "mayor");
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private void assertRefused(Refusal reason, String log, String person, byte[] certificate) {
    Outcome.Refused refused =
        assertInstanceOf(Outcome.Refused.class, scene.registry.register(person, certificate));
    assertEquals(reason, refused.reason());
    Entry entry = scene.newest(log);
    assertEquals("authenticator.refused", entry.type());
    assertEquals(reason.name(), entry.reason());
  }

  @Test
  void aCardOfThePinnedPolicyIsRegisteredWithNormalAssuranceAndItsCertificateIsNotKept() {
    Card card = scene.card("100042");
    Outcome.Registered done =
        assertInstanceOf(Outcome.Registered.class, scene.registry.register("100042", card.der()));
    assertEquals(Authenticator.Assurance.NORMAL, done.card().assurance());
    Entry entry = scene.newest("mayor");
    assertEquals("authenticator.registered", entry.type());
    assertEquals(done.card().spki(), entry.data().get("spki"));
    assertFalse(
        new String(entry.bytes(), StandardCharsets.UTF_8)
            .contains(Base64Url.encode(card.der()).substring(0, 40)));
  }

  @Test
  void anotherPolicyMeansLowAssurance() {
    KeyPair keys = TestCa.rsa();
    Card card =
        new Card(keys, scene.ca.issue("100042", keys.getPublic(), Duration.ofDays(9), "1.2.3.4"));
    Outcome.Registered done =
        assertInstanceOf(Outcome.Registered.class, scene.registry.register("100042", card.der()));
    assertEquals(Authenticator.Assurance.LOW, done.card().assurance());
    assertEquals("low", scene.newest("mayor").data().get("assurance"));
  }

  @Test
  void refusesAForeignCa() {
    KeyPair keys = TestCa.rsa();
    TestCa other = new TestCa("Other CA", scene.clock.instant());
    Card card = new Card(keys, other.issue("100042", keys.getPublic()));
    assertRefused(Refusal.CERT_UNTRUSTED, "mayor", "100042", card.der());
  }

  @Test
  void refusesACertificateOfAnotherNumber() {
    assertRefused(Refusal.CARD_OTHER_NUMBER, "mayor", "100042", scene.card("100043").der());
  }

  @Test
  void refusesAKeyThatIsRegistered() {
    byte[] der = scene.clerk("100042").der();
    assertRefused(Refusal.CARD_TAKEN, "mayor", "100042", der);
  }

  @Test
  void refusesAPersonWithoutACurrentPost() {
    assertRefused(Refusal.PERSON_NOT_CURRENT, "system", "100099", scene.card("100099").der());
  }

  @Test
  void refusesWhatIsNoCertificate() {
    assertRefused(Refusal.CERT_UNTRUSTED, "mayor", "100042", new byte[] {1, 2, 3});
  }

  @Test
  void suspendAndResumeAreEntriesAndTellWhenThereIsNothingToDo() {
    scene.clerk("100042");
    assertEquals(new Outcome.Changed(1, 0), scene.registry.suspend("100042"));
    assertEquals("authenticator.suspended", scene.newest("mayor").type());
    assertInstanceOf(Outcome.Refused.class, scene.registry.suspend("100042"));
    assertEquals(new Outcome.Changed(1, 0), scene.registry.resume("100042"));
    assertEquals("authenticator.resumed", scene.newest("mayor").type());
  }
}
