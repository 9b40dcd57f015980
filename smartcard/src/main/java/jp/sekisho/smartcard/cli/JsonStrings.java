package jp.sekisho.smartcard.cli;

import java.util.ArrayList;
import java.util.List;

/** Reads one JSON array of strings, the form a line of {@code --batch} has; nothing else. */
final class JsonStrings {
  private final String text;
  private int at;

  private JsonStrings(String text) {
    this.text = text;
  }

  /**
   * The strings of the array.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  static List<String> parse(String text) {
    JsonStrings reader = new JsonStrings(text);
    List<String> strings = reader.array();
    reader.space();
    if (reader.at != text.length()) {
      throw new IllegalArgumentException("more than one array in the line");
    }
    return strings;
  }

  private List<String> array() {
    List<String> strings = new ArrayList<>();
    expect('[');
    space();
    if (peek() == ']') {
      at++;
      return strings;
    }
    strings.add(string());
    for (space(); peek() == ','; space()) {
      at++;
      strings.add(string());
    }
    expect(']');
    return strings;
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      if (c < ' ') {
        throw new IllegalArgumentException("a control character in a string");
      }
      out.append(c == '\\' ? escaped() : c);
    }
    return out.toString();
  }

  private char escaped() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw new IllegalArgumentException("a cut escape");
        }
        at += 4;
        yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
      }
      default -> throw new IllegalArgumentException("no such escape");
    };
  }

  private void expect(char wanted) {
    space();
    if (next() != wanted) {
      throw new IllegalArgumentException("expected " + wanted + " at " + at);
    }
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw new IllegalArgumentException("the line ends too early");
    }
    return text.charAt(at);
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }
}
