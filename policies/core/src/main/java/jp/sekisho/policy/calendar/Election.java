package jp.sekisho.policy.calendar;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Map;
import jp.sekisho.policy.setting.Members;
import jp.sekisho.policy.setting.Shape;
import jp.sekisho.protocol.MalformedException;

/**
 * The days of an election, on which work at any hour is expected (期日前投票, 開票).
 *
 * @param name lower-case words joined by {@code -}
 * @param from first day
 * @param to last day; at most {@value #MAX_DAYS} days after the first
 */
public record Election(String name, LocalDate from, LocalDate to) {
  /** Longest. */
  public static final int MAX_DAYS = 31;

  /** Its JSON: {@code {"name":…,"from":"2026-07-05","to":…}}. */
  public static final Shape<Election> SHAPE =
      new Shape<>() {
        @Override
        public Election read(Object json) throws MalformedException {
          Members members = Members.of(json, "election");
          Election election =
              new Election(
                  Counter.NAME.read(members.take("name")),
                  date(members.take("from")),
                  date(members.take("to")));
          members.end();
          if (election.to().isBefore(election.from())
              || election.to().isAfter(election.from().plusDays(MAX_DAYS))) {
            throw new MalformedException("an election does not last 0 to " + MAX_DAYS + " days");
          }
          return election;
        }

        @Override
        public Object write(Election value) {
          return Map.of(
              "name", value.name(),
              "from", value.from().toString(),
              "to", value.to().toString());
        }
      };

  /** A day of the calendar, {@code 2026-11-23}. */
  static final Shape<LocalDate> DATE =
      new Shape<>() {
        @Override
        public LocalDate read(Object json) throws MalformedException {
          return date(json);
        }

        @Override
        public Object write(LocalDate value) {
          return value.toString();
        }
      };

  private static LocalDate date(Object json) throws MalformedException {
    try {
      if (json instanceof String text && text.length() == "2026-11-23".length()) {
        return LocalDate.parse(text);
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw new MalformedException("a date is not such as 2026-11-23");
  }

  /** Whether {@code day} is one of them. */
  public boolean contains(LocalDate day) {
    return !day.isBefore(from) && !day.isAfter(to);
  }
}
