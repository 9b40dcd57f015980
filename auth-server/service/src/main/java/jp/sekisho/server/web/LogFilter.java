package jp.sekisho.server.web;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a reader of the log asks for.
 *
 * @param text part of a staff number, terminal id, type or reason; empty for all; at most {@value
 *     #MAX_TEXT} characters
 * @param date one day of Japan Standard Time; null for all
 * @param page 0 is the newest, at most {@value #MAX_PAGE}
 */
public record LogFilter(String text, @Nullable LocalDate date, int page) {
  /** Longest text to look for. */
  public static final int MAX_TEXT = 64;

  /** The furthest page that can be opened; older entries are found by their date. */
  public static final int MAX_PAGE = 10_000;

  /** The filter in a request's parameters; empty when one of them is not of its form. */
  static Optional<LogFilter> of(
      @Nullable String text, @Nullable String date, @Nullable String page) {
    try {
      int number = page == null ? 0 : Integer.parseInt(page);
      String part = text == null ? "" : text.strip();
      if (number < 0 || number > MAX_PAGE || part.length() > MAX_TEXT) {
        return Optional.empty();
      }
      LocalDate day = date == null || date.isEmpty() ? null : LocalDate.parse(date);
      return Optional.of(new LogFilter(part, day, number));
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The date as an input field holds it. */
  public String dateText() {
    return date == null ? "" : date.toString();
  }
}
