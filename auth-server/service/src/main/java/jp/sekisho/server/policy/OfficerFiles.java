package jp.sekisho.server.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.TamperedException;
import org.jspecify.annotations.Nullable;

/**
 * Which root and policy were imported last, kept outside the database in {@code
 * keys/officer-files.last}: whoever can only write the database can take rows out of it or put
 * older ones back with their seals, but not make the service forget that officers had signed.
 *
 * <p>The file is written after the rows are durable, so it may be behind them after a crash and
 * never ahead; a start catches up. Its form is two lines, {@code root <version> <hash>} and {@code
 * policy <version> <hash>}. Thread-safe; read at every use, since a console command imports from a
 * process of its own.
 */
final class OfficerFiles {
  private static final int MAX_BYTES = 1024;
  private static final Pattern FORM =
      Pattern.compile(
          "root ([0-9]{1,18}) ([A-Za-z0-9_-]{43})\npolicy ([0-9]{1,18}) ([A-Za-z0-9_-]{43})\n");

  private final Path file;

  OfficerFiles(Path keys) {
    this.file = keys.resolve("officer-files.last");
  }

  /** A file by what its header says. */
  record Known(long version, String hash) {
    static Known of(SignedFile file) {
      return new Known(file.header().version(), file.hash());
    }

    /** Whether {@code other} may stand where this stood: the same, or a later one. */
    boolean allows(@Nullable Known other) {
      return other != null
          && (other.version() > version
              || (other.version() == version && other.hash().equals(hash)));
    }
  }

  /** Both files. */
  record Last(Known root, Known policy) {}

  /** What was imported last; null when nothing was, as far as this file knows. */
  @Nullable Last read() {
    if (!Files.exists(file)) {
      return null;
    }
    try {
      String text = new String(PrivateFiles.read(file, MAX_BYTES), StandardCharsets.US_ASCII);
      Matcher lines = FORM.matcher(text);
      if (!lines.matches()) {
        throw new IOException(file + " is not in its form");
      }
      return new Last(
          new Known(Long.parseLong(lines.group(1)), lines.group(2)),
          new Known(Long.parseLong(lines.group(3)), lines.group(4)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Remembers what counts now; the rows that say so are durable. */
  void write(Last last) {
    if (last.equals(read())) {
      return;
    }
    try {
      String text =
          "root %d %s\npolicy %d %s\n"
              .formatted(
                  last.root().version(),
                  last.root().hash(),
                  last.policy().version(),
                  last.policy().hash());
      PrivateFiles.replace(file, text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Nothing, when these rows may follow what was imported last.
   *
   * @throws TamperedException when they are missing or older
   */
  void require(@Nullable SignedFile root, @Nullable SignedFile policy) {
    Last last = read();
    if (last != null) {
      require("root", last.root(), root);
      require("policy", last.policy(), policy);
    }
  }

  /**
   * What keeps {@code root} and {@code policy} from following the last ones imported; null when
   * nothing does. When those rows were lost, only the very same root brings them back: a later one
   * could not be proved to follow it.
   *
   * @param row the newest root that the database has
   */
  @Nullable String obstacle(@Nullable SignedFile row, SignedFile root, SignedFile policy) {
    Last last = read();
    if (last == null) {
      return null;
    }
    Known wanted = Known.of(root);
    boolean there = last.root().allows(row == null ? null : Known.of(row));
    if (there ? !last.root().allows(wanted) : !last.root().equals(wanted)) {
      return "root " + last.root().version() + " was imported here";
    }
    return last.policy().allows(Known.of(policy))
        ? null
        : "policy " + last.policy().version() + " was imported here";
  }

  private static void require(String kind, Known last, @Nullable SignedFile row) {
    if (!last.allows(row == null ? null : Known.of(row))) {
      throw new TamperedException("signed_file", kind + " - " + last.version());
    }
  }
}
