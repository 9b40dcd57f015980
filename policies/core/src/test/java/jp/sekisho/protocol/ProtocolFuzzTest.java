package jp.sekisho.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.BreakGlass;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.protocol.statement.OfflineLogin;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import jp.sekisho.protocol.statement.TerminalStatement;

/**
 * Every reader of untrusted bytes: they are either malformed or exactly what the value read from
 * them writes. Without {@code JAZZER_FUZZ=1} the corpus beside {@code ProtocolFuzzTestInputs} is
 * replayed.
 */
class ProtocolFuzzTest {

  @FuzzTest
  void cardStatement(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, CardStatement.parse(bytes).bytes()));
  }

  @FuzzTest
  void terminalStatement(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, TerminalStatement.parse(bytes).bytes()));
  }

  @FuzzTest
  void exportGrant(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, ExportGrant.parse(bytes).bytes()));
  }

  @FuzzTest
  void grantText(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, GrantText.parse(bytes).bytes()));
  }

  @FuzzTest
  void seriesConfirmation(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, SeriesConfirmation.parse(bytes).bytes()));
  }

  @FuzzTest
  void breakGlass(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, BreakGlass.parse(bytes).bytes()));
  }

  @FuzzTest
  void offlineLogin(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, OfflineLogin.parse(bytes).bytes()));
  }

  @FuzzTest
  void exceptionalMeasure(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, ExceptionalMeasure.parse(bytes).bytes()));
  }

  @FuzzTest
  void canonicalJson(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, CanonicalJson.write(CanonicalJson.read(bytes))));
  }

  @FuzzTest
  void entry(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, Entry.parse(bytes).bytes()));
  }

  @FuzzTest
  void deviceRecord(byte[] bytes) {
    check(() -> assertArrayEquals(bytes, DeviceRecord.parse(bytes).bytes()));
  }

  @FuzzTest
  void cardAnswer(byte[] bytes) {
    check(() -> {
      CardAnswer answer = CardAnswer.parse(Base64Url.encode(bytes));
      assertEquals(answer, CardAnswer.parse(answer.opaque()));
    });
  }

  @FuzzTest
  void enrollmentTicket(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    check(() -> assertEquals(text.strip(), EnrollmentTicket.parse(text).text()));
  }

  private interface Reading {
    void read() throws MalformedException;
  }

  private static void check(Reading reading) {
    try {
      reading.read();
    } catch (MalformedException e) {
      // The only other outcome allowed.
    }
  }
}
