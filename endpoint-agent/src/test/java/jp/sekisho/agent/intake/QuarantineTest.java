package jp.sekisho.agent.intake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jp.sekisho.agent.enforce.ReadableMedium;
import jp.sekisho.agent.testing.FolderMedium;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is copied of a medium, and what is not. */
class QuarantineTest {
  private static final Quarantine.Bounds BOUNDS = new Quarantine.Bounds(3, 100_000, 90_000);

  @TempDir Path temp;

  private Path place;
  private boolean wanted = true;
  private long free = 1L << 40;
  private final FolderMedium medium = new FolderMedium(() -> wanted);

  @BeforeEach
  void place() {
    place = temp.resolve("quarantine");
  }

  private Quarantine.Copied copy() throws IOException {
    return Quarantine.open(place, () -> free).copy(medium, BOUNDS, () -> wanted);
  }

  private void refused(Refusal reason) {
    assertEquals(reason, assertThrows(NotImported.class, this::copy).reason());
    assertEquals(0, medium.open);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("files of folders are copied as they are, under numbers, where root alone looks")
  void copies() throws IOException {
    medium.with("名簿.csv", bytes("a,b")).with("税/2026/令和8年.pdf", bytes("%PDF"));
    medium.with("System Volume Information/WPSettings.dat", bytes("x"));
    medium.with("$RECYCLE.BIN/a.txt", bytes("x"));
    Quarantine.Copied copied = copy();
    assertEquals(List.of(), copied.leftOut());
    assertEquals(
        List.of(List.of("名簿.csv"), List.of("税", "2026", "令和8年.pdf")),
        copied.held().stream().map(Quarantine.Held::path).toList());
    Quarantine.Held first = copied.held().get(0);
    assertArrayEquals(bytes("a,b"), Files.readAllBytes(first.place()));
    assertEquals(Sha256.text(bytes("a,b")), first.sha256());
    assertEquals(3, first.bytes());
    assertEquals(
        PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(place));
    assertEquals(0, medium.open);
  }

  @Test
  @DisplayName(
      "names that are hidden, odd or no text, links and deep folders are named, not copied")
  void leftOut() throws IOException {
    medium.with(".hidden", bytes("x")).with("a\u202Efdp.exe", bytes("x"));
    medium.with("con:1", bytes("x")).with("zero\u200Bwidth.txt", bytes("x"));
    medium.files.put("\u0093\u008C.txt", bytes("not UTF-8"));
    medium.files.put("link", FolderMedium.SPECIAL);
    medium.with("1/2/3/4/5/6/7/8/9/deep.txt", bytes("x"));
    medium.with("が.txt", bytes("taken apart")); // NFD becomes NFC
    Quarantine.Copied copied = copy();
    assertEquals(
        List.of(List.of("\u304C.txt")), copied.held().stream().map(Quarantine.Held::path).toList());
    assertEquals(
        List.of(
            ".hidden",
            "a\uFFFDfdp.exe",
            "con:1",
            "zero\uFFFDwidth.txt",
            "\uFFFD\uFFFD.txt",
            "link",
            "1/2/3/4/5/6/7/8/9"),
        copied.leftOut().stream().map(ClerkFolder.LeftOut::shown).toList());
    assertTrue(copied.leftOut().stream().allMatch(each -> each.reason() == Refusal.IMPORT_NAME));
  }

  @Test
  @DisplayName("a file too large for the scanner is left out; more than the grant has: nothing")
  void bounds() throws IOException {
    medium.with("large.txt", new byte[90_001]).with("small.txt", new byte[90_000]);
    Quarantine.Copied copied = copy();
    assertEquals(Refusal.IMPORT_LARGE, copied.leftOut().get(0).reason());
    assertEquals(1, copied.held().size());
    Quarantine.empty(place);
    medium.with("second.txt", new byte[10_001]);
    refused(Refusal.IMPORT_OVER);
    medium.files.clear();
    medium.with("1", bytes("")).with("2", bytes("")).with("3", bytes("")).with("4", bytes(""));
    refused(Refusal.IMPORT_OVER);
    assertEquals(0, count());
  }

  private long count() throws IOException {
    try (Stream<Path> all = Files.list(place)) {
      return all.count();
    }
  }

  @Test
  @DisplayName("what is read counts, whatever the medium says of its length")
  void liar() throws IOException {
    medium.with("a.txt", new byte[90_001]);
    medium.said.put("a.txt", 1L);
    refused(Refusal.IMPORT_OVER);
    Quarantine.empty(place);
    medium.said.put("a.txt", 0L);
    medium.files.put("a.txt", bytes("longer"));
    assertEquals(6, copy().held().get(0).bytes());
    Quarantine.empty(place);
    medium.said.put("a.txt", 1L << 50);
    assertEquals(Refusal.IMPORT_LARGE, copy().leftOut().get(0).reason());
  }

  @Test
  @DisplayName("room for records stays; a full disk takes nothing in")
  void room() {
    medium.with("a.txt", new byte[1_000]);
    free = Quarantine.RESERVE + 999;
    refused(Refusal.IMPORT_SPACE);
    free = Quarantine.RESERVE + 1_000;
    medium.beforeRead = () -> free = Quarantine.RESERVE - 1;
    refused(Refusal.IMPORT_SPACE);
  }

  @Test
  @DisplayName("a medium that fails or is not wanted any more is not copied in part")
  void broken() throws IOException {
    medium.with("a.txt", new byte[1_000]).with("b.txt", new byte[1_000]);
    medium.beforeRead = () -> medium.broken = true;
    refused(Refusal.IMPORT_MEDIUM);
    Quarantine.empty(place);
    medium.broken = false;
    medium.beforeRead = () -> wanted = false;
    refused(Refusal.IMPORT_BROKEN_OFF);
  }

  @Test
  @DisplayName("a medium with more odd names than are named is not taken in")
  void tooMuchLeftOut() {
    for (int i = 0; i <= Quarantine.MOST_LEFT_OUT; i++) {
      medium.with("." + i, bytes(""));
    }
    refused(Refusal.IMPORT_MEDIUM);
  }

  @Test
  @DisplayName("names count over all folders, when they are read, and so do their bytes")
  void tooManyNames() throws IOException {
    List<Integer> asked = new ArrayList<>();
    refused(Refusal.IMPORT_MEDIUM, () -> new Folders(asked, 80_000, 5));
    assertEquals(List.of(200_000, 120_000, 40_000), asked);
    asked.clear();
    refused(Refusal.IMPORT_MEDIUM, () -> new Folders(asked, 90_000, 95));
    assertEquals(List.of(200_000, 110_000), asked);
  }

  private void refused(Refusal reason, ReadableMedium endless) throws IOException {
    Quarantine quarantine = Quarantine.open(place, () -> free);
    NotImported thrown =
        assertThrows(NotImported.class, () -> quarantine.copy(endless, BOUNDS, () -> wanted));
    assertEquals(reason, thrown.reason());
  }

  /** Folders in folders, so many in each, whatever was asked for. */
  private record Folders(List<Integer> asked, int count, int length)
      implements ReadableMedium.Directory {
    @Override
    public List<byte[]> names(int most) {
      asked.add(most);
      return IntStream.range(0, count)
          .mapToObj(each -> "a".repeat(length) + each)
          .map(QuarantineTest::bytes)
          .toList();
    }

    @Override
    public ReadableMedium.Entry open(byte[] name) {
      return new ReadableMedium.Entry.Folder(new Folders(asked, count, length));
    }

    @Override
    public void close() {}
  }

  @Test
  @DisplayName("what an earlier process left there goes")
  void emptied() throws IOException {
    medium.with("a.txt", bytes("x"));
    Quarantine held = Quarantine.open(place);
    Files.writeString(place.resolve("7"), "left");
    held.close();
    assertEquals(0, count());
    Files.writeString(place.resolve("7"), "left");
    Quarantine.empty(place);
    assertEquals(0, count());
    Quarantine.empty(temp.resolve("none"));
  }
}
