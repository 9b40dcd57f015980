package jp.sekisho.server.breach;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/** What makes a 漏えい等 one that is to be reported (規則2条). */
enum BreachKind {
  /** 1号: a system used for 個人番号利用事務, or another of its list. */
  SYSTEM,
  /** 2号: 不正の目的, by staff too. */
  MALICE,
  /** 3号: seen, or open to be seen, by the public. */
  PUBLIC,
  /** 4号: more than 100 persons. */
  HUNDRED;

  /** The word in rows, in the log and on the wire. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Those of these words, each once, in the order of the rule.
   *
   * @throws IllegalArgumentException for another word
   */
  static List<BreachKind> parse(Collection<String> words) {
    EnumSet<BreachKind> kinds = EnumSet.noneOf(BreachKind.class);
    for (String word : words) {
      BreachKind kind = valueOf(word.toUpperCase(Locale.ROOT));
      if (!kind.text().equals(word)) {
        throw new IllegalArgumentException(word);
      }
      kinds.add(kind);
    }
    return List.copyOf(kinds);
  }

  static List<String> words(List<BreachKind> kinds) {
    return kinds.stream().map(BreachKind::text).toList();
  }
}
