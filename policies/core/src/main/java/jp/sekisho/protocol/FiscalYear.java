package jp.sekisho.protocol;

import java.time.LocalDate;
import java.time.Month;

/** The fiscal year (年度) of Japanese bodies: 1 April to 31 March. */
public final class FiscalYear {
  private FiscalYear() {}

  /** The 31 March at the end of the fiscal year in which a day lies. */
  public static LocalDate end(LocalDate day) {
    LocalDate end = LocalDate.of(day.getYear(), Month.MARCH, 31);
    return day.isAfter(end) ? end.plusYears(1) : end;
  }
}
