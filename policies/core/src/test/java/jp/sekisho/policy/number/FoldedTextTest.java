package jp.sekisho.policy.number;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FoldedTextTest {

  @Test
  @DisplayName("the short way folds every character as NFKC and lower case do")
  void plain() {
    int folded = 0;
    for (int c = 1; c <= 0xFFFF; c++) {
      char plain = FoldedText.plain((char) c);
      if (plain == 0) {
        continue;
      }
      folded++;
      String full =
          Normalizer.normalize(Character.toString((char) c), Normalizer.Form.NFKC)
              .toLowerCase(Locale.ROOT);
      assertEquals(full, Character.toString(plain), Integer.toHexString(c));
    }
    assertTrue(folded > 21_000, "only " + folded);
  }

  @Test
  @DisplayName("a text that grows while it is folded is folded to its end")
  void grows() {
    // Each of these becomes four characters.
    String text = "㍿".repeat(50) + "MY NUMBER 123456789018";
    assertEquals(1, NumberDetector.scan(text).count(Score.HIGH));
    assertEquals(60, NumberDetector.scan(text).individual().get(0).start());
  }
}
