package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SeldomTest {
  private static final Instant NOW = Instant.parse("2026-11-20T23:31:05Z");

  @Test
  void atFirstThenOnceAMinuteAlsoWhenTheClockWasSetBack() {
    Seldom seldom = new Seldom();
    assertTrue(seldom.isDue(NOW));
    assertFalse(seldom.isDue(NOW));
    assertFalse(seldom.isDue(NOW.plusSeconds(59)));
    assertTrue(seldom.isDue(NOW.plusSeconds(60)));
    assertTrue(seldom.isDue(NOW.minusSeconds(3600)));
    assertFalse(seldom.isDue(NOW.minusSeconds(3599)));
  }
}
