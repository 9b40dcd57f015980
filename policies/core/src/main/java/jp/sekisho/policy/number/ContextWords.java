package jp.sekisho.policy.number;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Where the words stand that say what a number beside them is.
 *
 * <p>会社法人等番号 has twelve digits too and no check digit, so one in ten would pass.
 */
final class ContextWords {
  /** What the words around a number say. */
  enum Says {
    INDIVIDUAL,
    CORPORATE_REGISTER,
    NOTHING
  }

  /** How far a word reaches, in folded characters. */
  static final int REACH = 300;

  private static final List<String> INDIVIDUAL =
      List.of("マイナンバー", "個人番号", "通知カード", "特定個人情報", "mynumber", "my number", "individual number");
  private static final List<String> CORPORATE_REGISTER = List.of("会社法人等番号");

  private record Word(int end, Says says) {}

  private final NavigableMap<Integer, Word> words = new TreeMap<>();

  ContextWords(FoldedText text) {
    collect(text, INDIVIDUAL, Says.INDIVIDUAL);
    collect(text, CORPORATE_REGISTER, Says.CORPORATE_REGISTER);
  }

  private void collect(FoldedText text, List<String> spellings, Says says) {
    for (String word : spellings) {
      for (int at = text.indexOf(word, 0); at >= 0; at = text.indexOf(word, at + 1)) {
        words.put(at, new Word(at + word.length(), says));
      }
    }
  }

  /** What the nearest word within reach of the number from {@code start} to {@code end} says. */
  Says around(int start, int end) {
    Map.Entry<Integer, Word> before = words.lowerEntry(start);
    Map.Entry<Integer, Word> after = words.ceilingEntry(end);
    int toBefore = before == null ? Integer.MAX_VALUE : start - before.getValue().end();
    int toAfter = after == null ? Integer.MAX_VALUE : after.getKey() - end;
    if (before != null && toBefore <= toAfter && toBefore <= REACH) {
      return before.getValue().says();
    }
    return after != null && toAfter <= REACH ? after.getValue().says() : Says.NOTHING;
  }
}
