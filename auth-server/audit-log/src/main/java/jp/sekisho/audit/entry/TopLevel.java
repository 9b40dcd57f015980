package jp.sekisho.audit.entry;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The members of a JSON object as texts for a table: strings unescaped, everything else as it is
 * written. Knows just enough JSON to find where a value ends; what it does not understand is not
 * taken apart.
 */
public final class TopLevel {
  /** What a value is written as. */
  public enum Kind {
    STRING,
    INTEGER,
    /** An object, an array, a fraction or a word: its text is as it is written. */
    OTHER
  }

  /** A member's value. */
  public record Value(String text, Kind kind) {
    /** Whether the text is an integer, not a string. */
    public boolean number() {
      return kind == Kind.INTEGER;
    }
  }

  private final String json;
  private int at;

  private TopLevel(String json) {
    this.json = json;
  }

  /** Returns the members, or nothing if this is not an object with different names. */
  public static Optional<Map<String, Value>> read(String json) {
    try {
      return Optional.of(new TopLevel(json).object());
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private Map<String, Value> object() {
    Map<String, Value> members = new HashMap<>();
    expect('{');
    if (peek() == '}') {
      at++;
    } else {
      do {
        String name = string();
        expect(':');
        if (members.put(name, value()) != null) {
          throw new IllegalArgumentException("twice");
        }
      } while (separator());
    }
    space();
    if (at != json.length()) {
      throw new IllegalArgumentException("more");
    }
    return members;
  }

  /** Passes a comma and returns true, or a closing brace and returns false. */
  private boolean separator() {
    if (peek() == ',') {
      at++;
      return true;
    }
    expect('}');
    return false;
  }

  private Value value() {
    if (peek() == '"') {
      return new Value(string(), Kind.STRING);
    }
    int from = at;
    int depth = 0;
    while (depth > 0 || (json.charAt(at) != ',' && json.charAt(at) != '}')) {
      char c = json.charAt(at);
      if (c == '"') {
        string();
        continue;
      }
      depth += c == '{' || c == '[' ? 1 : 0;
      depth -= c == '}' || c == ']' ? 1 : 0;
      at++;
    }
    String raw = json.substring(from, at).strip();
    return new Value(raw, isInteger(raw) ? Kind.INTEGER : Kind.OTHER);
  }

  private static boolean isInteger(String raw) {
    int first = raw.startsWith("-") ? 1 : 0;
    for (int i = first; i < raw.length(); i++) {
      if (raw.charAt(i) < '0' || raw.charAt(i) > '9') {
        return false;
      }
    }
    return raw.length() > first;
  }

  private String string() {
    expect('"');
    int from = at;
    char first = json.charAt(at);
    while (first != '"' && first != '\\') {
      first = json.charAt(++at);
    }
    if (first == '"') {
      return json.substring(from, at++);
    }
    at = from;
    StringBuilder text = new StringBuilder();
    for (char c = json.charAt(at++); c != '"'; c = json.charAt(at++)) {
      text.append(c == '\\' ? escaped() : c);
    }
    return text.toString();
  }

  private char escaped() {
    char c = json.charAt(at++);
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '"', '\\', '/' -> c;
      case 'u' -> {
        at += 4;
        yield (char) Integer.parseInt(json, at - 4, at, 16);
      }
      default -> throw new IllegalArgumentException("escape");
    };
  }

  private char peek() {
    space();
    return json.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw new IllegalArgumentException("not " + c);
    }
    at++;
  }

  private void space() {
    while (at < json.length() && json.charAt(at) <= ' ') {
      if (" \t\r\n".indexOf(json.charAt(at)) < 0) {
        throw new IllegalArgumentException("control character");
      }
      at++;
    }
  }
}
