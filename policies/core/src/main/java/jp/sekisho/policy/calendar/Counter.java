package jp.sekisho.policy.calendar;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import jp.sekisho.policy.setting.Members;
import jp.sekisho.policy.setting.Shape;
import jp.sekisho.policy.setting.Shapes;
import jp.sekisho.protocol.MalformedException;

/**
 * A counter open besides the usual hours: at night, on holidays.
 *
 * @param name lower-case words joined by {@code -}
 * @param days the days of the week on which it is open, at least one, holidays or not
 * @param hours when
 */
public record Counter(String name, List<Weekday> days, Hours hours) {
  /** Its JSON: {@code {"name":…,"days":[…],"hours":…}}. */
  public static final Shape<Counter> SHAPE =
      new Shape<>() {
        @Override
        public Counter read(Object json) throws MalformedException {
          Members members = Members.of(json, "counter");
          Counter counter =
              new Counter(
                  NAME.read(members.take("name")),
                  DAYS.read(members.take("days")),
                  Hours.SHAPE.read(members.take("hours")));
          members.end();
          return counter;
        }

        @Override
        public Object write(Counter value) {
          return Map.of(
              "name", value.name(),
              "days", DAYS.write(value.days()),
              "hours", value.hours().toString());
        }
      };

  /** The form of names of counters and elections. */
  static final Shape<String> NAME = Shapes.text(Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*"));

  private static final Shape<List<Weekday>> DAYS = Shapes.words(Weekday.class, 1);

  /** Makes the days unmodifiable. */
  public Counter {
    days = List.copyOf(days);
  }

  /** Whether it is open at {@code time}. */
  public boolean isOpen(LocalDateTime time) {
    return hours.contains(time.toLocalTime())
        && days.stream().anyMatch(day -> day.day() == time.getDayOfWeek());
  }
}
