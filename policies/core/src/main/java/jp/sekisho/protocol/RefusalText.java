package jp.sekisho.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A refusal said to a person: what happened, why, what to do, whom to call.
 *
 * @param what what happened, one sentence
 * @param why the reason, one or two sentences
 * @param action what the person should do now
 * @param contact whom to call
 */
public record RefusalText(String what, String why, String action, String contact) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(tries|reader|help)\\}");
  private static final ResourceBundle JA = load("ja");
  private static final ResourceBundle EN = load("en");

  /**
   * The text of {@code refusal} in Japanese for {@link Locale#JAPANESE}, else in English.
   *
   * @param values of the placeholders {@code tries}, {@code reader}, {@code help}; a missing one
   *     shows as "—"
   */
  public static RefusalText of(Refusal refusal, Locale locale, Map<String, String> values) {
    ResourceBundle bundle = bundle(locale);
    String key = "refusal." + refusal.name() + ".";
    return new RefusalText(
        fill(bundle.getString(key + "what"), values),
        fill(bundle.getString(key + "why"), values),
        fill(bundle.getString(key + "action"), values),
        fill(bundle.getString(key + "contact"), values));
  }

  /** All texts of one language, for tests of completeness. */
  static ResourceBundle bundle(Locale locale) {
    return locale.getLanguage().equals("ja") ? JA : EN;
  }

  private static String fill(String text, Map<String, String> values) {
    // One pass: a reader may be called anything, even "{help}".
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(values.getOrDefault(m.group(1), "—")));
  }

  private static ResourceBundle load(String language) {
    // Read directly: ResourceBundle.getBundle would fall back to the JVM's default locale.
    String file = "refusals_" + language + ".properties";
    try (InputStream in = RefusalText.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing " + file);
      }
      return new PropertyResourceBundle(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
