package jp.sekisho.agent.platform.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * {@code /run/sekisho/ready}: says to the shell floor which process decides now, so that the floor
 * decides only while there is none.
 *
 * <p>One line, {@code PID START}: the process and its start in clock ticks since boot, because a
 * number alone may belong to another process by the time it is read.
 */
final class ReadyFile {
  static final Path DEFAULT = Path.of("/run/sekisho/ready");

  /** Position of the start time behind the program's name in proc(5) {@code stat}. */
  private static final int START_AFTER_NAME = 20;

  private ReadyFile() {}

  /** Says that this process decides. */
  static void write(Path file) throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(
        temporary, ProcessHandle.current().pid() + " " + fields[START_AFTER_NAME - 1] + "\n");
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Says that nobody decides. */
  static void remove(Path file) throws IOException {
    Files.deleteIfExists(file);
  }
}
