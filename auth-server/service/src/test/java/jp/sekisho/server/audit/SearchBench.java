package jp.sekisho.server.audit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import jp.sekisho.policy.audit.AuditPreset;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.Entry.Subject;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryIndex.Hits;
import jp.sekisho.server.auditor.Inspection;
import jp.sekisho.server.auditor.OpeningHours;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;

/**
 * How long a page of found entries takes: arguments are the numbers of entries, one after the other
 * in a growing log ({@code 1000000,10000000}; default 1,000,000) and {@code sqlite} or {@code
 * postgresql}. The entries are what the service writes, over a year, by 300 persons at 500
 * terminals ({@link LogFill}); a page is found, read and its seals verified.
 */
public final class SearchBench {
  private static final int PAGES = 300;
  private static final Instant BEGIN = Instant.parse("2025-11-21T00:00:00Z");

  private SearchBench() {}

  public static void main(String[] args) throws Exception {
    List<Integer> sizes =
        Stream.of((args.length > 0 ? args[0] : "1000000").split(","))
            .map(Integer::valueOf)
            .toList();
    boolean postgresql = args.length > 1 && args[1].equals("postgresql");
    Path directory = Files.createTempDirectory(Path.of("target"), "search-bench");
    SettableClock clock = new SettableClock(BEGIN);
    try {
      run(postgresql, directory, clock, sizes);
    } finally { // tens of gigabytes
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void run(
      boolean postgresql, Path directory, SettableClock clock, List<Integer> sizes)
      throws IOException {
    if (postgresql) {
      try (EmbeddedPostgres server = EmbeddedPostgres.start();
          OpenStorage storage =
              OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), directory, clock)) {
        run(storage, clock, sizes, "PostgreSQL", () -> databaseSize(storage));
      }
    } else {
      try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
        run(storage, clock, sizes, "SQLite", () -> filesOf(directory));
      }
    }
  }

  private static void run(
      OpenStorage storage,
      SettableClock clock,
      List<Integer> sizes,
      String vendor,
      LongSupplier disk) {
    Duration step = Duration.ofDays(365).dividedBy(sizes.getLast());
    for (int size : sizes) {
      long begun = System.nanoTime();
      LogFill.fill(
          storage,
          size,
          true,
          (index, id, salt) -> {
            Random random = new Random(index);
            return Entry.of(
                id, salt, BEGIN.plus(step.multipliedBy(index)), subject(random), event(random));
          });
      clock.advance(Duration.between(clock.instant(), BEGIN.plus(step.multipliedBy(size))));
      System.out.printf(
          Locale.ROOT,
          "%s: %,d entries, written and signed in %.0f s, %,d MB on disk%n",
          vendor,
          size,
          seconds(begun),
          disk.getAsLong() / 1_000_000);
      pages(storage, clock, size);
    }
  }

  private static void pages(OpenStorage storage, SettableClock clock, int count) {
    long days = Math.max(1, Duration.between(BEGIN, clock.instant()).toDays());
    EntryIndex index = new EntryIndex(storage.database, storage.logs);
    Inspection inspection = new Inspection(index);
    Inspection.Setting setting =
        new Inspection.Setting(clock.instant(), OpeningHours.usual(), List.of("S-7"), 30);
    Map<String, Function<Random, EntryQuery>> queries = new LinkedHashMap<>();
    queries.put("person", r -> EntryQuery.ALL.withPerson(person(r)));
    queries.put("terminal", r -> terminal(r, EntryQuery.ALL));
    queries.put("type, frequent", r -> EntryQuery.ALL.withEvent("session.resumed"));
    queries.put("type, rare", r -> EntryQuery.ALL.withEvent("grant.refused"));
    queries.put("feature", r -> EntryQuery.ALL.withEvent("login"));
    queries.put("outcome failure", r -> EntryQuery.ALL.withSuccess(false));
    queries.put("one day", r -> day(r, days, EntryQuery.ALL));
    queries.put("person and type", r -> EntryQuery.ALL.withPerson(person(r)).withEvent("login"));
    queries.put("person and failure", r -> EntryQuery.ALL.withPerson(person(r)).withSuccess(false));
    queries.put(
        "person and rare type",
        r -> EntryQuery.ALL.withPerson(person(r)).withEvent("grant.refused"));
    queries.put("person and terminal", r -> terminal(r, EntryQuery.ALL.withPerson(person(r))));
    queries.put("terminal and failure", r -> terminal(r, EntryQuery.ALL).withSuccess(false));
    queries.put(
        "type and success", r -> EntryQuery.ALL.withEvent("session.resumed").withSuccess(true));
    queries.put(
        "type and failure", r -> EntryQuery.ALL.withEvent("login.refused").withSuccess(false));
    queries.put("terminal and day", r -> day(r, days, terminal(r, EntryQuery.ALL)));
    queries.put(
        "type and failure, nothing found",
        r -> EntryQuery.ALL.withEvent("session.resumed").withSuccess(false));
    queries.forEach((name, query) ->
        measure(
            name,
            r -> {
              EntryQuery asked = query.apply(r);
              Hits hits = inspection.find("mayor", asked, place(r, count, clock), 50);
              return index.entries("mayor", hits.hits(), asked).size();
            }));
    for (AuditPreset preset :
        List.of(AuditPreset.OFF_HOURS, AuditPreset.ADMINISTRATION, AuditPreset.LOG_VIEWING)) {
      measure(
          "preset " + preset.text(),
          r -> {
            Hits hits =
                inspection.find(
                    "mayor", preset, EntryQuery.ALL, setting, place(r, count, clock), 50);
            return index.entries("mayor", hits.hits(), EntryQuery.ALL).size();
          });
    }
    measure("plain list", r -> storage.logs.page("mayor", null, r.nextLong(count), 50).size());
  }

  /** Every second page begins somewhere in the past. */
  private static Position place(Random random, int count, SettableClock clock) {
    return random.nextBoolean()
        ? Position.NEWEST
        : new Position(
            BEGIN.toEpochMilli()
                + (long)
                    (random.nextDouble() * Duration.between(BEGIN, clock.instant()).toMillis()),
            count);
  }

  private static void measure(String name, Function<Random, Integer> page) {
    Random random = new Random(11);
    for (int i = 0; i < 30; i++) {
      int _ = page.apply(random);
    }
    long[] times = new long[PAGES];
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < PAGES; i++) {
      long begun = System.nanoTime();
      rows.add(page.apply(random));
      times[i] = System.nanoTime() - begun;
    }
    Arrays.sort(times);
    System.out.printf(
        Locale.ROOT,
        "%-34s median %6.1f ms  p95 %6.1f ms  max %6.1f ms  rows %.1f%n",
        name,
        times[PAGES / 2] / 1e6,
        times[PAGES * 95 / 100] / 1e6,
        times[PAGES - 1] / 1e6,
        rows.stream().mapToInt(Integer::intValue).average().orElse(0));
  }

  private static Subject subject(Random random) {
    return new Subject("mayor", person(random), null, terminalId(random), "AAECAwQFBgcICQoL");
  }

  private static String person(Random random) {
    return "S-" + random.nextInt(300);
  }

  private static String terminalId(Random random) {
    return String.format(Locale.ROOT, "T-%04d", random.nextInt(500));
  }

  private static EntryQuery terminal(Random random, EntryQuery query) {
    return new EntryQuery(
        query.person(), terminalId(random), query.event(), query.success(), null, null);
  }

  private static EntryQuery day(Random random, long days, EntryQuery query) {
    Instant from = BEGIN.plus(Duration.ofDays(random.nextLong(days)));
    return query.within(from, from.plus(Duration.ofDays(1)));
  }

  private static AuditEvent event(Random random) {
    int lot = random.nextInt(1000);
    if (lot < 1) {
      return new GrantEvent.Refused("approve", null, Refusal.APPROVAL_OWN);
    }
    if (lot < 20) {
      return new LoginEvent.Refused("AAECAwQFBgcICQoLDA0ODw", Refusal.NOT_ENROLLED);
    }
    if (lot < 250) {
      return new LoginEvent.Succeeded(
          "AAECAwQFBgcICQoLDA0ODw",
          Purpose.LOGIN,
          "s".repeat(43),
          "g".repeat(342),
          "k",
          true,
          "staff-piv",
          "normal");
    }
    return lot < 500 ? new SessionEvent.Ended("logout") : new SessionEvent.Resumed();
  }

  private static long databaseSize(OpenStorage storage) {
    return storage.database.read(handle ->
        handle.createQuery("select pg_database_size(current_database())").mapTo(Long.class).one());
  }

  private static long filesOf(Path directory) {
    try {
      return LogFill.size(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double seconds(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }
}
