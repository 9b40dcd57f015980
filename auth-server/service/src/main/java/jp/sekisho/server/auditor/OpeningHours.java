package jp.sekisho.server.auditor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.server.storage.PrivateFiles;
import org.jspecify.annotations.Nullable;

/**
 * When the offices are open (開庁時間), in Japan Standard Time: hours per day of the week, and days
 * with hours of their own, such as public holidays (none) and night or holiday counters.
 *
 * <p>Kept as canonical JSON in {@code calendar.json} of the data directory, for example {@code
 * {"days":{"2026-11-23":"closed","2026-11-28":"09:00-12:00"},"v":1,"week":{"mon":"08:30-17:15",
 * "thu":"08:30-19:00"}}}; a day of the week that is not named is closed. Without the file: Monday
 * to Friday 08:30 to 17:15. From 12-29 to 01-03 offices are closed unless {@code days} says
 * otherwise; public holidays count as open unless they are named there.
 */
public record OpeningHours(Map<DayOfWeek, Hours> week, Map<LocalDate, Optional<Hours>> days) {
  static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  private static final String FILE = "calendar.json";
  private static final Hours USUAL = new Hours(LocalTime.of(8, 30), LocalTime.of(17, 15));

  /** Copies the maps. */
  public OpeningHours {
    week = Map.copyOf(week);
    days = Map.copyOf(days);
  }

  /** From opening to closing of one day. */
  public record Hours(LocalTime opens, LocalTime closes) {
    /**
     * @throws IllegalArgumentException when it does not open before it closes
     */
    public Hours {
      if (!opens.isBefore(closes)) {
        throw new IllegalArgumentException(opens + "-" + closes);
      }
    }

    static Hours parse(Object text) {
      String[] parts = String.valueOf(text).split("-", -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException(String.valueOf(text));
      }
      return new Hours(LocalTime.parse(parts[0]), LocalTime.parse(parts[1]));
    }
  }

  /** A stretch of time; {@code until} is not part of it. */
  public record Stretch(Instant from, Instant until) {}

  /** Without a file. */
  public static OpeningHours usual() {
    Map<DayOfWeek, Hours> week = new EnumMap<>(DayOfWeek.class);
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.compareTo(DayOfWeek.FRIDAY) <= 0) {
        week.put(day, USUAL);
      }
    }
    return new OpeningHours(week, Map.of());
  }

  /**
   * The calendar of an installation.
   *
   * @throws IOException when the file is open to others or malformed
   */
  public static OpeningHours read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return usual();
    }
    try {
      return parse(PrivateFiles.read(file, CanonicalJson.MAX_BYTES));
    } catch (MalformedException | IllegalArgumentException | DateTimeException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  static OpeningHours parse(byte[] json) throws MalformedException {
    Map<String, Object> fields = new TreeMap<>(CanonicalJson.read(json));
    if (!Long.valueOf(1).equals(fields.remove("v"))) {
      throw new MalformedException("unknown version of the calendar");
    }
    Map<DayOfWeek, Hours> week = new EnumMap<>(DayOfWeek.class);
    object(fields.remove("week")).forEach((name, hours) -> week.put(day(name), Hours.parse(hours)));
    Map<LocalDate, Optional<Hours>> days = new TreeMap<>();
    object(fields.remove("days"))
        .forEach((date, hours) ->
            days.put(
                LocalDate.parse(date),
                "closed".equals(hours) ? Optional.empty() : Optional.of(Hours.parse(hours))));
    if (!fields.isEmpty()) {
      throw new MalformedException("unknown setting: " + String.join(", ", fields.keySet()));
    }
    return new OpeningHours(week, days);
  }

  private static Map<String, Object> object(@Nullable Object value) throws MalformedException {
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new MalformedException("week or days");
    }
    Map<String, Object> object = new TreeMap<>();
    map.forEach((name, content) -> object.put(String.valueOf(name), content));
    return object;
  }

  private static DayOfWeek day(String name) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.name().toLowerCase(Locale.ROOT).substring(0, 3).equals(name)) {
        return day;
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** The hours of a day; empty when closed. */
  Optional<Hours> on(LocalDate day) {
    Optional<Hours> named = days.get(day);
    if (named != null) {
      return named;
    }
    int monthDay = day.getMonthValue() * 100 + day.getDayOfMonth();
    boolean turnOfYear = monthDay >= 1229 || monthDay <= 103;
    return turnOfYear ? Optional.empty() : Optional.ofNullable(week.get(day.getDayOfWeek()));
  }

  /** Whether the offices are open. */
  public boolean isOpen(Instant at) {
    LocalTime time = at.atZone(JAPAN).toLocalTime();
    return on(at.atZone(JAPAN).toLocalDate())
        .filter(hours -> !time.isBefore(hours.opens()) && time.isBefore(hours.closes()))
        .isPresent();
  }

  /** The closed stretches of a day, latest first. */
  public List<Stretch> closed(LocalDate day) {
    Instant begin = day.atStartOfDay(JAPAN).toInstant();
    Instant end = day.plusDays(1).atStartOfDay(JAPAN).toInstant();
    Optional<Hours> hours = on(day);
    if (hours.isEmpty()) {
      return List.of(new Stretch(begin, end));
    }
    List<Stretch> closed = new ArrayList<>();
    closed.add(new Stretch(day.atTime(hours.get().closes()).atZone(JAPAN).toInstant(), end));
    closed.add(new Stretch(begin, day.atTime(hours.get().opens()).atZone(JAPAN).toInstant()));
    return closed;
  }
}
