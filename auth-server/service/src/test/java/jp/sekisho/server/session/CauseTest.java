package jp.sekisho.server.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/audit-events.md} names every cause that the log can hold, and no other. */
final class CauseTest {
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `session\\.(?:suspended|ended)` \\|.*`cause`: ([^|]+) \\|", Pattern.MULTILINE);

  @Test
  void everyCauseStandsOnThePageOfTheLog() throws IOException {
    Matcher row = ROW.matcher(Files.readString(Path.of("..", "..", "docs", "audit-events.md")));
    Set<String> named = new TreeSet<>();
    while (row.find()) {
      named.addAll(Arrays.asList(row.group(1).replaceAll("\\([^)]*\\)", "").split(",")));
    }
    assertEquals(
        Arrays.stream(Cause.values()).map(Cause::text).collect(Collectors.toSet()),
        named.stream().map(String::strip).collect(Collectors.toSet()));
  }
}
