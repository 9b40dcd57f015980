package jp.sekisho.protocol.statement;

import static jp.sekisho.protocol.ProtocolSamples.BOOT;
import static jp.sekisho.protocol.ProtocolSamples.NONCE;
import static jp.sekisho.protocol.ProtocolSamples.TRANSACTION;
import static jp.sekisho.protocol.ProtocolSamples.cardStatement;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.oneOf;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static jp.sekisho.protocol.ProtocolSamples.signature;
import static jp.sekisho.protocol.ProtocolSamples.terminalStatement;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TerminalStatementTest {
  private static final byte[] TEXT = fixture("terminal-statement.txt");

  @Test
  @DisplayName("the terminal's statement over a card's answer has exactly the documented bytes")
  void bytes() throws MalformedException {
    assertArrayEquals(TEXT, terminalStatement().bytes());
    assertEquals(terminalStatement(), TerminalStatement.parse(TEXT));
  }

  @Test
  @DisplayName("every shared line is the card's; the answer binds statement and signature")
  void overACardsAnswer() {
    CardStatement card = cardStatement(Purpose.UNLOCK, null);
    TerminalStatement statement = TerminalStatement.over(card, signature(), BOOT, CardKind.JPKI);
    assertEquals(card.origin(), statement.origin());
    assertEquals(card.transaction(), statement.transaction());
    assertEquals(card.nonce(), statement.nonce());
    assertEquals(card.purpose(), statement.purpose());
    assertEquals(card.terminal(), statement.terminal());
    byte[] otherSignature = signature();
    otherSignature[7] ^= 1;
    assertNotEquals(
        statement.answer(),
        TerminalStatement.over(card, otherSignature, BOOT, CardKind.JPKI).answer());
    assertNotEquals(statement.answer(), terminalStatement().answer());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("the line rules of every statement hold")
  void lineRules(LineRule rule) {
    for (byte[] broken : rule.breakIt(TEXT)) {
      assertThrows(
          MalformedException.class,
          () -> TerminalStatement.parse(broken),
          () -> new String(broken, StandardCharsets.UTF_8));
    }
  }

  @Test
  @DisplayName("boot is 16 bytes and answer 32, as canonical base64url")
  void lengths() {
    refused(BOOT, BOOT + "A");
    refused(BOOT, BOOT.substring(0, 21) + "x");
    refused("answer ", "answer " + TRANSACTION + "\nanswer ");
    refused("answer " + terminalStatement().answer(), "answer " + TRANSACTION);
  }

  @Test
  @DisplayName("the kind of card is one of three words, and stands exactly where an answer does")
  void card() {
    refused("card staff-piv", "card STAFF_PIV");
    refused("card staff-piv", "card felica");
    refused("card staff-piv", "card -");
    refused("card staff-piv\n", "");
    refused("answer " + terminalStatement().answer(), "answer -");
  }

  @Test
  @DisplayName("before a passkey's answer the line says -, and only a card can approve")
  void beforeAPasskey() throws MalformedException {
    TerminalStatement statement =
        new TerminalStatement(
            "https://auth.city.example",
            TRANSACTION,
            NONCE,
            Purpose.LOGIN,
            "T-0042",
            BOOT,
            null,
            null);
    assertTrue(
        new String(statement.bytes(), StandardCharsets.UTF_8).endsWith("answer -\ncard -\n"));
    assertEquals(statement, TerminalStatement.parse(statement.bytes()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new TerminalStatement(
                statement.origin(),
                TRANSACTION,
                NONCE,
                Purpose.APPROVE,
                "T-0042",
                BOOT,
                null,
                null));
    String challenge = TerminalStatement.challenge(statement.bytes(), signature());
    assertEquals(43, challenge.length());
    byte[] otherSignature = signature();
    otherSignature[7] ^= 1;
    assertNotEquals(challenge, TerminalStatement.challenge(statement.bytes(), otherSignature));
  }

  @Test
  @DisplayName("a card's statement is no terminal's statement")
  void kinds() {
    assertThrows(
        MalformedException.class,
        () -> TerminalStatement.parse(fixture("card-statement-login.txt")));
    assertThrows(MalformedException.class, () -> CardStatement.parse(TEXT));
  }

  @Test
  @DisplayName("what was written reads as the same statement; one changed bit never does")
  void roundTripAndFlips() throws MalformedException {
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      TerminalStatement statement =
          new TerminalStatement(
              oneOf(random, "https://auth.city.example:8443", "http://localhost:8080"),
              random(random, 16),
              random(random, 32),
              oneOf(random, Purpose.values()),
              "T-" + random.nextInt(10_000),
              random(random, 16),
              random(random, 32),
              oneOf(random, CardKind.values()));
      assertEquals(statement, TerminalStatement.parse(statement.bytes()));
      if (i < 8) {
        assertTrue(ByteFlips.check(statement.bytes(), statement, TerminalStatement::parse) > 0);
      }
    }
  }

  private static void refused(String part, String instead) {
    String text = new String(TEXT, StandardCharsets.UTF_8);
    String changed = text.replace(part, instead);
    assertNotEquals(text, changed);
    assertThrows(
        MalformedException.class,
        () -> TerminalStatement.parse(changed.getBytes(StandardCharsets.UTF_8)));
  }
}
