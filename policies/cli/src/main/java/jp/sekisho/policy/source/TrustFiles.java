package jp.sekisho.policy.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;

/** Signed files in a directory: {@code root}, {@code root.sig}, {@code policy}, … */
final class TrustFiles {
  private TrustFiles() {}

  static boolean has(Path directory, TrustKind kind) {
    return Files.exists(directory.resolve(kind.text()));
  }

  static SignedFile read(Path directory, TrustKind kind)
      throws InputFile.UnreadableException, MalformedException {
    InputStream none = InputStream.nullInputStream();
    byte[] file = InputFile.read(directory.resolve(kind.text()), none, SignedFile.maxBytes(kind));
    byte[] signatures =
        InputFile.read(signatures(directory, kind), none, SignedFile.MAX_SIGNATURES);
    return SignedFile.read(kind, file, signatures);
  }

  /** Writes both files, signatures first: a file without its signatures is never seen. */
  static void write(Path directory, SignedFile file) throws InputFile.UnreadableException {
    TrustKind kind = file.header().kind();
    replace(signatures(directory, kind), file.signatureFile());
    replace(directory.resolve(kind.text()), file.file());
  }

  private static Path signatures(Path directory, TrustKind kind) {
    return directory.resolve(kind.text() + ".sig");
  }

  static void replace(Path file, byte[] bytes) throws InputFile.UnreadableException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(next, bytes);
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unwritable(file);
    }
  }

  static InputFile.UnreadableException unwritable(Path path) {
    return new InputFile.UnreadableException(Exit.ENVIRONMENT, "error.unwritable", path.toString());
  }

  /**
   * Whether {@code directory} is, or lies in, the data of a service: no officer's key goes there.
   */
  static boolean isServiceData(Path directory) {
    Path at = directory.toAbsolutePath().normalize();
    while (at != null && !Files.exists(at)) {
      at = at.getParent();
    }
    try {
      at = at == null ? null : at.toRealPath();
    } catch (IOException e) {
      return true; // cannot be looked at: not a place for a key
    }
    for (; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("keys").resolve("row-mac.key"))
          || Files.exists(at.resolve("row-mac.key"))
          || Files.exists(at.resolve("config.json"))
          || Files.exists(at.resolve("sekisho.db"))) {
        return true;
      }
    }
    return false;
  }
}
