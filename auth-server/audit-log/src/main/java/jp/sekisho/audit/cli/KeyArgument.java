package jp.sekisho.audit.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.note.VerifierKey;
import org.jspecify.annotations.Nullable;

/** A key as typed: a vkey, or a file with one per line, blank lines and {@code #} lines aside. */
final class KeyArgument {
  private static final int MAX_FILE_BYTES = 64 * 1024;

  private KeyArgument() {}

  /**
   * Reads one or more keys.
   *
   * @throws FormatException if it is neither a key nor a file of keys
   * @throws IOException if the file cannot be read
   */
  static List<VerifierKey> read(String argument) throws FormatException, IOException {
    // A key first: a file beside the bundle that is called like the key must not take its place.
    FormatException noKey;
    try {
      return List.of(VerifierKey.parse(argument));
    } catch (FormatException e) {
      noKey = e;
    }
    Path file = existingFile(argument);
    if (file == null) {
      throw noKey;
    }
    List<VerifierKey> keys = new ArrayList<>();
    for (String line : content(file).lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        keys.add(VerifierKey.parse(line.strip()));
      }
    }
    if (keys.isEmpty()) {
      throw new FormatException(FormatException.Code.KEY_MALFORMED, "there is no key in the file");
    }
    return keys;
  }

  private static String content(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_FILE_BYTES), StandardCharsets.UTF_8);
    }
  }

  private static @Nullable Path existingFile(String argument) {
    try {
      Path file = Path.of(argument);
      return Files.isRegularFile(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
