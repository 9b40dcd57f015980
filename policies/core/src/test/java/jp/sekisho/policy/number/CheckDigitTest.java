package jp.sekisho.policy.number;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckDigitTest {

  @ParameterizedTest
  @ValueSource(strings = {"123456789018", "983205673214"})
  @DisplayName("総務省令第85号第5条: published 個人番号 pass")
  void valid(String digits) {
    assertTrue(CheckDigit.isIndividual(digits));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "983205673210",
        "123456789019",
        "12345678901",
        "1234567890180",
        "",
        "１２３４５６７８９０１８",
        "12345678901a",
        "-23456789018"
      })
  @DisplayName("a wrong digit, another length and other characters do not")
  void invalid(String digits) {
    assertFalse(CheckDigit.isIndividual(digits));
  }

  @Test
  @DisplayName("twelve equal digits are no number, although zeros have a right check digit")
  void allEqual() {
    for (char digit = '0'; digit <= '9'; digit++) {
      assertFalse(CheckDigit.isIndividual(String.valueOf(digit).repeat(12)));
    }
  }

  @Test
  @DisplayName("exactly one last digit is right for every eleven digits")
  void oneLastDigit() {
    Random random = new Random(8);
    for (int i = 0; i < 20_000; i++) {
      String eleven = String.format("%011d", random.nextLong(100_000_000_000L));
      int right = 0;
      for (int last = 0; last <= 9; last++) {
        right += CheckDigit.isIndividual(eleven + last) ? 1 : 0;
      }
      assertEquals(1, right, "sample " + i);
    }
  }

  @Test
  @DisplayName("about 98 % of single wrong digits and of swapped neighbours are noticed")
  void errors() {
    Random random = new Random(9);
    int errors = 0;
    int noticed = 0;
    int swaps = 0;
    int swapsNoticed = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder digits = new StringBuilder(valid(random));
      int at = random.nextInt(12);
      char before = digits.charAt(at);
      digits.setCharAt(at, (char) ('0' + (before - '0' + 1 + random.nextInt(9)) % 10));
      errors++;
      noticed += CheckDigit.isIndividual(digits) ? 0 : 1;
      digits.setCharAt(at, before);
      int left = random.nextInt(11);
      if (digits.charAt(left) != digits.charAt(left + 1)) {
        char swapped = digits.charAt(left);
        digits.setCharAt(left, digits.charAt(left + 1));
        digits.setCharAt(left + 1, swapped);
        swaps++;
        swapsNoticed += CheckDigit.isIndividual(digits) ? 0 : 1;
      }
    }
    assertEquals(0.983, (double) noticed / errors, 0.005);
    assertEquals(0.982, (double) swapsNoticed / swaps, 0.005);
  }

  private static String valid(Random random) {
    while (true) {
      String digits = String.format("%012d", random.nextLong(1_000_000_000_000L));
      if (CheckDigit.isIndividual(digits)) {
        return digits;
      }
    }
  }

  @Test
  @DisplayName("法人番号: thirteen digits, the first one checks, never 0")
  void corporate() {
    assertTrue(CheckDigit.isCorporate("8040001079502"));
    assertFalse(CheckDigit.isCorporate("7040001079502"));
    assertFalse(CheckDigit.isCorporate("8040001079503"));
    assertFalse(CheckDigit.isCorporate("0040001079502"));
    assertFalse(CheckDigit.isCorporate("804000107950"));
    for (int i = 0; i < 1_000; i++) {
      assertFalse(CheckDigit.isCorporate(String.format("0%012d", i * 7_919L)));
    }
  }
}
