package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every name that comes or goes is seen at the next look, whatever times a directory is given. */
final class DirectoryListingTest {
  @TempDir Path directory;

  @BeforeEach
  void one() throws IOException {
    Files.createFile(directory.resolve("b.crt"));
    Files.createFile(directory.resolve("other.txt"));
  }

  private DirectoryListing listing(InstantSource clock) {
    return new DirectoryListing(directory, "*.crt", clock);
  }

  private static InstantSource later() {
    return () -> Instant.now().plus(DirectoryListing.SETTLED).plusSeconds(10);
  }

  private List<String> names(DirectoryListing listing) throws IOException {
    return listing.list().stream().map(file -> file.getFileName().toString()).toList();
  }

  private Object changed() throws IOException {
    return Files.getAttribute(directory, "unix:ctime");
  }

  /** The file system's clock has ticked since the last change: what a minute is for. */
  private void tick() throws IOException {
    Object before = changed();
    while (changed().equals(before)) {
      Path file = directory.resolve("tick");
      Files.createFile(file);
      Files.delete(file);
    }
  }

  @Test
  void aDirectoryThatDidNotChangeIsReadOnce() throws IOException {
    DirectoryListing listing = listing(later());
    List<Path> first = listing.list();
    assertEquals(List.of(directory.resolve("b.crt")), first);
    assertSame(first, listing.list());
  }

  @Test
  void whatComesOrGoesIsSeen() throws IOException {
    DirectoryListing listing = listing(later());
    assertEquals(List.of("b.crt"), names(listing));
    tick();
    Files.createFile(directory.resolve("a.crt"));
    assertEquals(List.of("a.crt", "b.crt"), names(listing));
    tick();
    Files.move(directory.resolve("other.txt"), directory.resolve("c.crt"));
    assertEquals(List.of("a.crt", "b.crt", "c.crt"), names(listing));
    tick();
    Files.delete(directory.resolve("b.crt"));
    assertEquals(List.of("a.crt", "c.crt"), names(listing));
  }

  @Test
  void aTimeThatWasSetBackHidesNothing() throws IOException {
    FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(directory, old);
    DirectoryListing listing = listing(later());
    assertEquals(List.of("b.crt"), names(listing));
    tick();
    Files.createFile(directory.resolve("a.crt"));
    Files.setLastModifiedTime(directory, old);
    assertEquals(List.of("a.crt", "b.crt"), names(listing));
  }

  @Test
  void aDirectoryThatChangedJustNowIsReadAtEachLook() throws IOException {
    DirectoryListing listing = listing(InstantSource.system());
    assertNotSame(listing.list(), listing.list());
    Files.createFile(directory.resolve("a.crt"));
    assertEquals(List.of("a.crt", "b.crt"), names(listing), "perhaps within the same tick");
  }

  @Test
  void anotherDirectoryInItsPlaceIsAnotherOne() throws IOException {
    Path place = directory.resolve("place");
    Files.createDirectory(place);
    DirectoryListing listing = new DirectoryListing(place, "*.crt", later());
    assertEquals(List.of(), listing.list());
    Path next = Files.createDirectory(directory.resolve("next"));
    Files.createFile(next.resolve("a.crt"));
    Files.delete(place);
    assertThrows(NoSuchFileException.class, listing::list);
    Files.move(next, place);
    assertEquals(List.of("a.crt"), names(listing));
  }
}
