package jp.sekisho.server.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The table of {@code docs/backup.md}: which files an installation has and what is backed up. */
public final class BackupList {
  private static final Pattern ROW = Pattern.compile("^\\| (`[^|]+`) \\|.*\\| (yes|no)\\b.*\\|$");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  private BackupList() {}

  /** Fails for a file in a part of a data directory that the table does not name. */
  public static void requireNames(Path directory, Path part) throws IOException {
    List<PathMatcher> known = known();
    assertTrue(known.size() > 20, "the table is read");
    try (Stream<Path> files = Files.walk(part)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path name = directory.relativize(file);
        assertTrue(
            known.stream().anyMatch(one -> one.matches(name)),
            "docs/backup.md does not say whether " + name + " is backed up");
      }
    }
  }

  private static List<PathMatcher> known() throws IOException {
    List<PathMatcher> known = new ArrayList<>();
    for (String line : Files.readAllLines(root().resolve("docs/backup.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        NAME.matcher(row.group(1))
            .results()
            .forEach(name ->
                known.add(FileSystems.getDefault().getPathMatcher("glob:" + name.group(1))));
      }
    }
    return known;
  }

  private static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("docs/backup.md"))) {
        return at;
      }
    }
    throw new AssertionError("docs/backup.md");
  }
}
