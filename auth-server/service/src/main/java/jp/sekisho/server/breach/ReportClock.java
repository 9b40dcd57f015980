package jp.sekisho.server.breach;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.Set;

/**
 * Until when a 漏えい等 is to be reported, from the day on which any department first knew of it.
 *
 * <p>個人情報保護委員会, 特定個人情報の適正な取扱いに関するガイドライン（行政機関等編）別添2, 3: of the 速報 (D) 「行政機関等のいずれかの部署が
 * 当該事態を知った時点を基準とする。「速やか」の日数の目安については…概ね３日～５日以内」; of the 確報 (E) 「30日以内（規則第２条第２号の事態においては60日以内。
 * 同号の事態に加え、同条第１号、第３号又は第４号の事態にも該当する場合も60日以内。）」, 「その時点を１日目とする」, 「土日・祝日も含める。ただし、30日目又は60日目が土日、
 * 祝日又は年末年始閉庁日（12月29日～１月３日）の場合は、その翌日を報告期限とする（行政機関の休日に関する法律…第２条）」. The day after may be such a day
 * again; the 法律 means the first that is none. The 速報 has no such rule, so its days never move.
 *
 * @param soon the third day, from which a 速報 is pressing
 * @param preliminary the fifth day, the last for the 速報
 * @param lastDay the 30th or 60th day
 * @param complete the last day for the 確報
 */
record ReportClock(LocalDate soon, LocalDate preliminary, LocalDate lastDay, LocalDate complete) {
  private static final int SOON = 3;
  private static final int PRELIMINARY = 5;
  private static final int COMPLETE = 30;
  private static final int COMPLETE_OF_MALICE = 60;

  /**
   * The days of one case.
   *
   * @param known day 1, a day of Japan
   * @param malice whether 規則2条2号 (不正の目的) applies, alone or beside others
   * @param holidays 国民の祝日
   */
  static ReportClock of(LocalDate known, boolean malice, Set<LocalDate> holidays) {
    LocalDate lastDay = nth(known, malice ? COMPLETE_OF_MALICE : COMPLETE);
    LocalDate complete = lastDay;
    while (isClosed(complete, holidays)) {
      complete = complete.plusDays(1);
    }
    return new ReportClock(nth(known, SOON), nth(known, PRELIMINARY), lastDay, complete);
  }

  private static LocalDate nth(LocalDate first, int n) {
    return first.plusDays(n - 1L);
  }

  /** Whether the offices of the state are closed on that day (行政機関の休日). */
  static boolean isClosed(LocalDate day, Set<LocalDate> holidays) {
    int monthDay = day.getMonthValue() * 100 + day.getDayOfMonth();
    return day.getDayOfWeek() == DayOfWeek.SATURDAY
        || day.getDayOfWeek() == DayOfWeek.SUNDAY
        || monthDay >= 1229
        || monthDay <= 103
        || holidays.contains(day);
  }

  /** The last day of a report. */
  LocalDate due(Report report) {
    return report == Report.PRELIMINARY ? preliminary : complete;
  }
}
