package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;

/** The program's texts for people, in Japanese or English. */
final class Texts {
  private final ResourceBundle bundle;

  private Texts(ResourceBundle bundle) {
    this.bundle = bundle;
  }

  /** English for an English locale, else Japanese. */
  static Texts of(Locale locale) {
    return new Texts(bundle(locale.getLanguage().equals("en") ? "en" : "ja"));
  }

  /** In the language of this process. */
  static Texts ofProcess() {
    return of(Locale.getDefault());
  }

  /** The text under {@code key}, its {0} {1} … filled in. */
  String text(String key, Object... values) {
    return new MessageFormat(bundle.getString(key), Locale.ROOT).format(values);
  }

  /** The word under {@code key}; a newer service may have some that this program does not know. */
  String wordOr(String key, String unknown) {
    return bundle.containsKey(key) ? bundle.getString(key) : unknown;
  }

  /** All texts of one language. */
  static ResourceBundle bundle(String language) {
    // Read directly: ResourceBundle.getBundle would fall back to the JVM's default locale.
    String file = "cli_" + language + ".properties";
    try (InputStream in = Texts.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing " + file);
      }
      return new PropertyResourceBundle(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
