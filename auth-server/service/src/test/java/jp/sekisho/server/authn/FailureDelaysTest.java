package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.server.authn.LoginScene.Card;
import jp.sekisho.server.authn.Logins.Outcome;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures make the one wait who failed, where it was, and nobody else anywhere. */
final class FailureDelaysTest {
  private static final String HERE = "T-0001";
  private static final String ELSEWHERE = "T-0002";

  @TempDir Path directory;
  private LoginScene scene;
  private Card card;

  @BeforeEach
  void open() throws IOException {
    scene = new LoginScene(directory);
    scene.addTerminal(ELSEWHERE, "mayor");
    card = scene.clerk("100042");
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private Outcome give(Asked asked, Answer answer) {
    return scene.logins.answer(asked.transaction().id(), asked.cookie(), answer);
  }

  private Outcome good(String terminal, Card by) {
    Asked asked = scene.ask(terminal);
    return give(asked, scene.answer(asked, terminal, by));
  }

  /** The card signs a statement about another origin. */
  private Outcome bad(String terminal, Card by) {
    Asked asked = scene.ask(terminal);
    return give(
        asked,
        scene.answer(
            asked,
            terminal,
            by,
            said ->
                new CardStatement(
                    "https://other.example",
                    said.transaction(),
                    said.nonce(),
                    said.purpose(),
                    said.terminal(),
                    said.certificate(),
                    said.detail()),
            said -> said));
  }

  private void fail(String terminal, int times) {
    for (int i = 0; i < times; i++) {
      assertEquals(new Outcome.Refused(Refusal.STATEMENT_INVALID), bad(terminal, card));
    }
  }

  private void assertWaits(String terminal) {
    assertEquals(new Outcome.Refused(Refusal.TOO_MANY), good(terminal, card));
  }

  @Test
  void fourFailuresCostNothingAndTheFifthASecondThenTwoThenFour() {
    fail(HERE, 4);
    assertInstanceOf(Outcome.Opened.class, good(HERE, card));
    fail(HERE, 5);
    for (int seconds : new int[] {1, 2, 4}) {
      scene.pass(Duration.ofSeconds(seconds).minusMillis(1));
      assertWaits(HERE);
      Entry entry = scene.newest("mayor");
      assertEquals("login.refused", entry.type());
      assertEquals("TOO_MANY", entry.reason());
      scene.pass(Duration.ofMillis(1));
      if (seconds < 4) {
        fail(HERE, 1);
      }
    }
    assertInstanceOf(Outcome.Opened.class, good(HERE, card));
    fail(HERE, 4); // the count began anew
    assertInstanceOf(Outcome.Opened.class, good(HERE, card));
  }

  @Test
  void noWaitIsLongerThanFiveMinutesAndHalfAnHourForgetsThemAll() {
    fail(HERE, 5);
    for (int i = 0; i < 12; i++) {
      scene.pass(FailureDelays.LONGEST);
      fail(HERE, 1);
    }
    scene.pass(FailureDelays.LONGEST.minusMillis(1));
    assertWaits(HERE);
    scene.pass(Duration.ofMillis(1));
    assertInstanceOf(Outcome.Opened.class, good(HERE, card));
    fail(HERE, 5);
    scene.pass(FailureDelays.MEMORY);
    fail(HERE, 1);
    assertInstanceOf(Outcome.Opened.class, good(HERE, card));
  }

  @Test
  @DisplayName("failures at another terminal, and by a colleague at this one, delay nobody else")
  void nobodyElse() {
    fail(ELSEWHERE, 5);
    assertWaits(ELSEWHERE);
    assertInstanceOf(Outcome.Opened.class, good(HERE, card));
    Card colleague = scene.clerk("100043");
    assertInstanceOf(Outcome.Opened.class, good(ELSEWHERE, colleague));
    Card unknown = scene.card("100099");
    for (int i = 0; i < 5; i++) {
      assertEquals(new Outcome.Refused(Refusal.NOT_ENROLLED), good(ELSEWHERE, unknown));
    }
    assertEquals(new Outcome.Refused(Refusal.TOO_MANY), good(ELSEWHERE, unknown));
    assertInstanceOf(Outcome.Opened.class, good(ELSEWHERE, colleague));
  }

  @Test
  @DisplayName("what no terminal of ours signed over this question counts for nothing")
  void withoutATerminal() {
    for (int i = 0; i < 20; i++) {
      Asked asked = scene.ask(HERE);
      Answer.Card honest = scene.answer(asked, HERE, card);
      byte[] forged = Base64.getDecoder().decode("AAAA");
      assertEquals(
          new Outcome.Unattributed(Refusal.SIGNATURE_INVALID),
          give(
              asked,
              new Answer.Card(
                  honest.statement(),
                  honest.signature(),
                  honest.certificate(),
                  honest.terminalStatement(),
                  forged)));
      // Another terminal's word over a question that it did not fetch.
      Asked bound = scene.ask(HERE);
      assertEquals(
          new Outcome.Refused(Refusal.TRANSACTION_BOUND),
          give(bound, scene.answer(bound, ELSEWHERE, card)));
    }
    assertInstanceOf(Outcome.Opened.class, good(HERE, card));
    assertInstanceOf(Outcome.Opened.class, good(ELSEWHERE, card));
  }

  @Test
  @DisplayName("what is not the authenticator's fault counts for nothing")
  void notItsFault() {
    for (int i = 0; i < 6; i++) {
      Asked asked = scene.ask(HERE);
      Answer.Card answer = scene.answer(asked, HERE, card);
      scene.cardRemoved(HERE, asked.transaction().id());
      assertEquals(new Outcome.Refused(Refusal.CARD_REMOVED), give(asked, answer));
    }
    assertInstanceOf(Outcome.Opened.class, good(HERE, card));
  }
}
