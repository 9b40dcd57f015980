package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CardTextTest {
  @ParameterizedTest
  @EnumSource
  void everyFailureSaysWhatWhyWhatToDoAndWhomToCallInBothLanguages(CardFailure failure) {
    for (Locale locale : new Locale[] {Locale.JAPANESE, Locale.ENGLISH}) {
      CardText text = CardText.of(failure, locale, OptionalInt.empty());
      for (String part : new String[] {text.what(), text.why(), text.todo(), text.call()}) {
        assertFalse(part.isBlank(), failure + " " + locale);
      }
    }
  }

  @Test
  void bothFilesHaveTheSameKeys() throws IOException {
    assertEquals(keys("ja").keySet(), keys("en").keySet());
  }

  @Test
  void theTriesLeftAreSaid() {
    CardText text = CardText.of(CardFailure.PIN_WRONG, Locale.JAPANESE, OptionalInt.of(2));
    assertEquals("PINが違います。（残り2回）", text.what());
    for (int tries : new int[] {1, 2}) {
      assertEquals(
          "The PIN is wrong. (tries left: " + tries + ")",
          CardText.of(CardFailure.PIN_WRONG, Locale.ENGLISH, OptionalInt.of(tries)).what());
    }
  }

  @Test
  void aLanguageWeDoNotHaveIsJapanese() {
    assertEquals(
        CardText.of(CardFailure.NO_CARD, Locale.JAPAN, OptionalInt.empty()),
        CardText.of(CardFailure.NO_CARD, Locale.FRENCH, OptionalInt.empty()));
  }

  private static Properties keys(String language) throws IOException {
    Properties properties = new Properties();
    try (InputStream in =
        Objects.requireNonNull(
            CardTextTest.class.getResourceAsStream("messages_" + language + ".properties"))) {
      properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
    return properties;
  }
}
