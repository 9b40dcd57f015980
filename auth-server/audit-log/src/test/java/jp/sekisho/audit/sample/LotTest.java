package jp.sekisho.audit.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The same seed and size draw the same entries everywhere; the values come from a Python script.
 */
class LotTest {
  private static final String ORIGIN = "auth.city.example/log/mayor/1";
  private static final String SEED = "000102030405060708090a0b0c0d0e0f";

  private static List<Long> draw(long size, int count) {
    return new Lot(ORIGIN, size, SEED).draw(count);
  }

  @Test
  void drawsWhatTheDocumentedAlgorithmDrawsElsewhere() {
    assertEquals(List.of(284L, 290L, 305L, 707L, 907L, 910L, 977L, 1000L), draw(1250, 8));
    assertEquals(
        List.of(292176079269868L, 373966900763915L, 561871206446293L),
        draw(1_000_000_000_000_000L, 3));
    assertEquals(
        List.of(1701950351771523216L, 2413900226050847767L, 7650201185836460007L),
        draw(Long.MAX_VALUE - 24, 3));
  }

  @Test
  void aLargerSampleContainsTheSmallerAndAllIsAll() {
    assertTrue(draw(1250, 100).containsAll(draw(1250, 8)));
    assertEquals(List.of(0L, 1L, 2L), draw(3, 50));
    assertEquals(List.of(), draw(0, 5));
    assertEquals(List.of(0L), draw(1, 5));
  }

  @Test
  void anotherLogSizeOrSeedDrawsOthers() {
    List<Long> drawn = draw(1_000_000, 20);
    assertTrue(!drawn.equals(new Lot(ORIGIN + "x", 1_000_000, SEED).draw(20)));
    assertTrue(!drawn.equals(draw(1_000_001, 20)));
    assertTrue(!drawn.equals(new Lot(ORIGIN, 1_000_000, SEED.replace("00", "0f")).draw(20)));
  }

  @Test
  void refusesWhatIsNoSeedOrCount() {
    assertThrows(IllegalArgumentException.class, () -> new Lot(ORIGIN, 1, "A".repeat(32)));
    assertThrows(IllegalArgumentException.class, () -> new Lot(ORIGIN, -1, SEED));
    assertThrows(IllegalArgumentException.class, () -> draw(10, 0));
    assertThrows(IllegalArgumentException.class, () -> draw(10, Lot.MAX_COUNT + 1));
  }
}
