package jp.sekisho.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What {@code docs/asvs.md} and {@code docs/attacks.md} claim: every item of the chapters once, and
 * tests that exist.
 */
class AsvsDocTest {
  private static final Path ROOT = Path.of("..", "..");

  /** How many items each section of ASVS 5.0.0 has. */
  private static final Map<String, int[]> SECTIONS =
      Map.of(
          "3", new int[] {1, 3, 5, 8, 8, 1, 5},
          "6", new int[] {3, 12, 8, 6, 8, 4, 2, 4},
          "7", new int[] {3, 4, 2, 5, 3, 2},
          "8", new int[] {4, 4, 3, 2},
          "16", new int[] {1, 5, 4, 3, 4});

  private static List<String> items() throws IOException {
    List<String> items = new ArrayList<>();
    Matcher row =
        Pattern.compile(
                "(?m)^\\| (\\d+\\.\\d+\\.\\d+) \\| [^|]+ \\| (holds|n/a|open) \\| [^|]+ \\|$")
            .matcher(Files.readString(ROOT.resolve("docs/asvs.md")));
    while (row.find()) {
      items.add(Objects.requireNonNull(row.group(1)));
    }
    return items;
  }

  @Test
  void everyItemStandsThereOnceInOrder() throws IOException {
    List<String> wanted = new ArrayList<>();
    for (String chapter : List.of("3", "6", "7", "8", "16")) {
      int[] sections = Objects.requireNonNull(SECTIONS.get(chapter));
      for (int section = 1; section <= sections.length; section++) {
        int number = section;
        IntStream.rangeClosed(1, sections[section - 1])
            .forEach(item -> wanted.add(chapter + "." + number + "." + item));
      }
    }
    assertEquals(wanted, items());
  }

  @Test
  void everyTestNamedExists() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("auth-server", "e2e", "endpoint-agent")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        for (Path file :
            files.filter(f -> f.toString().matches(".*/src/test/.*(Test|IT)\\.java")).toList()) {
          sources.put(
              String.valueOf(file.getFileName()).replace(".java", ""), Files.readString(file));
        }
      }
    }
    Matcher named =
        Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT))(?:#([A-Za-z0-9_]+))?`")
            .matcher(
                Files.readString(ROOT.resolve("docs/asvs.md"))
                    + Files.readString(ROOT.resolve("docs/attacks.md")));
    int found = 0;
    while (named.find()) {
      String source = sources.get(named.group(1));
      String method = named.group(2);
      assertTrue(source != null, named.group());
      assertTrue(method == null || source.contains("void " + method + "("), named.group());
      found++;
    }
    assertTrue(found > 120, "the documents name their tests");
  }
}
