package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.session.SessionLimits;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one PostgreSQL: the one that does not number compares rows as well. */
@Tag("pg")
final class RowsPutBackPostgresIT {
  @TempDir Path directory;

  private static Authenticators.Found found(OpenStorage node) {
    return node.database.read(handle -> new Authenticators(node.seal).all(handle)).getFirst();
  }

  /** No unit looks at a snapshot from before a change. */
  private static Authenticators.Found foundInUnit(OpenStorage node) {
    return node.transactions.write(change -> {
      change.unchanged();
      return new Authenticators(node.seal).all(change.handle()).getFirst();
    });
  }

  private static Authenticator.State state(OpenStorage node) {
    return assertInstanceOf(Authenticators.Found.Sound.class, found(node)).authenticator().state();
  }

  private static void execute(OpenStorage node, String sql) {
    int _ = node.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql));
  }

  private static void awaitTampered(OpenStorage node) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!(foundInUnit(node) instanceof Authenticators.Found.Tampered)) {
      assertTrue(System.nanoTime() < end, "the row put back is believed");
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Test
  void bothNodesKnowWhatOneChangedAndBelieveNoOlderRow() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        LoginScene scene = new LoginScene(directory)) {
      String url = server.getJdbcUrl("postgres", "postgres");
      try (OpenStorage one = OpenStorage.postgresql(url, directory.resolve("nodes")).start();
          OpenStorage other = OpenStorage.postgresql(url, directory.resolve("nodes")).start()) {
        CardRegistry registry =
            new CardRegistry(
                one.transactions,
                new Authenticators(one.seal),
                scene.trust,
                (change, person) -> Optional.of("mayor"),
                new Sessions(
                    one.transactions,
                    one.seal,
                    SessionLimits.STANDARD,
                    Sources.bound(new byte[32]),
                    scene.clock),
                (change, holder, person) -> 0);
        assertInstanceOf(
            CardRegistry.Outcome.Registered.class,
            registry.register("100042", scene.card("100042").der()));
        assertEquals(Authenticator.State.ACTIVE, state(other));
        execute(one, "create table old_card as select * from authenticator");
        for (int i = 0; i < 10; i++) {
          registry.suspend("100042");
          assertEquals(Authenticator.State.SUSPENDED, state(other));
          assertEquals(Authenticator.State.SUSPENDED, state(one));
          registry.resume("100042");
          assertEquals(Authenticator.State.ACTIVE, state(other));
        }
        registry.suspend("100042");
        execute(one, "delete from authenticator");
        execute(one, "insert into authenticator select * from old_card");
        awaitTampered(other);
        awaitTampered(one);
      }
    }
  }
}
