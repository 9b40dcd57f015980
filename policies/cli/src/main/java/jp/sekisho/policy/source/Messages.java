package jp.sekisho.policy.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program's texts in one language. Immutable. */
final class Messages {
  /** Japanese. */
  static final Messages JA = new Messages("ja");

  /** English. */
  static final Messages EN = new Messages("en");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([0-9])}");

  private final ResourceBundle bundle;
  private final Locale locale;

  private Messages(String language) {
    this.bundle = load(language);
    this.locale = Locale.forLanguageTag(language);
  }

  /** The language. */
  Locale locale() {
    return locale;
  }

  /** The texts of the language {@code ja} or {@code en}; English for any other. */
  static Messages of(String language) {
    return language.equals("ja") ? JA : EN;
  }

  /** All texts, for the help and for tests. */
  ResourceBundle bundle() {
    return bundle;
  }

  /** The text of {@code key} with {@code {0}}, {@code {1}} … filled in. */
  String text(String key, List<String> arguments) {
    return PLACEHOLDER
        .matcher(bundle.getString(key))
        .replaceAll(m -> {
          int index = Integer.parseInt(m.group(1));
          return Matcher.quoteReplacement(index < arguments.size() ? arguments.get(index) : "—");
        });
  }

  /** The text of {@code key}. */
  String text(String key, String... arguments) {
    return text(key, List.of(arguments));
  }

  private static ResourceBundle load(String language) {
    // Read directly: ResourceBundle.getBundle would fall back to the JVM's default locale.
    String file = "policy_" + language + ".properties";
    try (InputStream in = Messages.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing " + file);
      }
      return new PropertyResourceBundle(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
