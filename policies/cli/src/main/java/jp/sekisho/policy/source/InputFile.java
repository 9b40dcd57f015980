package jp.sekisho.policy.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads what a command was given, up to a limit. */
final class InputFile {
  private InputFile() {}

  /** Why a file gave no bytes; carries the exit code and the message of {@code key}. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Exit exit;
    private final String key;
    private final String argument;

    UnreadableException(Exit exit, String key, String argument) {
      super(key);
      this.exit = exit;
      this.key = key;
      this.argument = argument;
    }

    Exit exit() {
      return exit;
    }

    String key() {
      return key;
    }

    String argument() {
      return argument;
    }
  }

  /** All bytes of {@code file}, or of {@code in} when it is called {@code -}. */
  static byte[] read(Path file, InputStream in, int limit) throws UnreadableException {
    try {
      if (file.toString().equals("-")) {
        return limited(in, file, limit);
      }
      try (InputStream opened = Files.newInputStream(file)) {
        return limited(opened, file, limit);
      }
    } catch (IOException e) {
      throw new UnreadableException(Exit.ENVIRONMENT, "error.unreadable", file.toString());
    }
  }

  private static byte[] limited(InputStream in, Path file, int limit)
      throws IOException, UnreadableException {
    byte[] bytes = in.readNBytes(limit + 1);
    if (bytes.length > limit) {
      throw new UnreadableException(Exit.REFUSED, "error.too-large", file.toString());
    }
    return bytes;
  }
}
