package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How SQLite is asked to work: durably first, and without writing anything twice (ADR 0054). */
class SqliteSettingsTest {
  private static final int FULL = 2;
  private static final int IN_MEMORY = 2;

  @Test
  void theWriterIsDurableAndKeepsWhatItCouldPutBackInMemory(@TempDir Path directory) {
    try (Database database = Database.sqlite(directory.resolve("a.db"))) {
      assertEquals("wal", asked(database, "journal_mode"));
      assertEquals(FULL, Integer.parseInt(asked(database, "synchronous")));
      assertEquals(IN_MEMORY, Integer.parseInt(asked(database, "temp_store")));
      assertEquals(4_000, Integer.parseInt(asked(database, "wal_autocheckpoint")));
    }
  }

  private static String asked(Database database, String setting) {
    return database
        .writer()
        .sequence(handle -> handle.createQuery("PRAGMA " + setting).mapTo(String.class).one());
  }
}
