package jp.sekisho.audit.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.bundle.BundleCopy;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.published.FolderFiles;
import jp.sekisho.audit.published.PublishedCopy;
import jp.sekisho.audit.published.ServedFiles;

/** {@code BUNDLE|DIR|URL}: a bundle (ZIP or directory), a published folder, or a served log. */
final class CopyArgument {
  private CopyArgument() {}

  /**
   * Opens a copy; what it is shows from the argument and, for a directory, from what lies in it.
   *
   * @throws FormatException if it is not one that can be read safely
   * @throws IOException if there is nothing to read
   */
  static LogCopy open(String argument) throws IOException, FormatException {
    if (ServedFiles.isAddress(argument)) {
      return new PublishedCopy(ServedFiles.of(argument));
    }
    Path path = path(argument);
    return Files.isDirectory(path) && !BundleCopy.isBundle(path)
        ? new PublishedCopy(FolderFiles.open(path))
        : BundleCopy.open(path);
  }

  /**
   * Opens a served log whose entries are shown to auditors only.
   *
   * @param session a file with the cookie of an auditor's session, one line {@code name=value}
   * @throws OptionsException if the argument is no address
   */
  static LogCopy openAs(String argument, Path session) throws IOException, FormatException {
    if (!ServedFiles.isAddress(argument)) {
      throw new OptionsException("--session FILE URL");
    }
    byte[] cookie = SmallFile.read(session, ServedFiles.MAX_SESSION + 2);
    return new PublishedCopy(
        ServedFiles.of(argument).as(new String(cookie, StandardCharsets.ISO_8859_1).strip()));
  }

  /** Returns a file's path; a text that cannot be one is a file that is not there. */
  static Path path(String argument) throws IOException {
    try {
      return Path.of(argument);
    } catch (InvalidPathException e) {
      throw new IOException(argument, e);
    }
  }
}
