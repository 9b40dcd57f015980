package jp.sekisho.policy.calendar;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.policy.setting.SettingValues;

/** When the offices are open, by a policy. Immutable. */
public final class OpeningHours {
  private final Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
  private final Hours hours;
  private final Set<LocalDate> holidays;
  private final List<Counter> counters;
  private final List<Election> elections;

  private OpeningHours(SettingValues policy) {
    policy.value(CalendarSettings.OPEN_DAYS).forEach(weekday -> days.add(weekday.day()));
    this.hours = policy.value(CalendarSettings.HOURS);
    this.holidays = Set.copyOf(policy.value(CalendarSettings.HOLIDAYS));
    this.counters = policy.value(CalendarSettings.COUNTERS);
    this.elections = policy.value(CalendarSettings.ELECTIONS);
  }

  /** The opening hours that {@code policy} sets. */
  public static OpeningHours by(SettingValues policy) {
    return new OpeningHours(policy);
  }

  /** Whether {@code day} is an opening day (開庁日). */
  public boolean isOpeningDay(LocalDate day) {
    return days.contains(day.getDayOfWeek()) && !holidays.contains(day);
  }

  /** Whether work is expected at {@code time}: opening hours, a counter, an election. */
  public boolean isOpen(LocalDateTime time) {
    if (isOpeningDay(time.toLocalDate()) && hours.contains(time.toLocalTime())) {
      return true;
    }
    for (Counter counter : counters) {
      if (counter.isOpen(time)) {
        return true;
      }
    }
    for (Election election : elections) {
      if (election.contains(time.toLocalDate())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Opening days after {@code from} up to and including {@code to}, counted no further than {@code
   * limit}; {@code limit} itself if {@code to} is before {@code from}: a clock that ran backwards
   * proves no age.
   */
  public int openingDays(LocalDate from, LocalDate to, int limit) {
    if (to.isBefore(from)) {
      return limit;
    }
    int count = 0;
    for (LocalDate day = from.plusDays(1);
        count < limit && !day.isAfter(to) && day.isBefore(from.plusDays(400));
        day = day.plusDays(1)) {
      count += isOpeningDay(day) ? 1 : 0;
    }
    return count;
  }
}
