package jp.sekisho.audit.bundle;

import static jp.sekisho.audit.FormatException.Code.BUNDLE_MALFORMED;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.audit.FormatException;

/** A bundle laid out as a directory; links in it are refused, not followed. */
record DirectoryBundle(Path root, Set<String> names) implements BundleMembers {
  private static final int MAX_DEPTH = 12;

  static DirectoryBundle open(Path root) throws IOException, FormatException {
    Set<String> names = new LinkedHashSet<>();
    try (Stream<Path> walk = Files.walk(root, MAX_DEPTH)) {
      for (Path path : (Iterable<Path>) walk::iterator) {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          names.add(root.relativize(path).toString().replace('\\', '/'));
        } else if (!path.equals(root) && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          throw new FormatException(BUNDLE_MALFORMED, "a member is a link or a special file");
        }
        if (names.size() > MAX_MEMBERS) {
          throw new FormatException(BUNDLE_MALFORMED, "more than " + MAX_MEMBERS + " members");
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new DirectoryBundle(root, names);
  }

  @Override
  public InputStream open(String name) throws IOException {
    return Files.newInputStream(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void close() {}
}
