package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a directory whose names match, in the order of their names. The directory is asked
 * at every look when it last changed and read again when that is another time than before: each
 * card's answer asks, and reading takes ten times as long.
 *
 * <p>The time is that of the inode (ctime), which moves with every name that comes, goes or is
 * replaced, and which nobody can set as archives set the other times. It moves by ticks: a listing
 * made within {@link #SETTLED} of it is not kept, for a name could come within the same tick. Where
 * a file system has no such time the directory is read at every look. Not thread-safe.
 */
final class DirectoryListing implements WatchedFiles.Listing {
  /** Longer than any tick of a file system's clock, and than its clock may lag behind ours. */
  static final Duration SETTLED = Duration.ofMinutes(1);

  private final Path directory;
  private final PathMatcher names;
  private final InstantSource clock;
  private final boolean timed;
  private Optional<Kept> kept = Optional.empty();

  /** Which directory it was, when it last changed, and what was in it. */
  private record Kept(Map<String, Object> stamp, List<Path> files) {}

  /**
   * @param names a glob, e.g. {@code *.crt}
   */
  DirectoryListing(Path directory, String names, InstantSource clock) {
    this.directory = directory;
    this.names = directory.getFileSystem().getPathMatcher("glob:" + names);
    this.clock = clock;
    this.timed = directory.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  @Override
  public List<Path> list() throws IOException {
    if (!timed) {
      return read();
    }
    // Before it is read: what comes meanwhile moves the time again.
    Map<String, Object> stamp = Files.readAttributes(directory, "unix:ctime,ino,dev");
    if (kept.isPresent() && kept.get().stamp().equals(stamp)) {
      return kept.get().files();
    }
    List<Path> files = read();
    boolean settled =
        stamp.get("ctime") instanceof FileTime changed
            && changed.toInstant().plus(SETTLED).isBefore(clock.instant());
    kept = settled ? Optional.of(new Kept(stamp, files)) : Optional.empty();
    return files;
  }

  private List<Path> read() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(directory, file -> names.matches(file.getFileName()))) {
      found.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    files.sort(null);
    return List.copyOf(files);
  }
}
