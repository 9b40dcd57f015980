package jp.sekisho.audit.cli;

/** One line of ASCII JSON, member after member. */
final class Json {
  private final StringBuilder line = new StringBuilder("{");

  Json text(String name, String value) {
    return raw(name, string(value));
  }

  Json number(String name, long value) {
    return raw(name, Long.toString(value));
  }

  /** Adds a member whose value is JSON already. */
  Json raw(String name, String json) {
    if (line.length() > 1) {
      line.append(',');
    }
    line.append(string(name)).append(':').append(json);
    return this;
  }

  /** Returns the line. */
  String end() {
    return line + "}";
  }

  static String string(String value) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
