package jp.sekisho.server.person;

import java.util.Set;

/**
 * One person as a CSV row says.
 *
 * @param line of the file, from 1
 * @param number staff number
 * @param post title of the post
 * @param roles in {@code organ}, valid as long as the post
 */
record PersonRow(
    long line,
    String number,
    String name,
    String organ,
    String division,
    String divisionName,
    String post,
    Validity validity,
    Set<Role> roles) {
  PersonRow {
    roles = Set.copyOf(roles);
  }

  @Override
  public String toString() {
    return "PersonRow[line=" + line + ", number=" + number + "]";
  }
}
