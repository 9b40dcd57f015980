package jp.sekisho.e2e.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code NAME.pid}: a running program's id and when it started, in ticks since the machine's boot,
 * for the next {@code ./dev demo} to end what one that was killed left behind. An id alone may be
 * another program's by then.
 */
public final class PidFile {
  private PidFile() {}

  /** Writes the file of a process that was just started. */
  public static void write(Path file, Process process) {
    try {
      Files.writeString(file, process.pid() + " " + started(process.pid()) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes the file of a process that has ended. */
  public static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing where the process has ended already: then there is nothing to end. */
  private static String started(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.UTF_8);
      // The second field is the program's name in brackets and may hold blanks.
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
    } catch (IOException e) {
      return "";
    }
  }
}
