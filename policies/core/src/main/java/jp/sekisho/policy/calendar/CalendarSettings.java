package jp.sekisho.policy.calendar;

import java.time.LocalDate;
import java.util.List;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shapes;

/** Settings of the section {@code calendar}. */
public final class CalendarSettings {
  /**
   * The days of the week on which the offices open. Every day where nobody says so: the age of the
   * last contact then grows fastest.
   */
  public static final Setting<List<Weekday>> OPEN_DAYS =
      Setting.optional(
          "calendar.open-days",
          Shapes.words(Weekday.class, 0),
          Order.fixed(),
          List.of(Weekday.values()));

  /** The opening hours of those days. */
  public static final Setting<Hours> HOURS =
      Setting.optional("calendar.hours", Hours.SHAPE, Order.fixed(), Hours.NONE);

  /** Days on which the offices are closed whatever the day of the week. */
  public static final Setting<List<LocalDate>> HOLIDAYS =
      Setting.optional(
          "calendar.holidays", Shapes.list(Election.DATE, 0, 400), Order.fixed(), List.of());

  /** Counters open at night and on holidays. */
  public static final Setting<List<Counter>> COUNTERS =
      Setting.optional(
          "calendar.counters", Shapes.list(Counter.SHAPE, 0, 100), Order.fewer(), List.of());

  /** Elections. */
  public static final Setting<List<Election>> ELECTIONS =
      Setting.optional(
          "calendar.elections", Shapes.list(Election.SHAPE, 0, 50), Order.fewer(), List.of());

  private CalendarSettings() {}

  /** All of them, in the order of the documents. */
  public static List<Setting<?>> all() {
    return List.of(OPEN_DAYS, HOURS, HOLIDAYS, COUNTERS, ELECTIONS);
  }
}
