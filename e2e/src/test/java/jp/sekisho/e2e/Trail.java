package jp.sekisho.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Entries of a log, one a line, and what an auditor looks for in them. */
record Trail(List<String> lines) {
  Trail {
    lines = List.copyOf(lines);
  }

  /**
   * An entry that is looked for.
   *
   * @param type such as {@code grant.approved}
   * @param parts what else stands in its line
   */
  record Mark(String type, List<String> parts) {
    static Mark of(String type, String... parts) {
      return new Mark(type, List.of(parts));
    }

    boolean is(String line) {
      return line.contains(Trail.field("type", type)) && parts.stream().allMatch(line::contains);
    }

    @Override
    public String toString() {
      return parts.isEmpty() ? type : type + " with " + String.join(", ", parts);
    }
  }

  /** {@code "name":"value"}, as it stands in a line. */
  static String field(String name, String value) {
    return "\"" + name + "\":\"" + value + "\"";
  }

  /** The value of a field in a line; fails when it is not there. */
  static String value(String line, String name) {
    Matcher value = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(line);
    if (!value.find()) {
      throw new AssertionError(name + " is not in " + line);
    }
    return value.group(1);
  }

  /** The first such entry at or after line {@code from}. */
  Optional<String> find(Mark mark, int from) {
    return lines.stream().skip(from).filter(mark::is).findFirst();
  }

  /**
   * Fails unless all these entries are there in this order.
   *
   * @param groups of entries that different programs write at about the same time, so that their
   *     order within a group says nothing; the next group stands behind the whole of it
   * @return the types in the order found
   */
  List<String> inOrder(List<List<Mark>> groups) {
    List<String> found = new ArrayList<>();
    int from = 0;
    for (List<Mark> group : groups) {
      int last = from;
      for (Mark mark : group) {
        int at = from;
        while (at < lines.size() && !mark.is(lines.get(at))) {
          at++;
        }
        if (at == lines.size()) {
          throw new AssertionError(mark + " is missing or out of order, after " + found);
        }
        found.add(mark.type());
        last = Math.max(last, at + 1);
      }
      from = last;
    }
    return List.copyOf(found);
  }
}
