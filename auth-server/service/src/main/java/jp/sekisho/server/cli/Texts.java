package jp.sekisho.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a feature's commands in one language, from {@code messages_ja.properties} and {@code
 * messages_en.properties} beside a class. Placeholders are {@code {0}}, {@code {1}} …
 */
public final class Texts {
  private final ResourceBundle bundle;

  private Texts(ResourceBundle bundle) {
    this.bundle = bundle;
  }

  /** The texts beside {@code owner}: Japanese for {@link Locale#JAPANESE}, else English. */
  public static Texts of(Class<?> owner, Locale locale) {
    String language = locale.getLanguage().equals("ja") ? "ja" : "en";
    return new Texts(bundle(owner, "messages_" + language + ".properties"));
  }

  /**
   * The language of a console: {@code chosen} if given, else English where the environment says so,
   * else Japanese.
   *
   * @param chosen {@code ja}, {@code en} or null
   */
  static Locale locale(@Nullable String chosen, Map<String, String> environment) {
    String language = chosen;
    for (String name : new String[] {"LC_ALL", "LC_MESSAGES", "LANG"}) {
      String value = environment.get(name);
      if (language == null && value != null && !value.isEmpty()) {
        language = value;
      }
    }
    return language != null && language.startsWith("en") ? Locale.ENGLISH : Locale.JAPANESE;
  }

  static ResourceBundle bundle(Class<?> owner, String file) {
    // Read directly: ResourceBundle.getBundle would fall back to the JVM's default locale.
    try (InputStream in = owner.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing " + file + " beside " + owner.getName());
      }
      return new PropertyResourceBundle(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text called {@code key}. */
  public String say(String key, Object... values) {
    String text = bundle.getString(key);
    for (int i = 0; i < values.length; i++) {
      text = text.replace("{" + i + "}", String.valueOf(values[i]));
    }
    return text;
  }
}
