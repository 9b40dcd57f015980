package jp.sekisho.e2e;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One Chromium for each language, lent to one test after the other: its start takes seconds of CPU
 * and is not what they test.
 */
final class Browsers implements AutoCloseable {
  private final Path directory;
  private final Map<String, Screen> kept = new LinkedHashMap<>();

  /**
   * @param directory where their profiles go
   */
  Browsers(Path directory) {
    this.directory = directory;
  }

  /** A clean tab, until it is closed; of one language one at a time. */
  Screen lend(String language) {
    return kept.computeIfAbsent(language, l -> Screen.open(l, directory.resolve("profile-" + l)))
        .lent();
  }

  @Override
  public void close() {
    kept.values().forEach(Screen::close);
  }
}
