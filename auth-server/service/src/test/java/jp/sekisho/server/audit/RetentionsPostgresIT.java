package jp.sekisho.server.audit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same on a real PostgreSQL. */
@Tag("pg")
class RetentionsPostgresIT {
  @Test
  void prunesWhatIsDueAndNothingElse(@TempDir Path directory) throws Exception {
    SettableClock clock = new SettableClock(Terms.START);
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      String url = server.getJdbcUrl("postgres", "postgres");
      Terms.prunesWhatIsDueAndNothingElse(
          () -> OpenStorage.postgresql(url, directory, clock), clock, directory);
    }
  }
}
