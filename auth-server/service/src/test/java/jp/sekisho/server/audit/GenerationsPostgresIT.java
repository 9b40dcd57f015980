package jp.sekisho.server.audit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same on a real PostgreSQL. */
@Tag("pg")
class GenerationsPostgresIT {
  @Test
  void restoredDatabaseGoesOnInTheNextGeneration(@TempDir Path directory) throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      String url = server.getJdbcUrl("postgres", "postgres");
      Restores.restoredDatabaseGoesOnInTheNextGeneration(
          () -> OpenStorage.postgresql(url, directory), directory);
    }
  }
}
