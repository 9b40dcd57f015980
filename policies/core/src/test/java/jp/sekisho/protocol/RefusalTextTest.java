package jp.sekisho.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTextTest {
  private static final List<String> PARTS = List.of("what", "why", "action", "contact");
  private static final Pattern BRACES = Pattern.compile("\\{([^}]*)}|[{}]");
  private static final Map<String, String> VALUES =
      Map.of("tries", "2", "reader", "リーダー01", "help", "内線1234");

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  @DisplayName("every refusal has its four texts, and there is no other key")
  void keys(String language) {
    Set<String> expected = new TreeSet<>();
    for (Refusal refusal : Refusal.values()) {
      PARTS.forEach(part -> expected.add("refusal." + refusal + "." + part));
    }
    assertEquals(
        expected, new TreeSet<>(RefusalBundles.of(Locale.forLanguageTag(language)).keySet()));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("every text says something in its own language")
  void languages(Refusal refusal) {
    RefusalText ja = RefusalText.of(refusal, Locale.JAPANESE, VALUES);
    RefusalText en = RefusalText.of(refusal, Locale.ENGLISH, VALUES);
    for (String text : parts(ja)) {
      assertTrue(text.codePoints().anyMatch(RefusalTextTest::isJapanese), text);
      assertFalse(text.contains("\uFFFD"), text);
    }
    for (String text : parts(RefusalText.of(refusal, Locale.ENGLISH, Map.of()))) {
      assertFalse(text.isBlank());
      assertTrue(text.codePoints().noneMatch(RefusalTextTest::isJapanese), text);
    }
    assertNotEquals(ja, en);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("placeholders are tries, reader and help; none is left in what a person reads")
  void placeholders(Refusal refusal) {
    for (Locale locale : List.of(Locale.JAPANESE, Locale.ENGLISH)) {
      for (String part : PARTS) {
        Matcher braces =
            BRACES.matcher(RefusalBundles.of(locale).getString("refusal." + refusal + "." + part));
        while (braces.find()) {
          assertTrue(VALUES.containsKey(braces.group(1)), braces.group());
        }
      }
      for (Map<String, String> values : List.of(VALUES, Map.<String, String>of())) {
        for (String text : parts(RefusalText.of(refusal, locale, values))) {
          assertFalse(BRACES.matcher(text).find(), text);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("both languages use the same placeholders")
  void samePlaceholders(Refusal refusal) {
    for (String part : PARTS) {
      String key = "refusal." + refusal + "." + part;
      assertEquals(
          names(RefusalBundles.of(Locale.JAPANESE).getString(key)),
          names(RefusalBundles.of(Locale.ENGLISH).getString(key)),
          key);
    }
  }

  @Test
  @DisplayName("Japanese is read as UTF-8 and its values filled in")
  void japanese() {
    RefusalText text = RefusalText.of(Refusal.PIN_WRONG, Locale.JAPAN, VALUES);
    assertEquals("PINが違います。残り2回です。", text.what());
    assertEquals("情報システム担当（内線1234）", text.contact());
  }

  @Test
  @DisplayName("a value that is missing shows as a dash")
  void missingValue() {
    assertEquals(
        "Wrong PIN. — tries left.",
        RefusalText.of(Refusal.PIN_WRONG, Locale.ENGLISH, Map.of()).what());
  }

  @Test
  @DisplayName("a reader that is called like a placeholder, or $1, is shown by that name")
  void readerCalledLikeAPlaceholder() {
    assertEquals(
        "There is no card in the reader “{help} $1 \\”.",
        RefusalText.of(
                Refusal.NO_CARD,
                Locale.ENGLISH,
                Map.of("reader", "{help} $1 \\", "help", "secret desk"))
            .why());
  }

  @Test
  @DisplayName("any language but Japanese reads English, whatever the JVM's default")
  void otherLanguages() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.JAPAN);
      assertEquals(
          RefusalText.of(Refusal.NO_CARD, Locale.ENGLISH, VALUES),
          RefusalText.of(Refusal.NO_CARD, Locale.GERMANY, VALUES));
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("every refusal has an HTTP status of an error")
  void statuses(Refusal refusal) {
    assertTrue(refusal.httpStatus() >= 400 && refusal.httpStatus() <= 599);
  }

  private static List<String> parts(RefusalText text) {
    return List.of(text.what(), text.why(), text.action(), text.contact());
  }

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    Matcher braces = BRACES.matcher(text);
    while (braces.find()) {
      names.add(braces.group());
    }
    return names;
  }

  private static boolean isJapanese(int c) {
    Character.UnicodeScript script = Character.UnicodeScript.of(c);
    return script == Character.UnicodeScript.HIRAGANA
        || script == Character.UnicodeScript.KATAKANA
        || script == Character.UnicodeScript.HAN;
  }
}
