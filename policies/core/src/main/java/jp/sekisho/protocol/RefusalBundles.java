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
 * The texts of all refusals in both languages, read when the first refusal is said. Apart from
 * {@link RefusalText}, so that a program which only reads refusals need not carry the texts.
 */
final class RefusalBundles {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(tries|reader|help)\\}");
  private static final ResourceBundle JA = load("ja");
  private static final ResourceBundle EN = load("en");

  private RefusalBundles() {}

  /** All texts in Japanese for {@link Locale#JAPANESE}, else in English. */
  static ResourceBundle of(Locale locale) {
    return locale.getLanguage().equals("ja") ? JA : EN;
  }

  /** As {@link RefusalText#of}. */
  static RefusalText text(Refusal refusal, Locale locale, Map<String, String> values) {
    ResourceBundle bundle = of(locale);
    String key = "refusal." + refusal.name() + ".";
    return new RefusalText(
        fill(bundle.getString(key + "what"), values),
        fill(bundle.getString(key + "why"), values),
        fill(bundle.getString(key + "action"), values),
        fill(bundle.getString(key + "contact"), values));
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
    try (InputStream in = RefusalBundles.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing " + file);
      }
      return new PropertyResourceBundle(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
