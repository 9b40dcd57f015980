package jp.sekisho.audit.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The members of a JSON object as texts for a table: strings unescaped, everything else as it is
 * written. Knows just enough JSON to find where a value ends; what it does not understand is not
 * taken apart.
 */
final class TopLevel {
  /** A member's value; number says that the text is an integer, not a string. */
  record Value(String text, boolean number) {}

  private final String json;
  private int at;

  private TopLevel(String json) {
    this.json = json;
  }

  /** Returns the members, or nothing if this is not an object with different names. */
  static Optional<Map<String, Value>> read(String json) {
    try {
      return Optional.of(new TopLevel(json).object());
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private Map<String, Value> object() {
    Map<String, Value> members = new LinkedHashMap<>();
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
      return new Value(string(), false);
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
    return new Value(raw, raw.matches("-?[0-9]+"));
  }

  private String string() {
    expect('"');
    int plain = json.indexOf('"', at);
    int escape = json.indexOf('\\', at);
    if (plain >= 0 && (escape < 0 || escape > plain)) {
      String text = json.substring(at, plain);
      at = plain + 1;
      return text;
    }
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
    while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
      at++;
    }
  }
}
