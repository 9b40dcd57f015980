package jp.sekisho.server.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Instant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The row of the first start on PostgreSQL: absent hashes, seals, its one way. */
@Tag("pg")
class SetupPostgresIT {
  @Test
  void fromTheCodeToItsEnd(@TempDir Path directory) throws Exception {
    SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        OpenStorage storage =
            OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), directory, clock)) {
      SetupMark mark = new SetupMark(directory.resolve("setup"));
      mark.open();
      Setup setup = Setup.of(storage.transactions, storage.seal, mark);
      SetupCode first = storage.transactions.write(setup::begin);
      SetupCode second = setup.newCode().orElseThrow();
      assertEquals(new Setup.Entered.Refused(Refusal.SETUP_CODE), setup.enter(first));
      Token secret = assertInstanceOf(Setup.Entered.Accepted.class, setup.enter(second)).secret();
      boolean holder =
          storage.transactions.read(handle -> setup.isHolder(handle, secret, clock.instant()));
      assertTrue(holder);
      storage.transactions.write(change -> {
        setup.finish(change, Entry.Subject.NONE);
        return null;
      });
      setup.finished();
      assertFalse(Setup.of(storage.transactions, storage.seal, mark).isOpen());
    }
  }
}
