package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.RowSeal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which entry is the newest about a row, under a clock that the test moves. */
class NewestRowsTest {
  private static final String ROW = "authenticator/AAAAAAAAAAAAAAAA";

  @TempDir Path directory;
  private OpenStorage storage;
  private long nanos;
  private NewestRows rows;

  @BeforeEach
  void open() {
    storage = OpenStorage.sqlite(directory);
    rows = new NewestRows(new RowSeal(new byte[RowSeal.KEY_BYTES]), () -> nanos);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private void follow() {
    int _ =
        storage.database.read(handle -> {
          rows.follow(handle, Set.of("mayor", "system"));
          return 0;
        });
  }

  private static byte[] id(int number) {
    byte[] id = new byte[EntryReceipt.ID_BYTES];
    id[0] = (byte) number;
    return id;
  }

  private void saw(String log, int id, long number, long time) {
    byte[] body = ("{\"rows\":[\"" + ROW + "\"],\"salt\":\"\"}").getBytes(StandardCharsets.UTF_8);
    rows.saw(
        log,
        new LogTables.Integrated(
            number, id(id), body, Rfc6962.leaf(body), null, time, new byte[32]));
  }

  private boolean isNewest(int id, boolean inUnit) {
    return storage.database.read(handle -> rows.isNewest(handle, ROW, id(id), inUnit));
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void nothingIsComparedBeforeTheLogsWereRead() {
    saw("mayor", 1, 0, 0);
    saw("mayor", 2, 1, 0);
    assertTrue(isNewest(1, true));
    follow();
    assertFalse(isNewest(1, true));
    assertFalse(isNewest(1, false), "nobody reads a snapshot from before the start");
    assertTrue(isNewest(2, true));
  }

  @Test
  void aReadersSnapshotMayBeOlderAUnitsIsNot() {
    follow();
    saw("mayor", 1, 0, 0);
    saw("mayor", 2, 1, 0);
    assertTrue(isNewest(1, false));
    assertFalse(isNewest(1, true));
    pass(Duration.ofSeconds(10));
    assertFalse(isNewest(1, false));
  }

  @Test
  void inOneLogTheNumberDecidesWhateverTheClockSaid() {
    saw("mayor", 2, 5, 1_000);
    saw("mayor", 1, 4, 9_000_000);
    follow();
    assertTrue(isNewest(2, true));
    assertFalse(isNewest(1, true));
  }

  @Test
  void aLaterGenerationIsNewerAndCarriedEntriesAreTheSame() {
    saw("mayor@2", 2, 0, 1_000);
    saw("mayor", 1, 7, 9_000_000);
    follow();
    assertTrue(isNewest(2, true));
    assertFalse(isNewest(1, true));
  }

  @Test
  void amongLogsTheTimeDecidesAndInDoubtBothCount() {
    saw("mayor", 1, 0, 100_000);
    saw("system", 2, 0, 200_000);
    follow();
    assertFalse(isNewest(1, true));
    assertTrue(isNewest(2, true));
    saw("mayor", 3, 1, 195_000);
    assertTrue(isNewest(2, true), "clocks may differ so much");
    assertTrue(isNewest(3, true));
    assertFalse(isNewest(1, true));
  }

  @Test
  void whatIsWrittenCountsBeforeItsCommitIsTold() {
    saw("mayor", 1, 0, 0);
    follow();
    EntryReceipt entry = new EntryReceipt(id(2), "mayor");
    rows.writing(entry, 1, 0, ROW);
    assertTrue(isNewest(1, true), "it may be rolled back");
    assertTrue(isNewest(2, true));
    rows.committed(entry);
    assertTrue(isNewest(2, true));
    assertFalse(isNewest(1, true));
    assertEquals(Set.of(ROW), rows.rows("authenticator", 0));
  }

  @Test
  void whatIsRolledBackNeverWas() {
    saw("mayor", 1, 0, 0);
    follow();
    EntryReceipt entry = new EntryReceipt(id(2), "mayor");
    rows.writing(entry, 1, 0, ROW);
    rows.undone(entry);
    assertTrue(isNewest(1, true));
    assertFalse(isNewest(2, true));
  }

  @Test
  void rowsThatNoLongerCountAreForgotten() {
    saw("mayor", 1, 0, 1_000);
    rows.forget("passkey", 2_000);
    assertEquals(Set.of(ROW), rows.rows("authenticator", 1_000));
    assertEquals(Set.of(), rows.rows("authenticator", 1_001));
    rows.forget("authenticator", 1_001);
    assertEquals(Set.of(), rows.rows("authenticator", 0));
  }
}
