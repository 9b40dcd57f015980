package jp.sekisho.audit.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import jp.sekisho.audit.FormatException;

/** The members of a bundle, wherever they are kept. */
interface BundleMembers extends AutoCloseable {
  /** Most members looked at: a directory for 100 million entries has fewer. */
  int MAX_MEMBERS = 500_000;

  /** Names with slashes, safe and without repetition. */
  Set<String> names();

  /** Opens one of {@link #names}. */
  InputStream open(String name) throws IOException;

  @Override
  void close() throws IOException;

  /**
   * Opens the members.
   *
   * @throws FormatException if it is not one that can be read safely
   * @throws IOException if the file system fails or there is nothing at that path
   */
  static BundleMembers open(Path bundle) throws IOException, FormatException {
    return Files.isDirectory(bundle) ? DirectoryBundle.open(bundle) : ZipBundle.open(bundle);
  }

  /** Reads a small member, at most limit bytes. */
  default byte[] read(String name, int limit) throws IOException, FormatException {
    try (InputStream in = open(name)) {
      byte[] contents = in.readNBytes(limit + 1);
      if (contents.length > limit) {
        throw new FormatException(
            FormatException.Code.BUNDLE_MALFORMED, name + " is longer than " + limit + " bytes");
      }
      return contents;
    }
  }
}
