package jp.sekisho.server.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.protocol.event.Entry;
import org.jspecify.annotations.Nullable;

/**
 * What a reader of the log asks for.
 *
 * @param text part of a staff number, terminal id, type or reason; empty for all; at most {@value
 *     #MAX_TEXT} characters
 * @param date one day of Japan Standard Time; null for all
 * @param before index from which to go back, exclusive; {@link Long#MAX_VALUE} for the newest
 */
public record LogFilter(String text, @Nullable LocalDate date, long before) {
  /** Longest text to look for. */
  public static final int MAX_TEXT = 64;

  static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  /** The filter in a request's parameters; empty when one of them is not of its form. */
  static Optional<LogFilter> of(
      @Nullable String text, @Nullable String date, @Nullable String before) {
    try {
      long index = before == null ? Long.MAX_VALUE : Long.parseLong(before);
      String part = text == null ? "" : text.strip();
      if (index < 0 || part.length() > MAX_TEXT) {
        return Optional.empty();
      }
      LocalDate day = date == null || date.isEmpty() ? null : LocalDate.parse(date);
      return Optional.of(new LogFilter(part, day, index));
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether an entry is asked for. */
  boolean accepts(Entry entry) {
    if (date != null && !date.equals(entry.time().atZone(JAPAN).toLocalDate())) {
      return false;
    }
    Entry.Subject subject = entry.subject();
    return text.isEmpty()
        || holds(entry.type())
        || holds(entry.reason())
        || holds(subject.person())
        || holds(subject.terminal());
  }

  /** Whether no entry as old as this or older can be asked for. */
  boolean isPast(Entry entry) {
    return date != null && entry.time().atZone(JAPAN).toLocalDate().isBefore(date);
  }

  private boolean holds(@Nullable String value) {
    return value != null && value.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
  }

  /** The link to the entries before {@code index}; the newest for {@link Long#MAX_VALUE}. */
  String link(long index) {
    String position = index == Long.MAX_VALUE ? "" : "&before=" + index;
    return "/log?text="
        + URLEncoder.encode(text, StandardCharsets.UTF_8)
        + "&date="
        + dateText()
        + position;
  }

  /** The date as an input field holds it. */
  public String dateText() {
    return date == null ? "" : date.toString();
  }
}
