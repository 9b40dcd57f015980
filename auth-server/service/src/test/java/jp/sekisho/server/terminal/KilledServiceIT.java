package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the delivered service while people change things and agents send records: every
 * acknowledged entry is in the log once, each terminal's in its order, and every checkpoint that
 * was ever shown is of one history.
 */
class KilledServiceIT {
  /** Acknowledgements of one life of the service before it is killed. */
  private static final int ENOUGH = 15;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;
  private final Random random = new Random(5); // when within its work a life ends

  @Test
  @Timeout(900)
  void tenKillsOnSqlite() throws Exception {
    kill(10, null);
  }

  @Test
  @Tag("pg")
  @Timeout(900)
  void tenKillsOnPostgresql() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      kill(10, server.getJdbcUrl("postgres", "postgres"));
    }
  }

  @Test
  @Tag("torture")
  @Timeout(8 * 3600)
  void twoHundredKillsOnSqlite() throws Exception {
    kill(Integer.getInteger("sekisho.kills", 200), null);
  }

  @Test
  @Tag("torture")
  @Timeout(8 * 3600)
  void twoHundredKillsOnPostgresql() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      kill(Integer.getInteger("sekisho.kills", 200), server.getJdbcUrl("postgres", "postgres"));
    }
  }

  private void kill(int times, @Nullable String database) throws Exception {
    Instant began = Instant.now();
    int shown;
    int acknowledged;
    try (LoadedService service = new LoadedService(directory, database)) {
      List<LoadedService.Device> devices = new ArrayList<>();
      Map<String, String> sessions = new TreeMap<>();
      service.together(() -> {
        service.employ();
        for (String id : List.of("T-0001", "T-0002", "T-0003")) {
          devices.add(service.enrol(id));
        }
        sessions.put("100001", service.session("100001", "T-0001"));
        sessions.put("100002", service.session("100002", "T-0002"));
      });
      service.warmUp();
      Load load = new Load(service);
      try (load) {
        devices.forEach(load::agent);
        sessions.forEach(load::person);
        for (int life = 0; life < times; life++) {
          service.start();
          await(load, service, load.count() + ENOUGH);
          LockSupport.parkNanos(random.nextLong(Duration.ofMillis(60).toNanos()));
          service.kill();
        }
        service.start(); // whoever waits gets an answer
        await(load, service, load.count() + ENOUGH);
      }
      service.kill();
      acknowledged = load.count();
      assertEquals(List.of(), List.copyOf(load.strange), "refusals for no reason");
      shown = AcknowledgedLog.require(service, load, directory.resolve("bundle.zip"));
    }
    System.out.printf(
        "%d kills on %s: %d acknowledgements, %d checkpoints of one history, %d s%n",
        times,
        database == null ? "SQLite" : "PostgreSQL",
        acknowledged,
        shown,
        Duration.between(began, Instant.now()).toSeconds());
  }

  private static void await(Load load, LoadedService service, int count) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (load.count() < count) {
      load.check();
      assertTrue(service.isAlive(), () -> "the service ended by itself");
      assertTrue(Instant.now().isBefore(end), "nothing is acknowledged any more");
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }
}
