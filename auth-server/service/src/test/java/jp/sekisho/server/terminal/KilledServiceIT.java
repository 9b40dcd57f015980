package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.event.Entry;
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

  private static final Duration PATIENCE = Duration.ofSeconds(120);

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
  @Timeout(7200)
  void twoHundredKillsOnSqlite() throws Exception {
    kill(Integer.getInteger("sekisho.kills", 200), null);
  }

  @Test
  @Tag("torture")
  @Timeout(7200)
  void twoHundredKillsOnPostgresql() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      kill(Integer.getInteger("sekisho.kills", 200), server.getJdbcUrl("postgres", "postgres"));
    }
  }

  private void kill(int times, @Nullable String database) throws Exception {
    Instant began = Instant.now();
    List<String> shown = new ArrayList<>();
    int acknowledged;
    try (LoadedService service = new LoadedService(directory, database)) {
      service.employ();
      service.warmUp();
      Load load = new Load(service);
      try (load) {
        for (String id : List.of("T-0001", "T-0002", "T-0003")) {
          load.agent(service.enrol(id));
        }
        load.person("100001", service.session("100001", "T-0001"));
        load.person("100002", service.session("100002", "T-0002"));
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
      load.records
          .values()
          .forEach(acks -> acks.forEach(each -> shown.add(each.ack().checkpoint())));
      boolean _ =
          service.prepare((installation, _) -> {
            installation.logs().integrateNow();
            shown.add(installation.logs().newest("mayor").checkpoint());
            List<Entry> entries = read(installation.logs().bundle("mayor").entries(), shown);
            requireRecords(load, entries);
            requireChanges(load, entries);
            Path bundle = directory.resolve("bundle.zip");
            try (OutputStream out = Files.newOutputStream(bundle)) {
              installation.logs().bundle("mayor").writeZip(out);
            }
            assertInstanceOf(
                Verification.Verified.class,
                new BundleVerifier(
                        new TrustedKeys(installation.logs().verifierKey("mayor"), List.of()), true)
                    .verify(bundle));
            return true;
          });
    }
    System.out.printf(
        "%d kills on %s: %d acknowledgements, %d checkpoints of one history, %d s%n",
        times,
        database == null ? "SQLite" : "PostgreSQL",
        acknowledged,
        shown.size(),
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

  /** The entries, after finding every checkpoint's root among those of their beginnings. */
  private static List<Entry> read(Iterator<byte[]> bodies, List<String> notes) throws Exception {
    List<Entry> entries = new ArrayList<>();
    Map<Long, Hash> roots = new HashMap<>();
    Frontier tree = Frontier.empty();
    roots.put(0L, tree.root());
    while (bodies.hasNext()) {
      byte[] body = bodies.next();
      entries.add(Entry.parse(body));
      tree = tree.append(Rfc6962.leaf(body));
      roots.put(tree.size(), tree.root());
    }
    for (String note : notes) {
      Checkpoint checkpoint =
          Checkpoint.parse(SignedNote.parse(note.getBytes(StandardCharsets.UTF_8)).text());
      assertEquals(roots.get(checkpoint.size()), checkpoint.root(), note);
    }
    return entries;
  }

  private static void requireRecords(Load load, List<Entry> entries) {
    Map<String, Long> last = new HashMap<>();
    Map<String, Integer> places = new HashMap<>();
    for (int index = 0; index < entries.size(); index++) {
      Entry entry = entries.get(index);
      if (entry.device().isEmpty()) {
        continue;
      }
      String terminal = String.valueOf(entry.subject().terminal());
      long seq = (long) entry.device().get("seq");
      // In order, without a gap, and so none twice.
      assertEquals(last.getOrDefault(terminal, 0L) + 1, seq, terminal);
      last.put(terminal, seq);
      places.put(String.valueOf(entry.device().get("hash")), index);
    }
    load.records.forEach((terminal, acks) -> {
      assertTrue(acks.size() > 0, terminal);
      for (Load.Acknowledged each : acks) {
        assertEquals(each.last().hash(), each.ack().head());
        assertEquals((long) places.getOrDefault(each.last().hash(), -1), each.ack().index());
      }
    });
  }

  private static void requireChanges(Load load, List<Entry> entries) {
    Map<String, Integer> times = new HashMap<>();
    for (Entry entry : entries) {
      if (entry.type().equals("grant.requested") || entry.type().equals("grant.withdrawn")) {
        times.merge(entry.type() + " " + entry.data().get("grant"), 1, Integer::sum);
      }
    }
    times.forEach((change, count) -> assertEquals(1, count, change));
    for (String change : load.changes) {
      assertNotNull(times.get(change), change);
    }
  }
}
