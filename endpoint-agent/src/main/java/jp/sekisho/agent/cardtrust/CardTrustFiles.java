package jp.sekisho.agent.cardtrust;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;

/**
 * {@code card-trust/} of the state directory: {@code list.json}, as the service sent it, and its
 * parts, {@code <base64url SHA-256>.der} each. Every file is replaced whole and durably; a part
 * counts only while it has the hash it is named by.
 *
 * @param directory its owner's only
 */
record CardTrustFiles(Path directory) {
  private static final String PART = ".der";

  private Path list() {
    return directory.resolve("list.json");
  }

  /** Where a part is, if it is there. */
  Path part(String name) {
    return directory.resolve(name + PART);
  }

  /** The list that was kept last. */
  Optional<byte[]> keptList() throws IOException, MalformedException {
    try {
      return Optional.of(read(list(), WireJson.MAX_BYTES));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * A part's bytes; empty when it is not there or not what it is named by.
   *
   * @param largest in bytes
   */
  Optional<byte[]> bytes(String name, int largest) throws IOException {
    try {
      byte[] bytes = read(part(name), largest);
      return Sha256.text(bytes).equals(name) ? Optional.of(bytes) : Optional.empty();
    } catch (NoSuchFileException | MalformedException e) {
      return Optional.empty();
    }
  }

  void keepPart(String name, byte[] bytes) throws IOException {
    AtomicFile.makeDirectory(directory);
    AtomicFile.write(part(name), bytes);
  }

  /** Keeps a list whose parts are there, and no other part. */
  void keepList(byte[] bytes, Set<String> parts) throws IOException {
    AtomicFile.makeDirectory(directory);
    AtomicFile.write(list(), bytes);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + PART)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (!parts.contains(name.substring(0, name.length() - PART.length()))) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static byte[] read(Path file, int limit) throws IOException, MalformedException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new MalformedException(file.getFileName() + " over " + limit + " bytes");
      }
      return bytes;
    }
  }
}
