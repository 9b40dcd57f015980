package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramNamesTest {
  @TempDir Path directory;

  private final ProgramNames names = new ProgramNames();

  private static String nameOf(String program, ProgramNames names) throws Exception {
    Process process = new ProcessBuilder(program, "60").start();
    try {
      return names.of(process.pid());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  @DisplayName("a program of the system has the name of its file; one that is gone has none")
  void named() throws Exception {
    Path sleep = Path.of("/usr/bin/sleep").toRealPath();
    assertTrue(ProgramNames.isSafe(sleep));
    assertEquals(sleep.getFileName().toString(), nameOf(sleep.toString(), names));
    Process gone = new ProcessBuilder("/usr/bin/true").start();
    gone.waitFor();
    assertEquals("", names.of(gone.pid()));
  }

  @Test
  @DisplayName("a copy of a business program where others may write is nobody")
  void copied() throws Exception {
    Path copy = Files.copy(Path.of("/usr/bin/sleep").toRealPath(), directory.resolve("juki"));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals("", nameOf(copy.toString(), names));
  }
}
