package jp.sekisho.protocol.statement;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import org.jspecify.annotations.Nullable;

/** Field rules that several statements share; each throws {@link IllegalArgumentException}. */
final class Fields {
  /** An ASCII origin as RFC 6454 serialises it, without a path; http only for a loopback trial. */
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(?:https://[a-z0-9.-]{1,253}|http://(?:localhost|127\\.0\\.0\\.1))(?::([1-9][0-9]{0,4}))?");

  private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  /** What a line says where there is nothing to say. */
  private static final String NONE = "-";

  private Fields() {}

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** Text that people wrote. */
  static void freeText(String name, String text, int most) {
    StatementLines.requireValue(name, text);
    // A lone "-" says that there is none; a space at an end could not be seen in the window.
    require(
        text.codePointCount(0, text.length()) <= most
            && !text.equals(NONE)
            && !isSpace(text.codePointAt(0))
            && !isSpace(text.codePointBefore(text.length())),
        name + " is over " + most + " characters, begins or ends with a space, or is a lone -");
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  static String orNone(@Nullable String value) {
    return value == null ? NONE : value;
  }

  static @Nullable String orNull(String value) {
    return value.equals(NONE) ? null : value;
  }

  static void origin(String origin) {
    Matcher parts = ORIGIN.matcher(origin);
    if (!parts.matches()) {
      throw new IllegalArgumentException("origin is not https, nor http of this machine");
    }
    String port = parts.group(1);
    // A browser never writes the default port, so with it the origin would have a second spelling.
    String defaultPort = origin.startsWith("https:") ? "443" : "80";
    if (port != null && (port.equals(defaultPort) || Integer.parseInt(port) > 65_535)) {
      throw new IllegalArgumentException("origin's port is the default one, or none at all");
    }
  }

  static void terminal(String terminal) {
    if (!Names.isTerminal(terminal)) {
      throw new IllegalArgumentException("terminal is not a terminal id");
    }
  }

  static void base64Url(String name, String value, int length) {
    try {
      Base64Url.decode(value, length);
    } catch (MalformedException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  static void wholeSecond(String name, Instant time) {
    if (!time.equals(time.truncatedTo(ChronoUnit.SECONDS))
        || time.isBefore(FIRST)
        || time.isAfter(LAST)) {
      throw new IllegalArgumentException(name + " is not a whole second of the years 2000 to 9999");
    }
  }

  /**
   * Builds a statement from parsed lines and refuses it unless it encodes to exactly {@code bytes}.
   */
  static <T> T sameBytes(byte[] bytes, Supplier<T> build, Function<T, byte[]> encode)
      throws MalformedException {
    T statement;
    try {
      statement = build.get();
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage() == null ? "field" : e.getMessage());
    }
    if (!Arrays.equals(encode.apply(statement), bytes)) {
      throw new MalformedException("statement is not in its one form");
    }
    return statement;
  }
}
