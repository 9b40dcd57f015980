package jp.sekisho.agent.seat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;
import java.util.stream.Collectors;

/**
 * The words of a PIN window, in one language.
 *
 * @param title of the window
 * @param description reader, purpose, tries left, approved text; lines separated by LF
 * @param warning shown in alarm colours; empty for none
 * @param label beside the entry
 * @param ok the confirming button
 * @param cancel the other one
 */
record PromptText(
    String title, String description, String warning, String label, String ok, String cancel) {
  private static final ResourceBundle JA = load("ja");
  private static final ResourceBundle EN = load("en");

  static PromptText of(PinPrompt prompt, Locale locale) {
    ResourceBundle words = bundle(locale);
    StringBuilder description = new StringBuilder();
    String purpose = "prompt.purpose." + prompt.purpose();
    // A service newer than this session process may ask for something it has no words for.
    description.append(
        words.getString(words.containsKey(purpose) ? purpose : "prompt.purpose.other"));
    description
        .append('\n')
        .append(words.getString("prompt.reader").replace("{reader}", clean(prompt.readerName())));
    if (prompt.triesLeft() != PinPrompt.TRIES_UNKNOWN) {
      description
          .append('\n')
          .append(
              words
                  .getString("prompt.tries")
                  .replace("{tries}", Integer.toString(prompt.triesLeft())));
    }
    String text = prompt.text();
    if (text != null) {
      description
          .append("\n\n")
          .append(text.lines().map(PromptText::clean).collect(Collectors.joining("\n")));
    }
    return new PromptText(
        words.getString("prompt.title"),
        description.toString(),
        prompt.triesLeft() == 1 ? words.getString("prompt.tries.last") : "",
        words.getString("prompt.label"),
        words.getString("prompt.ok"),
        words.getString("prompt.cancel"));
  }

  /** All words of one language. */
  static ResourceBundle bundle(Locale locale) {
    return locale.getLanguage().equals("ja") ? JA : EN;
  }

  /**
   * A reader's name is the device's to choose: no control or format character may shape the text.
   */
  private static String clean(String line) {
    return line.codePoints()
        .map(c -> {
          int type = Character.getType(c);
          return type == Character.CONTROL
                  || type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR
                  || type == Character.SURROGATE
              ? '\uFFFD'
              : c;
        })
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static ResourceBundle load(String language) {
    // Read directly: ResourceBundle.getBundle would fall back to the JVM's default locale.
    String file = "prompt_" + language + ".properties";
    try (InputStream in = PromptText.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing " + file);
      }
      return new PropertyResourceBundle(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
