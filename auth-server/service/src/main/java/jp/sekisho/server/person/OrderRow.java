package jp.sekisho.server.person;

import java.time.LocalDate;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row of a personnel file, each cell of its form; what a kind does not need may be empty or
 * null.
 *
 * @param line of the file, from 1
 * @param number staff number
 * @param post title of the post
 * @param from first day; null only for RENEW and END
 * @param until last day; null without an end, never for RENEW and END
 * @param roles in {@code organ}, valid as long as the post
 * @param lender body that lends the person; empty for the organ's own
 */
record OrderRow(
    long line,
    OrderKind kind,
    String number,
    String name,
    String organ,
    String division,
    String divisionName,
    String post,
    Appointment appointment,
    @Nullable LocalDate from,
    @Nullable LocalDate until,
    @Nullable Contract contract,
    Set<Role> roles,
    String lender) {
  OrderRow {
    roles = Set.copyOf(roles);
  }

  /** What two rows of one file may not share. */
  String key() {
    return number + "/" + kind + "/" + organ + "/" + division + "/" + post + "/" + from;
  }

  @Override
  public String toString() {
    return "OrderRow[line=" + line + ", number=" + number + "]";
  }
}
