package jp.sekisho.server.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.PropertyResourceBundle;
import java.util.Set;
import java.util.TreeSet;

/** The words of the pages in one language; {@link #JA} and {@link #EN} hold the same keys. */
public final class Words {
  /** Japanese. */
  public static final Words JA = load(Locale.JAPANESE);

  /** English. */
  public static final Words EN = load(Locale.ENGLISH);

  private final Locale locale;
  private final PropertyResourceBundle texts;

  private Words(Locale locale, PropertyResourceBundle texts) {
    this.locale = locale;
    this.texts = texts;
  }

  /** English for English, Japanese for everything else: the service runs in Japanese offices. */
  public static Words of(Locale locale) {
    return locale.getLanguage().equals("en") ? EN : JA;
  }

  /** The text of {@code key}, which must exist. */
  public String text(String key) {
    return texts.getString(key);
  }

  /** An entry's type in words; the type itself when a newer agent sent one without words here. */
  public String event(String type) {
    return texts.containsKey("web.event." + type) ? text("web.event." + type) : type;
  }

  /** Every event type that has words, sorted. */
  List<String> events() {
    return keys().stream()
        .filter(key -> key.startsWith("web.event."))
        .map(key -> key.substring("web.event.".length()))
        .toList();
  }

  /** A refusal's code in a few words; the code itself when a newer agent sent one unknown here. */
  public String reason(String code) {
    return texts.containsKey("web.reason." + code) ? text("web.reason." + code) : code;
  }

  /** {@code ja} or {@code en}. */
  public String language() {
    return locale.getLanguage();
  }

  /** The language that the page offers to change to. */
  public String otherLanguage() {
    return this == JA ? "en" : "ja";
  }

  /** The language as the refusals know it. */
  public Locale locale() {
    return locale;
  }

  /** All keys, for tests of completeness. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    for (Enumeration<String> e = texts.getKeys(); e.hasMoreElements(); ) {
      keys.add(e.nextElement());
    }
    return keys;
  }

  private static Words load(Locale locale) {
    // Read directly: ResourceBundle.getBundle would fall back to the JVM's default locale.
    String file = "messages_" + locale.getLanguage() + ".properties";
    try (InputStream in = Words.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing " + file);
      }
      return new Words(
          locale, new PropertyResourceBundle(new InputStreamReader(in, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
