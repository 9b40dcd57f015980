package jp.sekisho.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static jp.sekisho.protocol.ProtocolSamples.cardAnswer;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CardAnswerTest {
  private static final String OPAQUE = new String(fixture("card-answer.txt"), US_ASCII);

  @Test
  @DisplayName("an answer has exactly the documented characters")
  void characters() throws MalformedException {
    assertEquals(OPAQUE, cardAnswer().opaque());
    assertEquals(cardAnswer(), CardAnswer.parse(OPAQUE));
  }

  @Test
  @DisplayName("one changed bit is malformed or another answer")
  void flips() throws MalformedException {
    Random random = new Random(5);
    for (int i = 0; i < 2; i++) {
      CardAnswer answer =
          new CardAnswer(
              random(random, 90),
              random(random, 70),
              random(random, 60),
              random(random, 50),
              random(random, 70));
      assertEquals(answer, CardAnswer.parse(answer.opaque()));
      int different =
          ByteFlips.check(
              answer.opaque().getBytes(US_ASCII),
              answer,
              bytes -> CardAnswer.parse(new String(bytes, UTF_8)));
      assertTrue(different > 0);
    }
  }

  @Test
  @DisplayName("an answer without a part is refused")
  void missingParts() {
    for (String name :
        new String[] {
          "statement", "signature", "certificate", "terminalStatement", "terminalSignature"
        }) {
      String json = new String(WireJson.write(cardAnswer()), UTF_8);
      for (String without :
          new String[] {
            json.replace("\"" + name + "\":", "\"x\":"),
            json.replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":null")
          }) {
        MalformedException e =
            assertThrows(
                MalformedException.class,
                () -> CardAnswer.parse(Base64Url.encode(without.getBytes(UTF_8))));
        assertEquals("CardAnswer without " + name, e.getMessage());
      }
    }
  }

  @Test
  @DisplayName("at most 32 Ki characters, canonical base64url")
  void form() {
    assertThrows(
        MalformedException.class,
        () -> CardAnswer.parse("A".repeat(CardAnswer.MAX_CHARACTERS + 1)));
    assertThrows(MalformedException.class, () -> CardAnswer.parse(OPAQUE + "="));
    assertThrows(MalformedException.class, () -> CardAnswer.parse(OPAQUE + "\n"));
    assertThrows(MalformedException.class, () -> CardAnswer.parse(""));
  }
}
