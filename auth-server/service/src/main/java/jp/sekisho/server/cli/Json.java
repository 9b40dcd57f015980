package jp.sekisho.server.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.CanonicalJson;

/** One line of JSON on standard output. */
final class Json {
  private static final int MAX_BYTES = 64 << 20;

  private Json() {}

  /** Prints an object of names and values in turn. */
  static void print(PrintWriter out, Object... namesAndValues) {
    Map<String, Object> object = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    out.println(new String(CanonicalJson.write(object), StandardCharsets.UTF_8));
  }

  /** Prints an object with lists, of at most 64 MiB. */
  static void printLarge(PrintWriter out, Map<String, Object> object) {
    out.println(new String(CanonicalJson.write(object, MAX_BYTES), StandardCharsets.UTF_8));
  }
}
