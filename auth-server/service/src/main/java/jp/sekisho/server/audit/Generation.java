package jp.sekisho.server.audit;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One generation of a log: all but the newest are closed. Rows, seals and key files name it {@link
 * #log}, so that no entry of one generation can be put into another; terminals and auditors know it
 * by its origin, which ends in the number.
 *
 * @param organ 機関, or {@code system}
 * @param number from 1
 */
record Generation(String organ, int number) {
  private static final Pattern NAME = Pattern.compile("([^@]+)(?:@([1-9][0-9]{0,8}))?");

  /** As rows and files name it: the organ for the first, then {@code organ@2}. */
  String log() {
    return number == 1 ? organ : organ + "@" + number;
  }

  Generation next() {
    return new Generation(organ, number + 1);
  }

  /** The origin of this generation, given that of any. */
  String origin(String other) {
    return other.substring(0, other.lastIndexOf('/') + 1) + number;
  }

  /**
   * The generation that a name of rows and files stands for.
   *
   * @throws IllegalArgumentException when it is no such name
   */
  static Generation of(String log) {
    Matcher matcher = NAME.matcher(log);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no log called " + log);
    }
    String number = matcher.group(2);
    return new Generation(matcher.group(1), number == null ? 1 : Integer.parseInt(number));
  }

  /** The newest generation of each organ among names of files. */
  static Map<String, Generation> newest(Collection<String> logs) {
    Map<String, Generation> newest = new TreeMap<>();
    for (String log : logs) {
      Generation one = of(log);
      newest.merge(one.organ(), one, (a, b) -> a.number() > b.number() ? a : b);
    }
    return newest;
  }
}
