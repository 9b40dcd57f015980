package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MessagesTest {

  @Test
  @DisplayName("every key is in both languages, with the same placeholders")
  void complete() {
    assertEquals(
        new TreeSet<>(Messages.JA.bundle().keySet()), new TreeSet<>(Messages.EN.bundle().keySet()));
    for (String key : Messages.JA.bundle().keySet()) {
      assertEquals(
          placeholders(Messages.JA.bundle().getString(key)),
          placeholders(Messages.EN.bundle().getString(key)),
          key);
    }
  }

  private static Set<String> placeholders(String text) {
    return Pattern.compile("\\{[0-9]}")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  @DisplayName("the Japanese one is Japanese, the English one is not")
  void languages() {
    Pattern japanese = Pattern.compile("[\\p{IsHiragana}\\p{IsKatakana}\\p{IsHan}]");
    for (String key : Messages.JA.bundle().keySet()) {
      assertTrue(japanese.matcher(Messages.JA.bundle().getString(key)).find(), key);
      String english = Messages.EN.bundle().getString(key).replace("個人番号", "");
      assertFalse(japanese.matcher(english).find(), key);
    }
  }

  @Test
  @DisplayName("every problem has its text, and no text is left over")
  void problems() {
    Set<String> expected = new TreeSet<>();
    for (Problem.Code code : Problem.Code.values()) {
      expected.add("problem." + code);
    }
    Set<String> present =
        Messages.EN.bundle().keySet().stream()
            .filter(key -> key.startsWith("problem."))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(expected, present);
  }

  @Test
  @DisplayName("values are filled in once, a missing one shows as a dash")
  void filling() {
    assertEquals(
        "Allowed is {1} to —.", Messages.EN.text("problem.DURATION_OUT_OF_BOUNDS", List.of("{1}")));
  }
}
