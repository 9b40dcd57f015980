package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("pcsc")
class TownIT {
  @TempDir private Path directory;

  @Test
  void aTownThatCannotStartLeavesNothingRunning() throws IOException {
    // Where the pinned CAs should go, so it fails when pcscd runs already.
    Files.writeString(directory.resolve("trust"), "");
    assertThrows(IOException.class, () -> Town.start(directory));
    try (Stream<Path> log = Files.list(directory.resolve("log"))) {
      List<String> names = log.map(file -> file.getFileName().toString()).toList();
      assertEquals(true, names.contains("pcscd.log"), "it had been started: " + names);
      assertEquals(List.of(), names.stream().filter(name -> name.endsWith(".pid")).toList());
    }
    assertEquals(List.of(), ProcessHandle.current().descendants().toList());
  }
}
