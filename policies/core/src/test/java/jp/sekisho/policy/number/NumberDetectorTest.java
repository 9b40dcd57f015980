package jp.sekisho.policy.number;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberDetectorTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "123456789018",
        "1234-5678-9018",
        "1234 5678 9018",
        "1234.5678.9018",
        "1234\u30005678\u30009018",
        "1234\u00a05678\u00a09018",
        "1234・5678・9018",
        "1234‐5678‐9018",
        "1234‑5678‑9018",
        "1234‒5678‒9018",
        "1234–5678–9018",
        "1234—5678—9018",
        "1234―5678―9018",
        "1234−5678−9018",
        "1234ー5678ー9018",
        "1234－5678－9018",
        "1234ｰ5678ｰ9018",
        "1234‐5678-9018",
        "１２３４５６７８９０１８",
        "１２３４－５６７８－９０１８",
        "①②③④⑤⑥⑦⑧⑨0①⑧",
        "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖",
        "12345678\u200b9018",
        "1234\u200b-\u2060567\ufe0f8-9018",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "1-2-3-4-5-6-7-8-9-0-1-8",
        "番号123456789018です",
        "(123456789018)",
        "1,123456789018,2026",
        "No. 1 1234-5678-9018",
        "1.123456789018",
        "A123456789018B",
        "123456789018-01"
      })
  @DisplayName("R15: one number is found in every spelling")
  void spellings(String text) {
    NumberFindings findings = NumberDetector.scan(text);
    assertEquals(1, findings.individual().size());
    assertEquals(Score.LOW, findings.individual().get(0).score());
    assertEquals(0, findings.corporate());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "123456789019",
        "000000000000",
        "12345678901",
        "1234567890180",
        "0123456789018",
        "1234567890181234",
        "1234-5678-9018-3456",
        "3456-1234-5678-9018",
        "1234 5678 9018 3456",
        "1234-5678 9018",
        "1234--5678--9018",
        "12345678-9018",
        "123-456-789-018",
        "1 2 3 4 5 6 7 8 9 0 1 8 1",
        "4 1 2 3 4 5 6 7 8 9 0 1 8",
        "一二三四五六七八九〇一八"
      })
  @DisplayName("R15: other runs are none: boundaries, one kind of separator, the check digit")
  void others(String text) {
    assertEquals(List.of(), NumberDetector.scan(text).individual());
  }

  @Test
  @DisplayName("the place is that of the original text, first digit to last")
  void positions() {
    String text = "氏名 𠮷田 ﾏｲﾅﾝﾊﾞｰ：１２３４−５６７８−９０１８。\r\n次は983205673214";
    List<Finding> findings = NumberDetector.scan(text).individual();
    assertEquals(2, findings.size());
    assertEquals("１２３４−５６７８−９０１８", text.substring(findings.get(0).start(), findings.get(0).end()));
    assertEquals("983205673214", text.substring(findings.get(1).start(), findings.get(1).end()));
    String mathematical = "x𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖y";
    assertEquals(
        List.of(new Finding(1, 25, Score.LOW)), NumberDetector.scan(mathematical).individual());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "マイナンバー 123456789018",
        "ﾏｲﾅﾝﾊﾞｰ 123456789018",
        "マイナンハ\u3099ー 123456789018",
        "個人番号：123456789018",
        "123456789018（個人番号）",
        "通知カード 1234-5678-9018",
        "My Number: 123456789018",
        "ＭＹＮＵＭＢＥＲ 123456789018",
        "特定個人情報\n123456789018"
      })
  @DisplayName("a word that says so makes it high, before or after, in any width")
  void context(String text) {
    assertEquals(
        List.of(Score.HIGH),
        NumberDetector.scan(text).individual().stream().map(Finding::score).toList());
  }

  @Test
  @DisplayName("a word reaches 300 characters")
  void reach() {
    for (int distance : new int[] {0, 299, 300, 301}) {
      Score expected = distance <= 300 ? Score.HIGH : Score.LOW;
      String gap = "あ".repeat(distance);
      assertEquals(
          expected, NumberDetector.scan("個人番号" + gap + "123456789018").individual().get(0).score());
      assertEquals(
          expected, NumberDetector.scan("123456789018" + gap + "個人番号").individual().get(0).score());
    }
  }

  @Test
  @DisplayName(
      "R15: 会社法人等番号 has twelve digits too: beside it a number is low, the nearest word wins")
  void corporateRegister() {
    assertEquals(
        Score.LOW, NumberDetector.scan("会社法人等番号 123456789018").individual().get(0).score());
    NumberFindings both = NumberDetector.scan("会社法人等番号 123456789018 代表者の個人番号 983205673214");
    assertEquals(Score.LOW, both.individual().get(0).score());
    assertEquals(Score.HIGH, both.individual().get(1).score());
    assertEquals(0, NumberDetector.scan("会社法人等番号 123456789018\n".repeat(5)).count(Score.HIGH));
  }

  @Test
  @DisplayName("three numbers in a text are high without any word, two are not")
  void many() {
    assertEquals(2, NumberDetector.scan("123456789018\n983205673214").count(Score.LOW));
    NumberFindings three = NumberDetector.scan("123456789018\n983205673214\n123456789018");
    assertEquals(3, three.count(Score.HIGH));
    assertEquals(0, three.count(Score.LOW));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1234\n5678\n9018", "1234\r\n5678\r\n9018", "1234\t5678\t9018"})
  @DisplayName("over the cells of a table it stays low, even beside the word")
  void cells(String text) {
    assertEquals(Score.LOW, NumberDetector.scan("個人番号 " + text).individual().get(0).score());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "法人番号 8040001079502",
        "T8040001079502",
        "8-0400-0107-9502",
        "８０４０００１０７９５０２",
        "8 0400 0107 9502"
      })
  @DisplayName("法人番号 is public: counted apart, never a finding")
  void corporate(String text) {
    NumberFindings findings = NumberDetector.scan(text);
    assertEquals(List.of(), findings.individual());
    assertEquals(1, findings.corporate());
  }

  @Test
  @DisplayName("the result cannot hold digits: indices, counts and scores only")
  void resultType() {
    for (Class<?> type : List.of(NumberFindings.class, Finding.class)) {
      for (RecordComponent component : type.getRecordComponents()) {
        boolean harmless =
            component.getType() == int.class
                || component.getType() == Score.class
                || (component.getGenericType() instanceof ParameterizedType list
                    && list.getActualTypeArguments()[0] == Finding.class);
        assertTrue(harmless, component.toString());
      }
    }
    assertFalse(NumberDetector.scan("123456789018").toString().contains("123456789018"));
  }

  @Test
  @DisplayName("every number hidden in random Japanese text is found where it stands")
  void hidden() {
    Random random = new Random(10);
    String[] between = {"、", "様 ", "\n", " 住所：", "（", "）", "ＡＢ", "令和8年11月20日 ", "€"};
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      int numbers = random.nextInt(6);
      int[] starts = new int[numbers];
      for (int n = 0; n < numbers; n++) {
        text.append(between[random.nextInt(between.length)]).append('あ');
        starts[n] = text.length();
        text.append(valid(random)).append('い');
      }
      List<Finding> found = NumberDetector.scan(text).individual();
      assertEquals(numbers, found.size());
      for (int n = 0; n < numbers; n++) {
        assertEquals(starts[n], found.get(n).start());
        assertEquals(starts[n] + 12, found.get(n).end());
      }
    }
  }

  @Test
  @DisplayName("of random twelve-digit numbers one in ten passes")
  void randomNumbers() {
    Random random = new Random(11);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.append(String.format("%012d\n", random.nextLong(1_000_000_000_000L)));
    }
    assertEquals(0.1, NumberDetector.scan(text).individual().size() / 50_000.0, 0.01);
  }

  private static String valid(Random random) {
    while (true) {
      String digits = String.format("%012d", random.nextLong(1_000_000_000_000L));
      if (CheckDigit.isIndividual(digits)) {
        return digits;
      }
    }
  }
}
