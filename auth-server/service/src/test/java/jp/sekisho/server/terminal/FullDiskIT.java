package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The delivered service on a disk without room: a file system of 16 MiB in a mount namespace of its
 * own, under load, filled to the last byte and freed again. Needs root or user namespaces.
 */
class FullDiskIT {
  private static final int ENOUGH = 12;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Mounts, runs what follows on a copy of the directory there, and brings the copy back. */
  private static final String MOUNTED =
      "set -e; mount -t tmpfs -o size=16m,mode=0700 tmpfs \"$1\"; cp -a \"$2\"/. \"$1\"; from=$1 to=$2;"
          + " shift 2; \"$@\" & wait $! || true; rm -f \"$from\"/fill; cp -a \"$from\"/. \"$to\"";

  @TempDir Path directory;

  @Test
  @Timeout(600)
  void requestsAreRefusedNothingIsLostAndWorkGoesOnOnSqlite() throws Exception {
    fill(null);
  }

  /** The database has its own disk; what fills up is that of the keys and the last checkpoints. */
  @Test
  @Tag("torture") // each refusal takes the patience of ten seconds
  @Timeout(600)
  void recordsAreNotAcknowledgedWhileNoCheckpointCanBeKeptBesideAPostgresql() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      fill(server.getJdbcUrl("postgres", "postgres"));
    }
  }

  private void fill(@Nullable String database) throws Exception {
    Path mount = Files.createDirectory(directory.resolve("disk"));
    try (LoadedService service = new LoadedService(directory, database, mount)) {
      service.employ();
      Load load = new Load(service);
      try (load) {
        for (String id : List.of("T-0001", "T-0002")) {
          load.agent(service.enrol(id));
        }
        String cookie = service.session("100001", "T-0001");
        load.person("100001", cookie);
        service.start(
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                MOUNTED,
                "sh",
                mount.toString(),
                service.directory.root().toString()));
        await(load, () -> load.count() >= ENOUGH, service);

        Path fill = Path.of("/proc/" + service.pid() + "/root" + mount.resolve("fill"));
        int before = load.refused.get();
        fillUp(fill);
        await(load, () -> load.refused.get() >= before + 4, service);
        if (database == null) {
          requireRefusal(service, cookie);
        }
        Files.delete(fill);

        int held = load.count();
        await(load, () -> load.count() >= held + ENOUGH, service);
      }
      service.end();
      assertEquals(List.of(), List.copyOf(load.strange), "refusals for another reason");
      assertTrue(AcknowledgedLog.require(service, load, directory.resolve("bundle.zip")) > 0);
    }
  }

  private static void requireRefusal(LoadedService service, String cookie) throws Exception {
    for (String language : List.of("ja", "en")) {
      HttpResponse<byte[]> answer =
          service.send(
              HttpClient.newHttpClient(),
              "POST",
              "/api/v1/grants?lang=" + language,
              WireJson.write(Load.wanted("100001")),
              cookie);
      RefusalBody body = WireJson.read(answer.body(), RefusalBody.class);
      assertEquals(Refusal.STORAGE_FAILED, body.refusal());
      assertEquals(503, answer.statusCode());
      assertEquals(
          language.equals("ja")
              ? "記録できないため処理を止めました。"
              : "Stopped, because it could not be recorded.",
          body.text().what());
    }
  }

  /** Takes every byte, again and again until nothing is freed any more. */
  private static void fillUp(Path file) throws IOException {
    for (int chunk : List.of(1 << 20, 1 << 12, 1)) {
      try (OutputStream out =
          Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (true) {
          out.write(new byte[chunk]);
        }
      } catch (IOException e) {
        // No room for so many bytes.
      }
    }
  }

  private static void await(Load load, BooleanSupplier until, LoadedService service)
      throws IOException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!until.getAsBoolean()) {
      load.check();
      assertTrue(service.isAlive(), "the service ended by itself");
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("nothing happens any more: " + service.errors());
      }
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }
}
