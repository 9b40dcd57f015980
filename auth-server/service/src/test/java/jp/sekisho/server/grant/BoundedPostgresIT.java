package jp.sekisho.server.grant;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The same transitions on a real PostgreSQL. */
@Tag("pg")
@SuppressWarnings("NullAway.Init") // by storage()
final class BoundedPostgresIT extends BoundedTransitions {
  private EmbeddedPostgres server;

  @Override
  OpenStorage storage(Path place) {
    try {
      server = EmbeddedPostgres.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), place, clock);
  }

  @Override
  @AfterEach
  void close() {
    super.close();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
