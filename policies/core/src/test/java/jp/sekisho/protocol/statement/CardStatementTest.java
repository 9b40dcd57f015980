package jp.sekisho.protocol.statement;

import static jp.sekisho.protocol.ProtocolSamples.CERTIFICATE;
import static jp.sekisho.protocol.ProtocolSamples.DETAIL;
import static jp.sekisho.protocol.ProtocolSamples.NONCE;
import static jp.sekisho.protocol.ProtocolSamples.TRANSACTION;
import static jp.sekisho.protocol.ProtocolSamples.cardStatement;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.oneOf;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CardStatementTest {
  private static final byte[] LOGIN = fixture("card-statement-login.txt");

  @Test
  @DisplayName("a login statement has exactly the documented bytes")
  void loginBytes() throws MalformedException {
    CardStatement statement = cardStatement(Purpose.LOGIN, null);
    assertArrayEquals(LOGIN, statement.bytes());
    assertEquals(statement, CardStatement.parse(LOGIN));
  }

  @Test
  @DisplayName("an approval's statement has exactly the documented bytes")
  void approveBytes() throws MalformedException {
    CardStatement statement = cardStatement(Purpose.APPROVE, DETAIL);
    byte[] expected = fixture("card-statement-approve.txt");
    assertArrayEquals(expected, statement.bytes());
    assertEquals(statement, CardStatement.parse(expected));
  }

  @Test
  @DisplayName("the certificate line is the SHA-256 of the DER")
  void certificateHash() {
    assertEquals(
        CERTIFICATE,
        CardStatement.certificateHash("certificate".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  @DisplayName("what was written reads as the same statement, and never as another")
  void roundTrip() throws MalformedException {
    Random random = new Random(20261121);
    for (int i = 0; i < 2_000; i++) {
      CardStatement statement = any(random);
      assertEquals(statement, CardStatement.parse(statement.bytes()));
    }
  }

  @Test
  @DisplayName("one changed bit is malformed or another statement")
  void flips() {
    Random random = new Random(1);
    for (int i = 0; i < 8; i++) {
      CardStatement statement = any(random);
      assertTrue(ByteFlips.check(statement.bytes(), statement, CardStatement::parse) > 0);
    }
  }

  private static CardStatement any(Random random) {
    Purpose purpose = oneOf(random, Purpose.values());
    @Nullable String detail = purpose == Purpose.APPROVE ? random(random, 32) : null;
    return new CardStatement(
        oneOf(
            random,
            "https://auth.city.example",
            "https://auth.city.example:8443",
            "http://localhost:8080",
            "http://127.0.0.1:" + (1024 + random.nextInt(60_000))),
        random(random, 16),
        random(random, 32),
        purpose,
        "T-" + Integer.toString(random.nextInt(1 << 20), 36).toUpperCase(java.util.Locale.ROOT),
        random(random, 32),
        detail);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("the line rules of every statement hold")
  void lineRules(LineRule rule) {
    for (byte[] broken : rule.breakIt(LOGIN)) {
      assertThrows(
          MalformedException.class,
          () -> CardStatement.parse(broken),
          () -> new String(broken, StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://auth.city.example",
        "http://localhost.city.example",
        "http://127.0.0.2",
        "https://auth.city.example/",
        "https://AUTH.city.example",
        "https://auth.city.example:443",
        "https://auth.city.example:0443",
        "https://auth.city.example:65536",
        "http://localhost:80",
        "https://clerk@auth.city.example",
        "https://関所.example",
        "null",
        "-"
      })
  @DisplayName("origin: https, or http of this machine, in the one form a browser sends")
  void foreignOrigins(String origin) {
    refused("https://auth.city.example", origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AAECAwQFBgcICQoLDA0OD", // a character short
        "AAECAwQFBgcICQoLDA0ODwA", // a character long
        "AAECAwQFBgcICQoLDA0ODx", // trailing bits
        "AAECAwQFBgcICQoLDA0ODw==", // padding
        "AAECAwQFBgcICQoLDA0OD/", // the other alphabet
        "AAECAwQFBgcICQoLDA0OD ",
        "-"
      })
  @DisplayName("transaction: 16 bytes as canonical base64url")
  void transactions(String transaction) {
    refused("transaction " + TRANSACTION, "transaction " + transaction);
  }

  @Test
  @DisplayName("nonce, certificate and detail: 32 bytes as canonical base64url")
  void hashes() {
    refused(NONCE, TRANSACTION);
    refused(NONCE, NONCE.substring(0, 42) + "9");
    refused(CERTIFICATE, TRANSACTION);
    refused("detail -", "detail " + TRANSACTION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LOGIN", "Login", "log-in", "step_up", "export", "unlock "})
  @DisplayName("purpose: one of the four words")
  void purposes(String purpose) {
    refused("purpose login", "purpose " + purpose);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"T-", "0042", "t-0042", "T-00_42", "T-0042-", "T-0123456789ABCDEFG", "none"})
  @DisplayName("terminal: a terminal id")
  void terminals(String terminal) {
    refused("T-0042", terminal);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "APPROVE")
  @DisplayName("detail: with approve, and only with it")
  void detailGoesWithApprove(Purpose purpose) {
    refused("purpose login\n", "purpose approve\n");
    assertThrows(IllegalArgumentException.class, () -> cardStatement(purpose, DETAIL));
    assertThrows(IllegalArgumentException.class, () -> cardStatement(Purpose.APPROVE, null));
  }

  private static void refused(String part, String instead) {
    String text = new String(LOGIN, StandardCharsets.UTF_8);
    String changed = text.replace(part, instead);
    assertTrue(!changed.equals(text));
    assertThrows(
        MalformedException.class,
        () -> CardStatement.parse(changed.getBytes(StandardCharsets.UTF_8)),
        changed);
  }
}
