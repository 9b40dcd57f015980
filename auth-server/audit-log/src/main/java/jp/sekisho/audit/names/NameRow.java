package jp.sekisho.audit.names;

import java.time.LocalDate;

/**
 * A post that a person held.
 *
 * @param person staff number
 * @param division its code, which entries name as the post
 * @param from first day, in Japan
 * @param until last day
 */
public record NameRow(
    String person,
    String name,
    String division,
    String divisionName,
    String title,
    LocalDate from,
    LocalDate until) {
  /** No name in a trace. */
  @Override
  public String toString() {
    return "NameRow[" + person + "]";
  }
}
