package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scheme of ADR 0008. */
class PukHalfTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static PukHalf half(String written) {
    return PukHalf.parse(written.toCharArray()).orElseThrow(() -> new AssertionError(written));
  }

  private static String puk(String one, String other) {
    return new String(
        Puk.join(half(one), half(other)).orElseThrow().block(), StandardCharsets.US_ASCII);
  }

  /** The vectors of ADR 0008, byte for byte. */
  @ParameterizedTest
  @CsvSource({
    "1-0000-0000-62,2-4827-1095-0F,48271095",
    "1-3F9A-02C7-46,2-7BBE-1252-7E,44241095",
    "1-FFFF-FFFF-BC,2-FEDC-BA98-DA,01234567"
  })
  void theVectorsOfTheDecision(String first, String second, String puk) {
    assertEquals(puk, puk(first, second));
    assertEquals(puk, puk(second, first), "the order of the roles does not matter");
    assertEquals(first, new String(half(first).written()));
  }

  @Test
  void bothHalvesMakeThePukAgainAndAreReadAsTheyWereWritten() {
    for (int i = 0; i < 200; i++) {
      try (Puk puk = Puk.random(RANDOM);
          PukHalf.Pair pair = PukHalf.split(puk, RANDOM)) {
        byte[] block = puk.block();
        for (byte digit : block) {
          assertTrue(digit >= '0' && digit <= '9');
        }
        PukHalf first = PukHalf.parse(pair.first().written()).orElseThrow();
        PukHalf second = PukHalf.parse(pair.second().written()).orElseThrow();
        assertArrayEquals(block, Puk.join(first, second).orElseThrow().block());
      }
    }
  }

  /** Each of the 16 values is equally likely in each half, whatever the digit of the PUK. */
  @Test
  void aHalfAloneTellsNothingOfThePuk() {
    Map<Integer, int[]> counts = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      try (Puk puk = Puk.random(RANDOM);
          PukHalf.Pair pair = PukHalf.split(puk, RANDOM)) {
        int digit = puk.values()[0];
        counts.computeIfAbsent(digit, d -> new int[16])[pair.first().values()[0]]++;
        counts.computeIfAbsent(10 + digit, d -> new int[16])[pair.second().values()[0]]++;
      }
    }
    // 15 degrees of freedom: a fair draw exceeds 60 once in four million, and there are 20 of them.
    counts.forEach((digit, count) -> {
      double expected = Arrays.stream(count).sum() / 16.0;
      double chi =
          Arrays.stream(count).mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
      assertTrue(chi < 60, digit + " " + Arrays.toString(count));
    });
  }

  @Test
  void howItIsTypedDoesNotMatter() {
    String expected = "1-3F9A-02C7-46";
    for (String typed :
        new String[] {"13f9a02c746", "1 3f9a 02c7 46", "１－３Ｆ９Ａ－０２Ｃ７－４６", "1ー3F9Aー02C7ー46"}) {
      assertEquals(expected, new String(half(typed).written()), typed);
    }
  }

  @Test
  void oneWrongCharacterOrTwoExchangedNeighboursAreFoundBeforeATryIsSpent() {
    String written = "13F9A02C746";
    for (int i = 0; i < written.length(); i++) {
      for (char other : "0123456789ABCDEF".toCharArray()) {
        char[] typed = written.toCharArray();
        if (typed[i] != other) {
          typed[i] = other;
          assertEquals(Optional.empty(), PukHalf.parse(typed), new String(typed));
        }
      }
      char[] exchanged = written.toCharArray();
      if (i > 0 && exchanged[i] != exchanged[i - 1]) {
        char before = exchanged[i - 1];
        exchanged[i - 1] = exchanged[i];
        exchanged[i] = before;
        assertEquals(Optional.empty(), PukHalf.parse(exchanged), new String(exchanged));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "3-0000-0000-00",
        "1-3F9A-02C7-4",
        "1-3F9A-02C7-46E",
        "1-3G9A-02C7-46",
        "12345678",
        "1-3F9A-02C7-46-1-3F9A-02C7-46-1-3F9A-02C7-46"
      })
  void whatIsNoHalfIsNone(String typed) {
    assertEquals(Optional.empty(), PukHalf.parse(typed.toCharArray()));
  }

  @Test
  void twoHalvesOfOneRoleAndHalvesThatMakeNoDigitsAreNotOfOneCard() {
    assertEquals(Optional.empty(), Puk.join(half("1-3F9A-02C7-46"), half("1-3F9A-02C7-46")));
    assertEquals(Optional.empty(), Puk.join(half("1-0000-0000-62"), half("2-FEDC-BA98-DA")));
  }

  @Test
  void nothingIsShownAndAWipedOneIsUnusable() {
    PukHalf half = half("1-3F9A-02C7-46");
    assertFalse(half.toString().contains("3F9A"));
    half.close();
    assertThrows(IllegalStateException.class, half::values);
    Puk puk = Puk.random(RANDOM);
    assertEquals("Puk[********]", puk.toString());
    puk.close();
    assertThrows(IllegalStateException.class, puk::block);
  }
}
