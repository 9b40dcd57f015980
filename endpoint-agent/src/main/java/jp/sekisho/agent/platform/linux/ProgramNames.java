package jp.sekisho.agent.platform.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import jp.sekisho.policy.clipboard.ClipboardSettings;

/**
 * Names of running programs as a policy names them: the file they run from, in lower case.
 *
 * <p>A name counts only if that file and every directory over it are root's and nobody else can
 * write to them: else a copy in the own home, called like a business program, would be one. One in
 * another mount namespace has no name either, for its path says nothing here.
 */
public final class ProgramNames {
  private static final int OTHERS_MAY_WRITE = 0022;

  private final Path proc;

  /** Of this machine. */
  public ProgramNames() {
    this(Path.of("/proc"));
  }

  ProgramNames(Path proc) {
    this.proc = proc;
  }

  /** The name of process {@code pid}; empty when it cannot be told, or does not count. */
  public String of(long pid) {
    Path process = proc.resolve(Long.toString(pid));
    try {
      if (!Files.readSymbolicLink(process.resolve("ns/mnt"))
          .equals(Files.readSymbolicLink(proc.resolve("self/ns/mnt")))) {
        return "";
      }
      Path file = Files.readSymbolicLink(process.resolve("exe"));
      return isSafe(file) && Files.isSameFile(file, process.resolve("exe")) ? name(file) : "";
    } catch (IOException | RuntimeException e) {
      // Gone, another user's, or not dumpable: not known.
      return "";
    }
  }

  private static String name(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
    return ClipboardSettings.PROGRAM.matcher(name).matches() ? name : "";
  }

  static boolean isSafe(Path file) throws IOException {
    if (!file.isAbsolute() || !file.equals(file.normalize())) {
      return false;
    }
    for (Path each = file; each != null; each = each.getParent()) {
      Map<String, Object> found =
          Files.readAttributes(each, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      boolean own = Integer.valueOf(0).equals(found.get("uid"));
      if (!own || !(found.get("mode") instanceof Integer mode) || (mode & OTHERS_MAY_WRITE) != 0) {
        return false;
      }
    }
    return true;
  }
}
