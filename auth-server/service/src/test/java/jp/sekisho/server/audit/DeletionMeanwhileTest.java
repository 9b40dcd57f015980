package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries deleted after their term while somebody reads them. */
class DeletionMeanwhileTest {
  @TempDir Path directory;
  private final SettableClock clock = new SettableClock(Terms.START);

  /** A log of 600 entries of which 512 are due. */
  private OpenStorage old() {
    OpenStorage storage = OpenStorage.sqlite(directory, clock);
    var _ = Restores.write(storage, 600);
    clock.advance(Duration.ofDays(366 * 8));
    int _ = Terms.live(storage, clock);
    return storage;
  }

  private void prune(OpenStorage storage) {
    assertEquals(512, Terms.retentions(storage, clock).prune("mayor"));
  }

  @Test
  void anIndexThatReadThemBeforeDoesNotPutThemBack() {
    try (OpenStorage storage = old()) {
      EntryIndex index = new EntryIndex(storage.database, storage.logs);
      assertEquals(411, index.catchUp("mayor", 200));
      List<EntryHit> read = index.hits("mayor", 200, 400);
      assertEquals(200, read.size());
      prune(storage);
      assertTrue(index.take("mayor", 200, 400, read));
      storage.logs.integrateNow();
      assertEquals(612, storage.logs.size("mayor"), "the deletion is an entry");
      assertEquals(0, index.catchUp("mayor", 1000));
      List<Long> found =
          storage.database.read(handle ->
              handle
                  .createQuery("select idx from audit_find where log = 'mayor' order by idx")
                  .mapTo(Long.class)
                  .list());
      assertEquals(512, found.getFirst());
      assertEquals(612 - 512, found.size());
    }
  }

  @Test
  void aPageDoesNotTakeThemForTamperedWith() {
    try (OpenStorage storage = old();
        Between reader = new Between(directory, "from audit_entry")) {
      LogRow.Intact last =
          assertInstanceOf(
              LogRow.Intact.class, reader.storage().logs.page("mayor", null, 400, 10).getFirst());
      assertEquals(399, last.index());
      List<LogRow> page =
          reader.during(
              () -> prune(storage), () -> reader.storage().logs.page("mayor", null, 400, 10));
      assertEquals(List.of(), page);
    }
  }

  @Test
  void aTileOfThemIsNotThere() {
    try (OpenStorage storage = old();
        Between reader = new Between(directory, "from audit_entry")) {
      EntryTilePath path = new EntryTilePath(1, 256);
      assertTrue(reader.storage().logs.tile("mayor", path).isPresent());
      assertTrue(
          reader
              .during(() -> prune(storage), () -> reader.storage().logs.tile("mayor", path))
              .isEmpty());
    }
  }

  @Test
  void aBundleBegunBeforeIsToBeTakenAgain() throws Exception {
    try (OpenStorage storage = old()) {
      LogBundle begun = storage.logs.bundle("mayor");
      prune(storage);
      assertThrows(StorageException.class, () -> begun.writeZip(OutputStream.nullOutputStream()));
      storage.logs.bundle("mayor").writeZip(OutputStream.nullOutputStream());
    }
  }

  @Test
  void hashesAreNotMadeAgainFromThem() {
    try (OpenStorage storage = old()) {
      prune(storage);
      Iterator<Long> minimum = List.of(0L, 512L).iterator(); // raised between the two
      Continuations continuations =
          new Continuations(
              storage.database, storage.seal, new CachedTiles.Full(), _ -> minimum.next());
      AuditLogs.Signed signed = storage.logs.signed("mayor");
      assertThrows(
          StorageException.class, () -> continuations.repair("mayor", signed.checkpoint()));
      Continuations edited =
          new Continuations(storage.database, storage.seal, new CachedTiles.Full(), _ -> 0);
      assertThrows(TamperedException.class, () -> edited.repair("mayor", signed.checkpoint()));
    }
  }
}
