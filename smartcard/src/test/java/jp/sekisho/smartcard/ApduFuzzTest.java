package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Commands and answers: what parses reads back as it was, everything else is refused. */
class ApduFuzzTest {
  @FuzzTest
  void anyCommandReadsBackOrIsRefused(byte[] bytes) {
    Apdu command;
    try {
      command = Apdu.parse(bytes);
    } catch (IllegalArgumentException e) {
      return;
    }
    assertArrayEquals(bytes, command.encode());
    String shown = command.toString();
    if (command.isSecret() && command.data().length > 0) {
      assertEquals("X".repeat(2 * command.data().length), shown.split(" ", -1)[5]);
    }
  }

  @FuzzTest
  void anyAnswerReadsBackOrIsRefused(byte[] bytes) {
    try {
      assertArrayEquals(bytes, Response.parse(bytes).encode());
    } catch (CardException e) {
      assertEquals(true, bytes.length < 2);
    }
  }
}
