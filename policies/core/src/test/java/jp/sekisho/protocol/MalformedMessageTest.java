package jp.sekisho.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("No reader repeats its input in an exception")
class MalformedMessageTest {
  private static final String SECRET = "hunter2hunter2";

  record Case(String name, ByteFlips.Parser<?> parser, String good) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case(
            "CardStatement",
            CardStatement::parse,
            text(ProtocolSamples.cardStatement(Purpose.LOGIN, null).bytes())),
        new Case(
            "TerminalStatement",
            TerminalStatement::parse,
            text(ProtocolSamples.terminalStatement().bytes())),
        new Case("CanonicalJson", CanonicalJson::read, "{\"name\":\"value\"}"),
        new Case("Entry", Entry::parse, text(ProtocolSamples.entry().bytes())),
        new Case("DeviceRecord", DeviceRecord::parse, text(ProtocolSamples.deviceRecord().bytes())),
        new Case("Purpose", b -> Purpose.parse(text(b)), "login"),
        new Case("Base64Url", b -> Base64Url.decode(text(b)), "Zm9v"),
        new Case(
            "EnrollmentTicket",
            b -> EnrollmentTicket.parse(text(b)),
            ProtocolSamples.ticket().text()),
        new Case(
            "CardAnswer",
            b -> CardAnswer.parse(Base64Url.encode(b)),
            text(WireJson.write(ProtocolSamples.cardAnswer()))),
        new Case(
            "Heartbeat",
            b -> WireJson.read(b, Heartbeat.class),
            text(WireJson.write(new Heartbeat("1", "b", 1, 0, false, "f", "c", 0)))),
        new Case(
            "RefusalBody",
            b -> WireJson.read(b, RefusalBody.class),
            text(
                WireJson.write(
                    RefusalBody.of(
                        Refusal.NO_CARD, java.util.Locale.ENGLISH, java.util.Map.of())))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void neverRepeatsTheInput(Case c) {
    int refused = 0;
    for (byte[] broken : broken(c.good())) {
      try {
        c.parser().parse(broken);
      } catch (MalformedException e) {
        refused++;
        assertNotNull(e.getMessage());
        assertFalse(e.getMessage().contains(SECRET), e.getMessage());
        assertNull(e.getCause(), "a cause may quote the input");
      }
    }
    assertThrows(MalformedException.class, () -> c.parser().parse(SECRET.getBytes(UTF_8)));
    assertTrue(refused > 10);
  }

  /** The good text with the secret in some 200 places: inserted, in place of the rest, quoted. */
  private static List<byte[]> broken(String text) {
    List<byte[]> broken = new ArrayList<>();
    int step = 1 + text.length() / 200;
    for (int at = 0; at <= text.length(); at += step) {
      for (String insert : List.of(SECRET, "\"" + SECRET, "\n" + SECRET, "\\" + SECRET)) {
        broken.add((text.substring(0, at) + insert).getBytes(UTF_8));
        broken.add((text.substring(0, at) + insert + text.substring(at)).getBytes(UTF_8));
      }
    }
    return broken;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
