package jp.sekisho.agent.loopback;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The language of a request: Japanese unless {@code Accept-Language} prefers English. */
final class Languages {
  private static final int MAX_CHARACTERS = 256;

  private Languages() {}

  static Locale of(@Nullable List<String> acceptLanguage) {
    if (acceptLanguage == null || acceptLanguage.size() != 1) {
      return Locale.JAPANESE;
    }
    String text = acceptLanguage.get(0);
    if (text == null || text.length() > MAX_CHARACTERS) {
      return Locale.JAPANESE;
    }
    try {
      Locale found =
          Locale.lookup(Locale.LanguageRange.parse(text), List.of(Locale.JAPANESE, Locale.ENGLISH));
      return found == null ? Locale.JAPANESE : found;
    } catch (IllegalArgumentException e) {
      return Locale.JAPANESE;
    }
  }
}
