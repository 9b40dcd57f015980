package jp.sekisho.policy.calendar;

import java.time.LocalTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.policy.setting.Shape;
import jp.sekisho.protocol.MalformedException;

/**
 * A part of a day.
 *
 * @param from first minute
 * @param to the minute after the last one; not before {@code from}, equal for none at all
 */
public record Hours(LocalTime from, LocalTime to) {
  /** No time at all: everything is outside opening hours. */
  public static final Hours NONE = new Hours(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT);

  /** {@code 08:30-17:15}. */
  public static final Shape<Hours> SHAPE =
      new Shape<>() {
        @Override
        public Hours read(Object json) throws MalformedException {
          Matcher text = TEXT.matcher(json instanceof String string ? string : "");
          if (!text.matches()) {
            throw new MalformedException("hours are not such as 08:30-17:15");
          }
          LocalTime from = LocalTime.parse(text.group(1));
          LocalTime to = LocalTime.parse(text.group(3));
          if (to.isBefore(from)) {
            throw new MalformedException("hours end before they begin");
          }
          return new Hours(from, to);
        }

        @Override
        public Object write(Hours value) {
          return value.toString();
        }
      };

  private static final Pattern TEXT =
      Pattern.compile("(([01][0-9]|2[0-3]):[0-5][0-9])-(([01][0-9]|2[0-3]):[0-5][0-9])");

  /** Whether {@code time} lies in it. */
  public boolean contains(LocalTime time) {
    return !time.isBefore(from) && time.isBefore(to);
  }

  @Override
  public String toString() {
    return from + "-" + to;
  }
}
