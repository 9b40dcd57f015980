package jp.sekisho.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import jp.sekisho.policy.clipboard.ClipboardCopy;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.ClipboardSettings;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.clipboard.NumberRule;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.policy.number.NumberFindings;
import jp.sekisho.policy.number.RealisticTexts;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R15: work goes on between business programs and stops at the boundary. */
class RealisticCopiesTest {
  private static final List<String> PROGRAMS = List.of("juki.exe", "zei.exe", "fukushi.exe");

  private static <T> void put(SettingValues.Builder into, Setting<T> setting, T value) {
    into.put(setting, RandomPolicies.rule(Layer.COMMON, setting, value));
  }

  private static PolicyEvaluator guarding() {
    PolicyLayer common = new RandomPolicies(5).common();
    SettingValues.Builder values = new SettingValues.Builder();
    common.values().settings().forEach(setting -> values.copy(setting, common.values()));
    put(values, ClipboardSettings.MODE, ClipboardMode.GUARD);
    put(values, ClipboardSettings.PROGRAMS, PROGRAMS);
    put(values, ClipboardSettings.FORMATS, List.of(CopyFormat.TEXT));
    put(values, ClipboardSettings.LARGEST, new DataSize(65_536));
    put(values, ClipboardSettings.NUMBER, NumberRule.BLOCK);
    put(values, ClipboardSettings.NUMBER_SCORE, Score.HIGH);
    return PolicyEvaluator.by(
        PolicyLayers.combine(
            new PolicyLayer(Layer.COMMON, values.build(), common.roles()), List.of()));
  }

  private static ClipboardCopy copy(String from, String to, String text) {
    NumberFindings found = NumberDetector.scan(text);
    @Nullable Score score =
        found.count(Score.HIGH) > 0 ? Score.HIGH : found.count(Score.LOW) > 0 ? Score.LOW : null;
    return new ClipboardCopy(
        from, to, List.of(CopyFormat.TEXT), new DataSize(2L * text.length()), true, score);
  }

  @Test
  @DisplayName("of 10,000 realistic copies between business programs none is held, numbers or not")
  void betweenBusinessPrograms() {
    PolicyEvaluator by = guarding();
    RealisticTexts texts = new RealisticTexts(15);
    Random random = new Random(15);
    int held = 0;
    for (int i = 0; i < 10_000; i++) {
      String text = i % 2 == 0 ? texts.recordWithNumber() : texts.record();
      String from = PROGRAMS.get(random.nextInt(3));
      String to = PROGRAMS.get(random.nextInt(3));
      held += by.clipboard(copy(from, to, text)).effect() == Effect.ALLOW ? 0 : 1;
    }
    assertEquals(0, held);
  }

  @Test
  @DisplayName("over the boundary each of 1,000 records with a number is held, none without")
  void overTheBoundary() {
    PolicyEvaluator by = guarding();
    RealisticTexts texts = new RealisticTexts(16);
    for (int i = 0; i < 1_000; i++) {
      assertEquals(
          Effect.BLOCK,
          by.clipboard(copy("juki.exe", "mail.exe", texts.recordWithNumber())).effect());
      assertEquals(
          Effect.AUDIT, by.clipboard(copy("juki.exe", "mail.exe", texts.record())).effect());
    }
  }
}
