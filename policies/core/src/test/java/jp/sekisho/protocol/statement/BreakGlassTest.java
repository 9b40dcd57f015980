package jp.sekisho.protocol.statement;

import static jp.sekisho.protocol.ProtocolSamples.breakGlass;
import static jp.sekisho.protocol.ProtocolSamples.exportGrant;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.oneOf;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.BreakGlass.Reason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BreakGlassTest {
  private static final byte[] TEXT = fixture("break-glass.txt");

  @Test
  @DisplayName("the text has exactly the documented bytes, and its detail is their SHA-256")
  void bytes() throws MalformedException {
    assertArrayEquals(TEXT, breakGlass().bytes());
    assertEquals(breakGlass(), BreakGlass.parse(TEXT));
    assertEquals(Sha256.text(TEXT), breakGlass().detail());
  }

  @Test
  @DisplayName("what was written reads as the same text, and one changed bit never does")
  void roundTrip() throws MalformedException {
    Random random = new Random(20261122);
    for (int i = 0; i < 500; i++) {
      BreakGlass text = any(random);
      assertEquals(text, BreakGlass.parse(text.bytes()));
    }
    for (int i = 0; i < 8; i++) {
      BreakGlass text = any(random);
      assertTrue(ByteFlips.check(text.bytes(), text, BreakGlass::parse) > 0);
    }
  }

  private static BreakGlass any(Random random) {
    return new BreakGlass(
        random(random, 16),
        random(random, 32),
        "mayor",
        "T-" + random.nextInt(10_000),
        random(random, 16),
        "S-" + random.nextInt(100_000),
        ExportGrant.Capability.USB_READ,
        random(random, 32),
        oneOf(random, Reason.DISASTER, Reason.OUTAGE, Reason.RESCUE, Reason.DUTY),
        Instant.ofEpochSecond(1_700_000_000L + random.nextInt(1 << 30)),
        1 + random.nextInt(BreakGlass.MAX_MINUTES));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("the line rules of every statement hold")
  void lineRules(LineRule rule) {
    for (byte[] broken : rule.breakIt(TEXT)) {
      assertThrows(
          MalformedException.class,
          () -> BreakGlass.parse(broken),
          () -> new String(broken, StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "minutes 30, minutes 0",
    "minutes 30, minutes 61",
    "minutes 30, minutes 030",
    "minutes 30, minutes -",
    "reason disaster, reason 災害のため",
    "capability usb-read, capability usb-write",
    "capability usb-read, capability usb-export-encrypted",
    "capability usb-read, capability export-plain",
    "person S-1024, person -",
    "made 2026-11-22T06:00:00Z, made 2026-11-22T06:00:00.5Z",
    "made 2026-11-22T06:00:00Z, made 2026-11-22T15:00:00+09:00",
    "boot EBESExQVFhcYGRobHB0eHw, boot -",
    "organ mayor, organ MAYOR",
  })
  @DisplayName("no other value stands in a line")
  void values(String line, String other) {
    String text = new String(TEXT, StandardCharsets.UTF_8);
    assertTrue(text.contains(line));
    assertThrows(
        MalformedException.class,
        () -> BreakGlass.parse(text.replace(line, other).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  @DisplayName("the text of an ordinary exception is none")
  void otherKinds() {
    assertThrows(MalformedException.class, () -> BreakGlass.parse(exportGrant().bytes()));
  }
}
