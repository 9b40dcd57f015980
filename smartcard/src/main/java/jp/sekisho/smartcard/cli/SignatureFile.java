package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The place of a signature that is still to be made: taken before a card or a PIN is asked for, so
 * that no signature is made in vain; written whole or not at all.
 */
final class SignatureFile implements AutoCloseable {
  private final Path target;
  private final Path part;

  private SignatureFile(Path target, Path part) {
    this.target = target;
    this.part = part;
  }

  /**
   * Takes the place.
   *
   * @throws FileSystemException that names the target, when there is no writing there
   */
  static SignatureFile at(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw new FileSystemException(target.toString(), null, "a directory");
    }
    Path directory = target.toAbsolutePath().getParent();
    try {
      return new SignatureFile(target, Files.createTempFile(directory, ".signature", ".part"));
    } catch (FileSystemException e) {
      throw named(target, e);
    }
  }

  Path target() {
    return target;
  }

  void write(byte[] signature) throws IOException {
    try {
      Files.write(part, signature);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      throw named(target, e);
    }
  }

  /** Nobody knows the part file by name. */
  private static FileSystemException named(Path target, FileSystemException cause) {
    String reason = cause.getReason();
    FileSystemException named =
        new FileSystemException(
            target.toString(), null, reason == null ? cause.getClass().getSimpleName() : reason);
    named.initCause(cause);
    return named;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(part);
  }
}
