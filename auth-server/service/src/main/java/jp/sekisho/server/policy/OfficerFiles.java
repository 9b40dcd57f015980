package jp.sekisho.server.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.TamperedException;
import org.jspecify.annotations.Nullable;

/**
 * Which root, policy and layers were imported last, kept outside the database in {@code
 * keys/officer-files.last}: whoever can only write the database can take rows out of it or put
 * older ones back with their seals, but not make the service forget that officers had signed.
 *
 * <p>The file is written after the rows are durable, so it may be behind them after a crash and
 * never ahead; a start catches up. Its form is the lines {@code root <version> <hash>}, {@code
 * policy <version> <hash>} and, ascending, {@code layer <scope> <version> <hash>}. Thread-safe;
 * looked at at every use, since a console command imports from a process of its own, and read again
 * when it is another one: it is only ever replaced as a whole, by a new file beside it.
 */
final class OfficerFiles {
  private static final int MAX_BYTES = 256 * 1024;
  private static final Pattern FORM =
      Pattern.compile(
          """
          root ([0-9]{1,18}) ([A-Za-z0-9_-]{43})
          policy ([0-9]{1,18}) ([A-Za-z0-9_-]{43})
          ((?:layer [a-z0-9/-]{1,98} [0-9]{1,18} [A-Za-z0-9_-]{43}\n){0,1000})\
          """);

  private final Path file;
  private volatile @Nullable Seen seen;

  OfficerFiles(Path keys) {
    this.file = keys.resolve("officer-files.last");
  }

  /** What the file said, and what tells it from another. */
  private record Seen(
      @Nullable Object key, FileTime changed, long size, Set<PosixFilePermission> open, Last last) {
    boolean isOf(PosixFileAttributes file) {
      return Objects.equals(key, file.fileKey())
          && changed.equals(file.lastModifiedTime())
          && size == file.size()
          && open.equals(file.permissions());
    }
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

  /** All of them; layers by the text of their scope. */
  record Last(Known root, Known policy, SortedMap<String, Known> layers) {
    Last {
      layers = Collections.unmodifiableSortedMap(new TreeMap<>(layers));
    }

    static Last of(SignedFile root, SignedFile policy, List<Trusted<ScopedLayer>> layers) {
      SortedMap<String, Known> known = new TreeMap<>();
      for (Trusted<ScopedLayer> one : layers) {
        known.put(one.body().scope().text(), new Known(one.version(), one.hash()));
      }
      return new Last(Known.of(root), Known.of(policy), known);
    }
  }

  /** What was imported last; null when nothing was, as far as this file knows. */
  @Nullable Last read() {
    try {
      PosixFileAttributes now =
          Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Seen known = seen;
      if (known != null && known.isOf(now)) {
        return known.last();
      }
      Last last = parsed();
      seen = new Seen(now.fileKey(), now.lastModifiedTime(), now.size(), now.permissions(), last);
      return last;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Last parsed() throws IOException {
    String text = new String(PrivateFiles.read(file, MAX_BYTES), StandardCharsets.US_ASCII);
    Matcher lines = FORM.matcher(text);
    if (!lines.matches()) {
      throw new IOException(file + " is not in its form");
    }
    return new Last(
        new Known(Long.parseLong(lines.group(1)), lines.group(2)),
        new Known(Long.parseLong(lines.group(3)), lines.group(4)),
        layers(lines.group(5)));
  }

  private static SortedMap<String, Known> layers(String lines) {
    SortedMap<String, Known> layers = new TreeMap<>();
    for (String line : lines.lines().toList()) {
      String[] words = line.split(" ", -1);
      layers.put(words[1], new Known(Long.parseLong(words[2]), words[3]));
    }
    return layers;
  }

  /** Remembers what counts now; the rows that say so are durable. */
  void write(Last last) {
    if (last.equals(read())) {
      return;
    }
    try {
      StringBuilder text =
          new StringBuilder(
              "root %d %s\npolicy %d %s\n"
                  .formatted(
                      last.root().version(),
                      last.root().hash(),
                      last.policy().version(),
                      last.policy().hash()));
      last.layers()
          .forEach((scope, one) ->
              text.append("layer %s %d %s\n".formatted(scope, one.version(), one.hash())));
      PrivateFiles.replace(file, text.toString().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Nothing, when these rows may follow what was imported last.
   *
   * @throws TamperedException when they are missing or older
   */
  void require(
      @Nullable SignedFile root, @Nullable SignedFile policy, Map<String, SignedFile> layers) {
    Last last = read();
    require(last, root, policy);
    if (last != null && root != null && root.header().version() == last.root().version()) {
      last.layers().forEach((scope, known) -> require("layer " + scope, known, layers.get(scope)));
    }
  }

  /** As {@link #require(SignedFile, SignedFile, Map)}, without the layers. */
  void require(@Nullable SignedFile root, @Nullable SignedFile policy) {
    require(read(), root, policy);
  }

  private static void require(
      @Nullable Last last, @Nullable SignedFile root, @Nullable SignedFile policy) {
    if (last == null) {
      return;
    }
    require("root", last.root(), root);
    if (root != null && root.header().version() > last.root().version()) {
      // A console has imported a later root and is about to write this file; under that root,
      // versions may begin anew.
      return;
    }
    require("policy", last.policy(), policy);
  }

  /**
   * What keeps {@code root} and {@code policy} from following the last ones imported; null when
   * nothing does. When those rows were lost, only the very same root brings them back: a later one
   * could not be proved to follow it.
   *
   * @param row the newest root that the database has
   * @param policyRow the policy that it has
   */
  @Nullable String obstacle(
      @Nullable SignedFile row,
      @Nullable SignedFile policyRow,
      SignedFile root,
      SignedFile policy) {
    Last last = read();
    if (last == null) {
      return null;
    }
    Known wanted = Known.of(root);
    boolean there = last.root().allows(row == null ? null : Known.of(row));
    if (there ? !last.root().allows(wanted) : !last.root().equals(wanted)) {
      return "root " + last.root().version() + " was imported here";
    }
    // With both rows there the verifier compares with them, and knows when a version may fall.
    boolean both = there && last.policy().allows(policyRow == null ? null : Known.of(policyRow));
    return both || last.policy().allows(Known.of(policy))
        ? null
        : "policy " + last.policy().version() + " was imported here";
  }

  private static void require(String kind, Known last, @Nullable SignedFile row) {
    if (!last.allows(row == null ? null : Known.of(row))) {
      throw new TamperedException("signed_file", kind + " - " + last.version());
    }
  }
}
