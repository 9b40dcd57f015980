package jp.sekisho.protocol;

import java.util.Locale;
import java.util.Map;

/**
 * A refusal said to a person: what happened, why, what to do, whom to call.
 *
 * @param what what happened, one sentence
 * @param why the reason, one or two sentences
 * @param action what the person should do now
 * @param contact whom to call
 */
public record RefusalText(String what, String why, String action, String contact) {
  /**
   * The text of {@code refusal} in Japanese for {@link Locale#JAPANESE}, else in English.
   *
   * @param values of the placeholders {@code tries}, {@code reader}, {@code help}; a missing one
   *     shows as "—"
   */
  public static RefusalText of(Refusal refusal, Locale locale, Map<String, String> values) {
    return RefusalBundles.text(refusal, locale, values);
  }
}
