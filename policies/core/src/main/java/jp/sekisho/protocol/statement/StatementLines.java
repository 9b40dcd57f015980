package jp.sekisho.protocol.statement;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * The line rules every statement shares: reading and writing {@code name value} lines in a fixed
 * order.
 *
 * <p>Not thread-safe; one instance per text.
 */
final class StatementLines {
  static final int MAX_BYTES = 64 * 1024;

  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,14}");
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

  private final List<String> lines;
  private int next;

  private StatementLines(List<String> lines) {
    this.lines = lines;
  }

  /** Starts a text of {@code kind} for writing, in its first form. */
  static StatementLines write(String kind) {
    return write(kind, 1);
  }

  /** Starts a text of {@code kind} for writing, in the form of that version. */
  static StatementLines write(String kind, int version) {
    StatementLines text = new StatementLines(new ArrayList<>());
    text.lines.add(first(kind, version));
    return text;
  }

  private static String first(String kind, int version) {
    return "sekisho/" + kind + "/v" + version;
  }

  /**
   * Appends one line.
   *
   * @throws IllegalArgumentException when no statement line can hold {@code value}
   */
  StatementLines line(String name, String value) {
    requireValue(name, value);
    lines.add(name + " " + value);
    return this;
  }

  /** Throws {@link IllegalArgumentException} when no statement line can hold {@code value}. */
  static void requireValue(String name, String value) {
    String fault = fault(value);
    if (fault != null) {
      throw new IllegalArgumentException(name + " " + fault);
    }
  }

  /** The bytes to sign. */
  byte[] bytes() {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Opens {@code bytes} for reading and consumes the first line, which must name {@code kind}. */
  static StatementLines read(byte[] bytes, String kind) throws MalformedException {
    return read(bytes, kind, 1);
  }

  /** As {@link #read(byte[], String)}, of that version. */
  static StatementLines read(byte[] bytes, String kind, int version) throws MalformedException {
    if (bytes.length > MAX_BYTES) {
      throw new MalformedException("statement over " + MAX_BYTES + " bytes");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("statement is not UTF-8");
    }
    if (!text.endsWith("\n")) {
      throw new MalformedException("statement does not end with LF");
    }
    StatementLines lines =
        new StatementLines(Arrays.asList(text.substring(0, text.length() - 1).split("\n", -1)));
    if (!lines.take().equals(first(kind, version))) {
      throw new MalformedException("not a " + kind + " v" + version);
    }
    return lines;
  }

  /** The value of the next line, which must be called {@code name}. */
  String value(String name) throws MalformedException {
    String line = take();
    if (!line.startsWith(name + " ")) {
      throw new MalformedException("expected the line " + name);
    }
    String value = line.substring(name.length() + 1);
    String fault = fault(value);
    if (fault != null) {
      throw new MalformedException(name + " " + fault);
    }
    return value;
  }

  /** The value of the next line, a number of at most nine digits. */
  int number(String name) throws MalformedException {
    String value = value(name);
    if (!NUMBER.matcher(value).matches()) {
      throw new MalformedException(name + " is not a number");
    }
    return Integer.parseInt(value);
  }

  /** The value of the next line, a number of at most fifteen digits. */
  long size(String name) throws MalformedException {
    String value = value(name);
    if (!SIZE.matcher(value).matches()) {
      throw new MalformedException(name + " is not a number");
    }
    return Long.parseLong(value);
  }

  /** The value of the next line, a time. */
  Instant instant(String name) throws MalformedException {
    try {
      return Instant.parse(value(name));
    } catch (DateTimeException e) {
      throw new MalformedException(name + " is not a time");
    }
  }

  /** The parts of the next line's value, between single spaces. */
  List<String> words(String name) throws MalformedException {
    return List.of(value(name).split(" ", -1));
  }

  /** Fails unless every line was read. */
  void end() throws MalformedException {
    if (next != lines.size()) {
      throw new MalformedException("lines after the last");
    }
  }

  private String take() throws MalformedException {
    if (next == lines.size()) {
      throw new MalformedException("statement ends early");
    }
    return lines.get(next++);
  }

  private static @Nullable String fault(String value) {
    if (value.isEmpty()) {
      return "is empty";
    }
    if (!Normalizer.isNormalized(value, Normalizer.Form.NFC)) {
      return "is not NFC";
    }
    boolean forbidden =
        value
            .codePoints()
            .anyMatch(c ->
                switch (Character.getType(c)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR,
                      Character.SURROGATE,
                      Character.PRIVATE_USE,
                      Character.UNASSIGNED ->
                      true;
                  default -> false;
                });
    return forbidden ? "holds a control or format character" : null;
  }
}
