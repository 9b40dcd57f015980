package jp.sekisho.audit.published;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** A published log in a folder; a link in place of a file is no file. */
public record FolderFiles(Path root) implements LogFiles {
  /**
   * Opens a folder.
   *
   * @throws IOException if there is none
   */
  public static FolderFiles open(Path root) throws IOException {
    if (!Files.exists(root)) {
      throw new NoSuchFileException(root.toString());
    }
    if (!Files.isDirectory(root)) {
      throw new NotDirectoryException(root.toString());
    }
    return new FolderFiles(root);
  }

  @Override
  public byte[] read(String path, int limit) throws IOException {
    Path file = root.resolve(path);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(path);
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] contents = in.readNBytes(limit + 1);
      if (contents.length > limit) {
        throw new TooLongException(path, limit);
      }
      return contents;
    }
  }

  @Override
  public void close() {}
}
