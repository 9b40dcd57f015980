package jp.sekisho.protocol.statement;

import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.offlineLogin;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OfflineLoginTest {
  private static final byte[] TEXT = fixture("offline-login.txt");

  @Test
  @DisplayName(
      "the text has exactly the documented bytes, and one changed bit never reads the same")
  void bytes() throws MalformedException {
    assertArrayEquals(TEXT, offlineLogin().bytes());
    assertEquals(offlineLogin(), OfflineLogin.parse(TEXT));
    assertTrue(ByteFlips.check(TEXT, offlineLogin(), OfflineLogin::parse) > 0);
  }

  @Test
  @DisplayName("no service takes it for a card's answer to a transaction")
  void anotherKind() {
    assertThrows(MalformedException.class, () -> CardStatement.parse(TEXT));
    assertThrows(
        MalformedException.class, () -> OfflineLogin.parse(fixture("card-statement-login.txt")));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("the line rules of every statement hold")
  void lineRules(LineRule rule) {
    for (byte[] broken : rule.breakIt(TEXT)) {
      assertThrows(
          MalformedException.class,
          () -> OfflineLogin.parse(broken),
          () -> new String(broken, StandardCharsets.UTF_8));
    }
  }
}
