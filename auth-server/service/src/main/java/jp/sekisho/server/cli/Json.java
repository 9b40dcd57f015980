package jp.sekisho.server.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.event.CanonicalJson;

/** One line of JSON on standard output. */
final class Json {
  private Json() {}

  /** Prints an object of names and values in turn. */
  static void print(PrintWriter out, Object... namesAndValues) {
    Map<String, Object> object = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    out.println(new String(CanonicalJson.write(object), StandardCharsets.UTF_8));
  }
}
