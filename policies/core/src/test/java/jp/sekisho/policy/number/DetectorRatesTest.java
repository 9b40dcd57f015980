package jp.sekisho.policy.number;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How often the detector cries wolf; {@code PolicyBench} prints the same figures. */
class DetectorRatesTest {
  private static final int COPIES = 10_000;

  @Test
  @DisplayName("in 10,000 realistic records without such a number there is no finding at all")
  void realistic() {
    assertEquals(
        new RealisticTexts.Rate(0, 0), RealisticTexts.rate(COPIES, new RealisticTexts(1)::record));
  }

  @Test
  @DisplayName(
      "of records with one foreign number of twelve digits one in ten is marked, none held")
  void receipt() {
    RealisticTexts.Rate rate =
        RealisticTexts.rate(COPIES, new RealisticTexts(2)::recordWithReceipt);
    assertEquals(0, rate.high());
    assertEquals(0.1, rate.low(), 0.02);
  }

  @Test
  @DisplayName("every record with a 個人番号 that says so is found, score high")
  void found() {
    assertEquals(
        new RealisticTexts.Rate(1, 0),
        RealisticTexts.rate(1_000, new RealisticTexts(3)::recordWithNumber));
  }

  @Test
  @DisplayName("random text of 1,000 characters with runs of digits is held rarely")
  void noise() {
    RealisticTexts texts = new RealisticTexts(4);
    RealisticTexts.Rate rate = RealisticTexts.rate(1_000, () -> texts.noise(1_000));
    assertTrue(rate.high() < 0.15, rate.toString());
  }
}
