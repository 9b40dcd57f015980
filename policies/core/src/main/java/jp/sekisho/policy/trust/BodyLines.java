package jp.sekisho.policy.trust;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;

/**
 * The lines of a body: {@code name value value …}, printable ASCII, one space between, each ended
 * by one LF. Not thread-safe; one instance per body.
 */
final class BodyLines {
  private static final Pattern LINE = Pattern.compile("[\\x21-\\x7e]+( [\\x21-\\x7e]+)*");
  private static final Pattern SPACE = Pattern.compile(" ");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,15}");

  private final List<String[]> lines;
  private int next;

  private BodyLines(List<String[]> lines) {
    this.lines = lines;
  }

  static BodyLines read(byte[] body) throws MalformedException {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    if (!text.isEmpty() && !text.endsWith("\n")) {
      throw new MalformedException("body does not end with LF");
    }
    List<String[]> lines = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      String line = text.substring(at, end);
      if (!LINE.matcher(line).matches()) {
        throw new MalformedException("a line is not words of printable ASCII");
      }
      lines.add(SPACE.split(line));
      at = end + 1;
    }
    return new BodyLines(lines);
  }

  static byte[] bytes(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What stands behind {@code name} in the following lines of that name, {@code words} each. */
  List<List<String>> all(String name, int words) throws MalformedException {
    List<List<String>> found = new ArrayList<>();
    while (next < lines.size() && lines.get(next)[0].equals(name)) {
      List<String> line = Arrays.asList(lines.get(next++));
      if (line.size() != words + 1) {
        throw new MalformedException(name + " has not " + words + " values");
      }
      found.add(line.subList(1, line.size()));
    }
    return found;
  }

  /** What stands behind {@code name} in the next line, which must be the only one of that name. */
  List<String> one(String name, int words) throws MalformedException {
    List<List<String>> found = all(name, words);
    if (found.size() != 1) {
      throw new MalformedException("not one line " + name);
    }
    return found.get(0);
  }

  /** Fails unless every line was read. */
  void end() throws MalformedException {
    if (next != lines.size()) {
      throw new MalformedException("an unknown line, or one out of order");
    }
  }

  static long number(String text) throws MalformedException {
    if (!NUMBER.matcher(text).matches()) {
      throw new MalformedException("not a number");
    }
    return Long.parseLong(text);
  }

  /** What makes a body's record from its lines. */
  interface Build<T> {
    T build() throws MalformedException;
  }

  /** Builds, and refuses what does not write exactly {@code body} again. */
  static <T> T sameBytes(byte[] body, Build<T> build, Function<T, byte[]> encode)
      throws MalformedException {
    T built;
    try {
      built = build.build();
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage() == null ? "value" : e.getMessage());
    }
    if (!Arrays.equals(encode.apply(built), body)) {
      throw new MalformedException("body is not in its one form");
    }
    return built;
  }

  static void requireAscending(String name, List<String> values) {
    for (int i = 1; i < values.size(); i++) {
      if (values.get(i - 1).compareTo(values.get(i)) >= 0) {
        throw new IllegalArgumentException(name + " are not in ascending order");
      }
    }
  }
}
