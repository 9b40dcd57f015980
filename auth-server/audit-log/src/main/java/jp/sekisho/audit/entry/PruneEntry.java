package jp.sekisho.audit.entry;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
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
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  /** Reads an entry; empty when it is of another kind or not what such an entry is. */
  public static Optional<PruneEntry> read(long index, byte[] entry) {
    if (!contains(entry)) {
      return Optional.empty();
    }
    try {
      Map<String, Value> fields = members(new String(entry, StandardCharsets.UTF_8));
      if (!"log.pruned".equals(text(fields, "type"))
          || !"success".equals(text(fields, "outcome"))
          || fields.containsKey("device")) { // what a terminal writes is none
        return Optional.empty();
      }
      Value raw = fields.get("data");
      Map<String, Value> data = members(raw == null ? "" : raw.text());
      long years = number(data, "years");
      if (years < 0 || years > MOST_YEARS) {
        return Optional.empty();
      }
      return Optional.of(
          new PruneEntry(
              index,
              instant(text(fields, "time")),
              text(data, "scope"),
              number(data, "generation"),
              number(data, "to"),
              instant(text(data, "before")),
              years));
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
  private static boolean contains(byte[] entry) {
    for (int at = 0; at + MARK.length <= entry.length; at++) {
      int same = 0;
      while (same < MARK.length && entry[at + same] == MARK[same]) {
        same++;
      }
      if (same == MARK.length) {
        return true;
      }
    }
    return false;
  }

  private static Map<String, Value> members(String json) {
    return TopLevel.read(json).orElseThrow(() -> new IllegalArgumentException("no object"));
  }

  private static String text(Map<String, Value> members, String name) {
    return value(members.get(name), false);
  }

  private static long number(Map<String, Value> members, String name) {
    return Long.parseLong(value(members.get(name), true));
  }

  /** One that can be reckoned with: whoever has the log's key can sign any. */
  private static Instant instant(String text) {
    Instant time = Instant.parse(text);
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LAST)) {
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
