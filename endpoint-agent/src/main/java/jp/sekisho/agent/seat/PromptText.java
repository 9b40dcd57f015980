package jp.sekisho.agent.seat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;
import java.util.stream.IntStream;
import jp.sekisho.protocol.CardKind;

/**
 * The words of a PIN window, in one language.
 *
 * @param title of the window
 * @param pages approved text that is too long for one window, whole, in the order it is shown
 *     before the PIN is asked for; empty when it is in the description or there is none
 * @param pageTitles of the windows of {@code pages}
 * @param next the button that leaves a page
 * @param description reader, purpose, tries left, approved text; lines separated by LF
 * @param warning shown in alarm colours; empty for none
 * @param label beside the entry
 * @param ok the confirming button
 * @param cancel the other one
 */
record PromptText(
    String title,
    List<String> pages,
    List<String> pageTitles,
    String next,
    String description,
    String warning,
    String label,
    String ok,
    String cancel) {
  /** What one window can describe, in bytes as {@link Assuan} counts them. */
  private static final int ROOM = Assuan.longestArgument("SETDESC");

  /** Characters of a reader's name, so that the rest of its window always fits. */
  private static final int MOST_OF_READER = 80;

  private static final ResourceBundle JA = load("ja");
  private static final ResourceBundle EN = load("en");

  static PromptText of(PinPrompt prompt, Locale locale) {
    ResourceBundle words = bundle(locale);
    StringBuilder description = new StringBuilder();
    String purpose = "prompt.purpose." + prompt.purpose();
    // A service newer than this session process may ask for something it has no words for.
    String card = "." + prompt.card().text();
    description.append(
        words
            .getString(words.containsKey(purpose) ? purpose : "prompt.purpose.other")
            .replace("{pin}", words.getString("prompt.pin" + card)));
    if (prompt.onKeys()) {
      description.append('\n').append(words.getString("prompt.keys"));
    }
    description
        .append('\n')
        .append(words.getString("prompt.reader").replace("{reader}", shown(prompt.readerName())));
    if (prompt.card() == CardKind.STAFF_PIV && prompt.triesLeft() == PinPrompt.TRIES_UNKNOWN) {
      description.append('\n').append(words.getString("prompt.shared"));
    }
    if (prompt.triesLeft() != PinPrompt.TRIES_UNKNOWN) {
      description
          .append('\n')
          .append(
              words
                  .getString("prompt.tries")
                  .replace("{tries}", Integer.toString(prompt.triesLeft())));
    }
    String text = prompt.text();
    List<String> pages = List.of();
    if (text != null) {
      List<String> lines = text.lines().map(PromptText::clean).toList();
      String whole = description + "\n\n" + String.join("\n", lines);
      if (Assuan.size(whole) > ROOM) {
        pages = pages(lines);
        whole =
            description
                + "\n\n"
                + words.getString("prompt.pages").replace("{pages}", "" + pages.size());
      }
      description.setLength(0);
      description.append(whole);
    }
    int count = pages.size();
    return new PromptText(
        words.getString("prompt.title" + card),
        pages,
        IntStream.rangeClosed(1, count)
            .mapToObj(page ->
                words
                    .getString("prompt.page.title")
                    .replace("{page}", "" + page)
                    .replace("{pages}", "" + count))
            .toList(),
        words.getString("prompt.page.next"),
        description.toString(),
        prompt.triesLeft() == 1 ? words.getString("prompt.tries.last" + card) : "",
        words.getString("prompt.label"),
        words.getString("prompt.ok"),
        words.getString("prompt.cancel"));
  }

  /** As few pages as hold all lines; a line is broken only where it does not fit on one page. */
  private static List<String> pages(List<String> lines) {
    List<String> pages = new ArrayList<>();
    StringBuilder page = new StringBuilder();
    int used = 0;
    for (String line : lines) {
      for (int at = 0; at == 0 || at < line.length(); ) {
        int end = fitting(line, at);
        String part = line.substring(at, end);
        int size = Assuan.size(part) + Assuan.size("\n");
        if (used + size > ROOM) {
          pages.add(page.toString());
          page.setLength(0);
          used = 0;
        }
        page.append(part).append('\n');
        used += size;
        at = Math.max(end, at + 1);
      }
    }
    pages.add(page.toString());
    return List.copyOf(pages);
  }

  /** Where a part of {@code line} that begins at {@code from} and fits on a page has to end. */
  private static int fitting(String line, int from) {
    int left = ROOM - Assuan.size("\n");
    int at = from;
    while (at < line.length()) {
      int next = line.offsetByCodePoints(at, 1);
      left -= Assuan.size(line.substring(at, next));
      if (left < 0) {
        break;
      }
      at = next;
    }
    return at;
  }

  /** All words of one language. */
  static ResourceBundle bundle(Locale locale) {
    return locale.getLanguage().equals("ja") ? JA : EN;
  }

  /** The name of a reader: its beginning, where it is longer than any real one. */
  private static String shown(String reader) {
    String name = clean(reader);
    return name.codePointCount(0, name.length()) > MOST_OF_READER
        ? name.substring(0, name.offsetByCodePoints(0, MOST_OF_READER)) + "…"
        : name;
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
