package jp.sekisho.server.storage;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;

/**
 * How fast entries are acknowledged: at their COMMIT, as people's are, and under a signed
 * checkpoint, as agents' are. 32 callers at once, each with one entry at a time and waiting for
 * that acknowledgement; on a real disk. Beside it, how long entries take to their checkpoint while
 * 5,000 a second come evenly, whoever waits for what. A unit that also changes a row is measured
 * without a limit. Part of {@code ./dev bench audit}; ends with 1 when a limit is missed.
 */
public final class AppendBench {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");
  private static final int CALLERS = 32;
  private static final Duration WARM = Duration.ofSeconds(4);
  private static final Duration MEASURED = Duration.ofSeconds(10);
  private static final int LEAST_PER_SECOND = 5_000;
  private static final Duration MOST_COMMIT = Duration.ofMillis(50);
  private static final Duration NO_LIMIT = Duration.ofDays(1);
  private static final Duration MOST_INTEGRATION = Duration.ofMillis(600);

  private AppendBench() {}

  private static EntryReceipt append(Change change) {
    return change.record(CLERK, new SessionEvent.Resumed());
  }

  private static EntryReceipt changeAndAppend(Change change) {
    int changed = change.handle().execute("update organ set name = name where id = ?", "mayor");
    if (changed != 1) {
      throw new IllegalStateException("no organ to change");
    }
    return append(change);
  }

  /** What a caller waits for before its next entry. */
  private enum Until {
    COMMIT,
    CHECKPOINT,
    /** Its COMMIT, and its turn among {@link #LEAST_PER_SECOND}. */
    EVENLY
  }

  private record Times(ConcurrentLinkedQueue<Long> commits, ConcurrentLinkedQueue<Long> published) {
    Times() {
      this(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
    }
  }

  /** Runs on both databases; arguments are not used. */
  public static void main(String[] args) throws Exception {
    System.out.println("| appends, " + CALLERS + " callers | per second | p50 | p99 | n |");
    System.out.println("|---|---|---|---|---|");
    boolean met = true;
    Path directory = Files.createTempDirectory("sekisho-bench");
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      met &= measure("SQLite", storage.start());
    } finally {
      delete(directory);
    }
    Path other = Files.createTempDirectory("sekisho-bench");
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        OpenStorage storage =
            OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), other)) {
      met &= measure("PostgreSQL", storage.start());
    } finally {
      delete(other);
    }
    if (!met) {
      System.out.println("MISSED");
      System.exit(1);
    }
  }

  private static boolean measure(String database, OpenStorage storage) throws Exception {
    EntryReceipt _ =
        storage.transactions.write(change -> {
          change.handle().execute("insert into organ (id, name) values ('mayor', 'mayor')");
          return append(change);
        });
    Times _ = run(storage, WARM, Until.CHECKPOINT, AppendBench::append);
    long cpu = cpu();
    Times people = run(storage, MEASURED, Until.COMMIT, AppendBench::append);
    cpu = (cpu() - cpu) / Math.max(1, people.commits().size());
    Times agents = run(storage, MEASURED, Until.CHECKPOINT, AppendBench::append);
    Times even = run(storage, MEASURED, Until.EVENLY, AppendBench::append);
    Times changes = run(storage, MEASURED, Until.COMMIT, AppendBench::changeAndAppend);
    boolean met =
        row(database + ": acknowledged at the COMMIT", people.commits(), MOST_COMMIT, true);
    met &=
        row(
            database + ": acknowledged under a checkpoint",
            agents.published(),
            MOST_INTEGRATION,
            false);
    met &=
        row(
            database + ": from append to checkpoint, 5,000/s evenly",
            even.published(),
            MOST_INTEGRATION,
            false);
    boolean _ =
        row(database + ": change of a row and entry, no limit", changes.commits(), NO_LIMIT, false);
    System.out.printf(
        "%s: %.0f µs of CPU time for each append, numbering, integration and signature included%n",
        database, cpu / 1e3);
    return met;
  }

  /** CPU time of this process in nanoseconds; a server of PostgreSQL is another process. */
  private static long cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  private static Times run(
      OpenStorage storage,
      Duration window,
      Until until,
      Transactions.Unit<EntryReceipt, RuntimeException> unit)
      throws InterruptedException {
    Times times = new Times();
    long end = System.nanoTime() + window.toNanos();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(
          Thread.ofPlatform()
              .start(() -> {
                long turn = System.nanoTime();
                while (System.nanoTime() - end < 0) {
                  long begun = System.nanoTime();
                  EntryReceipt receipt = storage.transactions.write(unit);
                  times.commits().add(System.nanoTime() - begun);
                  if (until != Until.COMMIT) {
                    var published =
                        storage
                            .logs
                            .published(receipt)
                            .thenAccept(_ -> times.published().add(System.nanoTime() - begun));
                    if (until == Until.CHECKPOINT) {
                      var _ = published.toCompletableFuture().join();
                    }
                  }
                  if (until == Until.EVENLY) {
                    turn += Duration.ofSeconds(CALLERS).toNanos() / LEAST_PER_SECOND;
                    LockSupport.parkNanos(turn - System.nanoTime());
                  }
                }
              }));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    storage.logs.integrateNow();
    return times;
  }

  private static boolean row(
      String what, ConcurrentLinkedQueue<Long> times, Duration most, boolean rated) {
    List<Long> sorted = times.stream().sorted().toList();
    long rate = sorted.size() / MEASURED.toSeconds();
    Duration p99 = at(sorted, 99);
    boolean met =
        p99.compareTo(most) <= 0 && !sorted.isEmpty() && (!rated || rate >= LEAST_PER_SECOND);
    System.out.printf(
        "| %s | %,d | %.1f ms | %.1f ms | %,d |%s%n",
        what,
        rate,
        at(sorted, 50).toNanos() / 1e6,
        p99.toNanos() / 1e6,
        sorted.size(),
        met ? "" : " MISSED");
    return met;
  }

  private static Duration at(List<Long> sorted, int percent) {
    return sorted.isEmpty()
        ? Duration.ZERO
        : Duration.ofNanos(sorted.get((sorted.size() - 1) * percent / 100));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
