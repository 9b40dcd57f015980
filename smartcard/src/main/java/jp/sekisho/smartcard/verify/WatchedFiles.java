package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Files that are read again when they change, without a restart. Every look compares size, time and
 * identity of each file, which costs microseconds; only a changed file is read. A changed file that
 * does not parse, or is gone from a fixed list, leaves what was read before in force and is said
 * once. Thread-safe.
 */
final class WatchedFiles<T> {
  /** Reads what one file holds. */
  interface Parser<T> {
    List<T> parse(byte[] content) throws IOException, MalformedException;
  }

  /** Says which files there are now. */
  interface Listing {
    List<Path> list() throws IOException;
  }

  /**
   * What the files held at one look.
   *
   * @param problems one sentence per file that cannot be read now
   * @param generation another number whenever items changed
   */
  record Snapshot<T>(List<T> items, List<String> problems, long generation) {}

  private record Stamp(long size, Object time, @Nullable Object key) {}

  private record Loaded<T>(Optional<Stamp> stamp, List<T> items, Optional<String> problem) {}

  /** Opens a file. */
  interface Opener {
    InputStream open(Path file) throws IOException;
  }

  private final Listing listing;
  private final Opener opener;
  private final Parser<T> parser;
  private final int largest;
  private final Consumer<String> notices;
  private Map<Path, Loaded<T>> loaded = Map.of();
  private Optional<String> unlisted = Optional.empty();
  private volatile Snapshot<T> snapshot = new Snapshot<>(List.of(), List.of(), 0);

  WatchedFiles(Listing listing, Parser<T> parser, int largest, Consumer<String> notices) {
    this(listing, Files::newInputStream, parser, largest, notices);
  }

  WatchedFiles(
      Listing listing, Opener opener, Parser<T> parser, int largest, Consumer<String> notices) {
    this.listing = listing;
    this.opener = opener;
    this.parser = parser;
    this.largest = largest;
    this.notices = notices;
  }

  /** The files of a directory whose names match, in the order of their names. */
  static Listing in(Path directory, String pattern) {
    return new DirectoryListing(directory, pattern, InstantSource.system());
  }

  /** What the files held at the last look. */
  Snapshot<T> last() {
    return snapshot;
  }

  /** What the files hold now. */
  synchronized Snapshot<T> now() {
    List<Path> files;
    boolean changed = unlisted.isPresent();
    try {
      files = listing.list();
      unlisted = Optional.empty();
    } catch (IOException e) {
      String problem = "cannot list: " + e;
      if (!unlisted.equals(Optional.of(problem))) {
        unlisted = Optional.of(problem);
        notices.accept(problem);
        publish();
      }
      return snapshot;
    }
    Map<Path, Loaded<T>> next = new LinkedHashMap<>();
    changed |= files.size() != loaded.size();
    for (Path file : files) {
      Loaded<T> before =
          loaded.getOrDefault(file, new Loaded<>(Optional.empty(), List.of(), Optional.empty()));
      Loaded<T> after = look(file, before);
      changed |= !after.equals(before) || !loaded.containsKey(file);
      next.put(file, after);
    }
    if (changed) {
      loaded = next;
      publish();
    }
    return snapshot;
  }

  private Loaded<T> look(Path file, Loaded<T> before) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Optional<Stamp> stamp =
          Optional.of(
              new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey()));
      if (stamp.equals(before.stamp)) {
        return before;
      }
      try {
        // That it cannot be read says nothing of what it holds: read again at the next look.
        byte[] content = read(file);
        return parsed(file, before, stamp, content);
      } catch (MalformedException e) {
        return broken(file, before, stamp, e.failure().detail());
      }
    } catch (IOException e) {
      return broken(file, before, Optional.empty(), e.toString());
    }
  }

  private Loaded<T> parsed(Path file, Loaded<T> before, Optional<Stamp> stamp, byte[] content)
      throws MalformedException {
    try {
      return new Loaded<>(stamp, List.copyOf(parser.parse(content)), Optional.empty());
    } catch (IOException e) {
      return broken(file, before, stamp, String.valueOf(e.getMessage()));
    }
  }

  private Loaded<T> broken(Path file, Loaded<T> before, Optional<Stamp> stamp, String reason) {
    String problem =
        file.getFileName()
            + ": "
            + reason
            + (before.items.isEmpty() ? "" : "; what it held before stays in force");
    if (before.problem.equals(Optional.of(problem)) && before.stamp.equals(stamp)) {
      return before;
    }
    notices.accept(problem);
    return new Loaded<>(stamp, before.items, Optional.of(problem));
  }

  private byte[] read(Path file) throws IOException, MalformedException {
    try (InputStream in = opener.open(file)) {
      byte[] bytes = in.readNBytes(largest + 1);
      if (bytes.length > largest) {
        throw new MalformedException("5.1", "larger than " + (largest >> 20) + " MiB");
      }
      return bytes;
    }
  }

  private void publish() {
    List<T> items = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    unlisted.ifPresent(problems::add);
    for (Loaded<T> one : loaded.values()) {
      items.addAll(one.items);
      one.problem.ifPresent(problems::add);
    }
    snapshot =
        items.equals(snapshot.items)
            ? new Snapshot<>(snapshot.items, List.copyOf(problems), snapshot.generation)
            : new Snapshot<>(List.copyOf(items), List.copyOf(problems), snapshot.generation + 1);
  }
}
