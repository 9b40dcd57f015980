package jp.sekisho.audit.entry;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.audit.entry.TopLevel.Value;
import org.jspecify.annotations.Nullable;

/**
 * The entry {@code log.pruned}: that the first entries of a log are deleted because their term is
 * over. It says so of one generation of one log, in that generation or in a later one.
 *
 * @param index of this entry
 * @param time when it was written, by the service's clock
 * @param scope organ of the log
 * @param generation of the log, from 1
 * @param to the first entry that stays
 * @param before all that were deleted were written before this time
 * @param years their term
 */
public record PruneEntry(
    long index, Instant time, String scope, long generation, long to, Instant before, long years) {
  private static final byte[] MARK = "\"type\":\"log.pruned\"".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_YEARS = 1000;

  /** As the service writes times; what a browser's parser takes beyond that is none here either. */
  private static final Pattern TIME =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]{1,9})?Z");

  /** Reads an entry; empty when it is of another kind or not what such an entry is. */
  public static Optional<PruneEntry> read(long index, byte[] entry) {
    if (!contains(entry, MARK)) {
      return Optional.empty();
    }
    try {
      Map<String, Value> fields = ownMembers(entry);
      if (!"log.pruned".equals(text(fields, "type"))) {
        return Optional.empty();
      }
      Value raw = fields.get("data");
      Map<String, Value> data = members(raw == null ? "" : raw.text());
      return Optional.of(
          new PruneEntry(
              index,
              instant(text(fields, "time")),
              text(data, "scope"),
              number(data, "generation"),
              number(data, "to"),
              instant(text(data, "before")),
              years(data)));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** When an entry was written, by the service's clock; empty when it does not say. */
  public static Optional<Instant> time(byte[] entry) {
    try {
      return Optional.of(instant(text(members(new String(entry, StandardCharsets.UTF_8)), "time")));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** A search of the bytes first: most entries need not be taken apart. */
  static boolean contains(byte[] entry, byte[] mark) {
    for (int at = 0; at + mark.length <= entry.length; at++) {
      int same = 0;
      while (same < mark.length && entry[at + same] == mark[same]) {
        same++;
      }
      if (same == mark.length) {
        return true;
      }
    }
    return false;
  }

  /** The members of an entry that the service wrote about what it did; a terminal's is none. */
  static Map<String, Value> ownMembers(byte[] entry) {
    Map<String, Value> fields = members(new String(entry, StandardCharsets.UTF_8));
    if (!"success".equals(text(fields, "outcome")) || fields.containsKey("device")) {
      throw new IllegalArgumentException("not done by the service");
    }
    return fields;
  }

  /** A term in an entry's data. */
  static long years(Map<String, Value> data) {
    long years = number(data, "years");
    if (years < 0 || years > MOST_YEARS) {
      throw new IllegalArgumentException("no term");
    }
    return years;
  }

  static Map<String, Value> members(String json) {
    return TopLevel.read(json).orElseThrow(() -> new IllegalArgumentException("no object"));
  }

  static String text(Map<String, Value> members, String name) {
    return value(members.get(name), false);
  }

  private static long number(Map<String, Value> members, String name) {
    return Long.parseLong(value(members.get(name), true));
  }

  /** One that can be reckoned with: whoever has the log's key can sign any. */
  private static Instant instant(String text) {
    if (!TIME.matcher(text).matches()) {
      throw new IllegalArgumentException("not a time as the service writes it");
    }
    Instant time = Instant.parse(text);
    if (time.isBefore(Instant.EPOCH)) {
      throw new IllegalArgumentException("no time of an entry");
    }
    return time;
  }

  private static String value(@Nullable Value value, boolean number) {
    if (value == null || value.number() != number) {
      throw new IllegalArgumentException("missing");
    }
    return value.text();
  }
}
