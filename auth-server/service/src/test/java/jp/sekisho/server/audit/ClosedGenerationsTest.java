package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attack: an insider with the database takes a closed generation away, or a part of it. */
class ClosedGenerationsTest {
  @TempDir Path directory;

  private OpenStorage open() {
    return OpenStorage.sqlite(directory);
  }

  private static void execute(OpenStorage storage, String sql) {
    int _ = storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql));
  }

  /** All that the database has of a generation. */
  private static void forget(OpenStorage storage, String log) {
    int _ =
        storage
            .database
            .writer()
            .<Integer, RuntimeException>sequence(handle -> {
              for (String table : List.of("audit_node", "audit_entry", "audit_log_state")) {
                int _ = handle.execute("delete from " + table + " where log = ?", log);
              }
              return 0;
            });
  }

  /** A log whose first generation had four entries, then seven, and lost what came behind. */
  private void loses() {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 4);
      storage.logs.integrateNow();
      execute(
          storage,
          "create table old_state as select size, epoch, frontier, checkpoint from audit_log_state"
              + " where log = 'mayor'");
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
      var _ = Restores.write(storage, 1);
      execute(storage, "delete from audit_pending");
    }
    Resumption.Outcome.Opened opened = Restores.opened(this::open, "mayor");
    assertEquals(7, opened.held());
  }

  private static String refused(OpenStorage storage) {
    ClosedGenerations closed = new ClosedGenerations(storage.logs);
    return assertThrows(
            TamperedException.class,
            () -> {
              closed.require("mayor");
              closed.readOnce("mayor");
            })
        .row();
  }

  private static void holds(OpenStorage storage) {
    ClosedGenerations closed = new ClosedGenerations(storage.logs);
    closed.require("mayor");
    closed.readOnce("mayor");
    closed.require("system");
    closed.readOnce("system");
  }

  @Test
  void oneThatWasDeletedIsMissedAndWithItTheHoldsThatStoodInIt() {
    loses();
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      holds(storage);
      assertEquals(0, new LoggedHolds(storage.logs).of("mayor").years());
      forget(storage, "mayor");
      assertEquals("mayor@1", refused(storage));
      assertThrows(TamperedException.class, () -> new LoggedHolds(storage.logs).of("mayor"));
    }
  }

  @Test
  void oneThatWasSetBackToItsOwnOlderCheckpointIsShorterThanTheNextOneSays() {
    loses();
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      execute(
          storage,
          "update audit_log_state set (size, epoch, frontier, checkpoint) ="
              + " (select size, epoch, frontier, checkpoint from old_state) where log = 'mayor'");
      assertEquals(4, storage.logs.size("mayor@1"));
      assertEquals("mayor@1", refused(storage));
    }
  }

  @Test
  void anEntryOfOneIsMissedWithoutAnExport() {
    loses();
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      execute(storage, "delete from audit_entry where log = 'mayor' and idx = 5");
      assertEquals("mayor", refused(storage));
    }
  }

  @Test
  void theEntryThatTellsOfThemIsGuardedItself() {
    loses();
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      execute(storage, "update audit_entry set created = 1 where log = 'mayor@2' and idx = 0");
      assertEquals("mayor@2", refused(storage));
    }
  }

  /** A backup from before the second and third generation is restored again and again. */
  @Test
  void whatARestoreLostIsNotMissedAndTheRestIs() {
    List<List<Map<String, Object>>> backup;
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 5);
      storage.logs.integrateNow();
      backup = Restores.backup(storage);
    }
    for (int generation = 1; generation < 4; generation++) {
      try (OpenStorage storage = open()) {
        var _ = Restores.write(storage, 2);
        storage.logs.integrateNow();
      }
      try (OpenStorage storage = open()) {
        Restores.restore(storage, backup);
      }
      var _ = Restores.opened(this::open, "mayor");
    }
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      assertEquals(
          List.of("mayor@1", "mayor@3", "mayor@4"), storage.logs.generations("mayor"), "2 is gone");
      assertEquals(List.of(2L), Restores.entry(storage, "mayor", 0).data().get("lost"));
      holds(storage);
      forget(storage, "mayor");
      assertEquals("mayor@1", refused(storage), "though nothing is left of the third");
      assertEquals(Set.of("mayor", "system"), storage.logs.names());
    }
  }
}
