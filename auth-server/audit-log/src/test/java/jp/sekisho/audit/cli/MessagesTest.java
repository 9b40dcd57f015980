package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.text.MessageFormat;
import java.util.Locale;
import jp.sekisho.audit.copy.Verification.Reason;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private static final Messages JA = Messages.of(Locale.JAPANESE);
  private static final Messages EN = Messages.of(Locale.ENGLISH);

  @Test
  void everyKeyIsInBothLanguagesWithTheSameValues() {
    assertEquals(JA.bundle().keySet(), EN.bundle().keySet());
    for (String key : JA.bundle().keySet()) {
      assertEquals(
          new MessageFormat(JA.bundle().getString(key), Locale.ROOT)
              .getFormatsByArgumentIndex()
              .length,
          new MessageFormat(EN.bundle().getString(key), Locale.ROOT)
              .getFormatsByArgumentIndex()
              .length,
          key);
      assertFalse(JA.get(key).isBlank(), key);
    }
  }

  @Test
  void everyReasonSaysWhatHappenedAndWhatToDo() {
    for (Reason reason : Reason.values()) {
      assertFalse(JA.get("audit.invalid." + reason).isBlank());
      assertFalse(JA.get("audit.invalid." + reason + ".action").isBlank());
    }
  }

  @Test
  void theLanguageIsTheAskedOneElseTheSystems() {
    String[] none = {};
    assertEquals(Locale.JAPANESE, Messages.language(none, Locale.JAPAN));
    assertEquals(Locale.ENGLISH, Messages.language(none, Locale.FRANCE));
    assertEquals(Locale.ENGLISH, Messages.language(new String[] {"--lang", "en"}, Locale.JAPAN));
    assertEquals(Locale.JAPANESE, Messages.language(new String[] {"--lang=ja"}, Locale.US));
  }
}
