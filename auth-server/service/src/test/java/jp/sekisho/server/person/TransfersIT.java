package jp.sekisho.server.person;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.person.RowFault.Code;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first of April: 600 transfers loaded on 20 March. Nothing before midnight, all at midnight,
 * no renewed person refused at 08:30, undone exactly.
 */
@Tag("torture")
final class TransfersIT {
  private static final Instant LOADED = Instant.parse("2027-03-20T01:00:00Z");
  private static final Instant MIDNIGHT = Instant.parse("2027-03-31T15:00:00Z");
  private static final Instant MORNING = Instant.parse("2027-03-31T23:30:00Z");
  private static final int PERSONS = 700;
  private static final int ORDERED = 600;
  private static final int DIVISIONS = 20;

  @TempDir private Path directory;
  private final SettableClock clock = new SettableClock(LOADED);

  @Test
  void onSqlite() {
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      firstOfApril(storage);
    }
  }

  @Test
  @Tag("pg")
  void onPostgresql() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        OpenStorage storage =
            OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), directory, clock)) {
      firstOfApril(storage);
    }
  }

  private void firstOfApril(OpenStorage storage) {
    EntryReceipt _ =
        storage.transactions.write(c -> {
          Organs.create(c.handle(), Map.of("mayor", "市長部局"));
          return c.record(Entry.Subject.NONE, new ServiceEvent.Started("test"));
        });
    PersonImport importer = new PersonImport(storage.transactions, storage.seal, _ -> 2, clock);
    done(importer.run(csv(PersonCsv.HEADER, town()), false));
    done(importer.run(csv(PersonCsv.ORDERS_JA, fiscalYearStaff()), false));
    giveCards(storage);
    List<String> atFirst = DirectoryDump.of(storage);
    Map<String, String> today = everybody(storage);

    List<String> orders = orders();
    List<String> headless = orders.stream().filter(row -> !row.contains("S0010,")).toList();
    var refused =
        assertInstanceOf(
            PersonImport.Outcome.Refused.class,
            importer.run(csv(PersonCsv.ORDERS_JA, headless), false));
    assertEquals(List.of(Code.NO_APPROVER), refused.faults().stream().map(RowFault::code).toList());
    assertEquals(atFirst, DirectoryDump.of(storage));

    long start = System.nanoTime();
    var dry = done(importer.run(csv(PersonCsv.ORDERS_JA, orders), true));
    long looked = System.nanoTime();
    assertEquals(ORDERED, dry.changed().size());
    assertEquals("2027-04-01", String.valueOf(dry.effective()));
    assertEquals(atFirst, DirectoryDump.of(storage));
    long again = System.nanoTime();
    String order =
        String.valueOf(done(importer.run(csv(PersonCsv.ORDERS_JA, orders), false)).order());
    long loaded = System.nanoTime();
    assertEquals(today, everybody(storage), "nothing on the day it is loaded");

    List<String> ordered = DirectoryDump.of(storage);
    assertInstanceOf(PersonImport.Undone.Done.class, importer.undo(order));
    long undone = System.nanoTime();
    assertEquals(atFirst, DirectoryDump.of(storage), "exactly what it was, cards included");
    String second =
        String.valueOf(done(importer.run(csv(PersonCsv.ORDERS_JA, orders), false)).order());
    assertEquals(ordered, DirectoryDump.of(storage));

    goTo(MIDNIGHT.minusMillis(1));
    assertEquals(today, everybody(storage), "nothing a millisecond before midnight");
    assertInstanceOf(PersonImport.Undone.Done.class, importer.undo(second));
    assertEquals(atFirst, DirectoryDump.of(storage));
    done(importer.run(csv(PersonCsv.ORDERS_JA, orders), false));

    goTo(MIDNIGHT);
    Map<String, String> then = everybody(storage);
    int renewed = 0;
    for (int i = 1; i <= PERSONS; i++) {
      String number = number(i);
      if (i > ORDERED) {
        assertEquals(today.get(number), then.get(number), "not in the file");
      } else if (isRenewed(i)) {
        assertEquals(today.get(number), then.get(number), "renewed");
        renewed++;
      } else if (isLeaving(i)) {
        assertEquals("PERSON_NOT_CURRENT", then.get(number));
      } else {
        assertNotEquals(today.get(number), then.get(number), number);
        assertTrue(String.valueOf(then.get(number)).startsWith(division(i + 1)), number);
      }
    }
    goTo(MORNING);
    assertEquals(then, everybody(storage));
    assertEquals(100, renewed);
    assertEquals(cards(atFirst), cards(DirectoryDump.of(storage)), "renewed with their cards");
    System.out.printf(
        Locale.ROOT,
        "%d orders: dry run %d ms, applied %d ms, undone %d ms; %d renewed, none refused%n",
        ORDERED,
        Duration.ofNanos(looked - start).toMillis(),
        Duration.ofNanos(loaded - again).toMillis(),
        Duration.ofNanos(undone - loaded).toMillis(),
        renewed);
  }

  private void goTo(Instant at) {
    clock.advance(Duration.between(clock.instant(), at));
  }

  private static PersonImport.Outcome.Done done(PersonImport.Outcome outcome) {
    return assertInstanceOf(PersonImport.Outcome.Done.class, outcome, outcome.toString());
  }

  private static byte[] csv(String header, List<String> rows) {
    return (header + "\r\n" + String.join("\r\n", rows) + "\r\n")
        .getBytes(
            header.equals(PersonCsv.HEADER)
                ? StandardCharsets.UTF_8
                : Charset.forName("windows-31j"));
  }

  private static String number(int i) {
    return String.format(Locale.ROOT, "S%04d", i);
  }

  private static String division(int i) {
    return String.format(Locale.ROOT, "D%02d", i % DIVISIONS);
  }

  private static boolean isRenewed(int i) {
    return i <= ORDERED && i % 6 == 0;
  }

  private static boolean isLeaving(int i) {
    return i <= ORDERED && i % 50 == 31;
  }

  private static String roles(int i) {
    return switch (i) {
      case 1 -> "CLERK;ADMIN";
      case 2 -> "CLERK;APPROVER";
      case 3 -> "AUDITOR";
      case 4, 5 -> "CLERK;POLICY_OFFICER";
      default -> "CLERK";
    };
  }

  /** Everybody but the staff of the fiscal year. */
  private static List<String> town() {
    List<String> rows = new ArrayList<>();
    for (int i = 1; i <= PERSONS; i++) {
      if (!isRenewed(i)) {
        rows.add(
            "%s,職員 %d,mayor,%s,%s課,主事,2026-04-01,,%s"
                .formatted(number(i), i, division(i), division(i), roles(i)));
      }
    }
    return rows;
  }

  private static List<String> fiscalYearStaff() {
    List<String> rows = new ArrayList<>();
    for (int i = 6; i <= ORDERED; i += 6) {
      rows.add(
          "採用,%s,職員 %d,mayor,%s,%s課,事務補助,会計年度任用職員,2026/4/1,2027/3/31,,,CLERK,"
              .formatted(number(i), i, division(i), division(i)));
    }
    return rows;
  }

  /** One order for each of the first 600; administrator and auditor swap their offices at once. */
  private static List<String> orders() {
    List<String> rows = new ArrayList<>();
    for (int i = ORDERED; i >= 1; i--) {
      String to = division(i + 1);
      if (isRenewed(i)) {
        rows.add("任期更新,%s,,mayor,%s,,,,,2028/3/31,,,,".formatted(number(i), division(i)));
      } else if (isLeaving(i)) {
        rows.add("退職,%s,,,,,,,,2027/3/31,,,,".formatted(number(i)));
      } else {
        String roles =
            switch (i) {
              case 1 -> "AUDITOR";
              case 3 -> "CLERK;ADMIN";
              case 2 -> "CLERK";
              case 10 -> "CLERK;APPROVER";
              default -> roles(i);
            };
        rows.add(
            "異動,%s,職員 %d,mayor,%s,%s課,主任,,2027/4/1,,,,%s,".formatted(number(i), i, to, to, roles));
        if (i % 10 == 1) {
          String beside = division(i + 7);
          rows.add(
              "併任,%s,,mayor,%s,%s課,主任,,2027/4/1,2028/3/31,,,%s,"
                  .formatted(number(i), beside, beside, i == 1 ? "" : "CLERK"));
        }
      }
    }
    return rows;
  }

  /** Rows of cards: what matters here is that no order touches a byte of them. */
  private static void giveCards(OpenStorage storage) {
    EntryReceipt _ =
        storage.transactions.write(change -> {
          EntryReceipt entry = change.record(Entry.Subject.NONE, new ServiceEvent.Started("cards"));
          for (int i = 1; i <= PERSONS; i++) {
            byte[] hash = new byte[32];
            hash[0] = (byte) (i >> 8);
            hash[1] = (byte) i;
            change
                .handle()
                .execute(
                    "insert into authenticator (spki_hash, person, kind, certificate_hash,"
                        + " assurance, state, entry_id, mac)"
                        + " values (?, ?, 'staff-piv', ?, 'normal', 'active', ?, ?)",
                    hash,
                    number(i),
                    hash,
                    entry.entryId(),
                    hash);
          }
          return entry;
        });
  }

  private static List<String> cards(List<String> dump) {
    return dump.stream().filter(row -> row.startsWith("authenticator ")).toList();
  }

  /** What a login at the town's terminal asks of each: the acting post and the roles. */
  private Map<String, String> everybody(OpenStorage storage) {
    Persons persons = new Persons(storage.seal);
    Roles roles = new Roles(storage.seal);
    return storage.transactions.read(handle -> {
      Map<String, String> all = new TreeMap<>();
      Instant now = clock.instant();
      for (int i = 1; i <= PERSONS; i++) {
        String number = number(i);
        all.put(
            number,
            switch (persons.acting(handle, number, "T-0001", "mayor", now)) {
              case Standing.NotCurrent(var reason) -> reason.name();
              case Standing.Current current -> {
                List<Role> held = new ArrayList<>();
                for (Role role : Role.values()) {
                  if (roles.has(handle, number, role, "mayor", now)) {
                    held.add(role);
                  }
                }
                assertTrue(roles.hasAny(handle, number, "mayor", now), number);
                yield current.division() + " " + current.post() + " " + held;
              }
            });
      }
      return all;
    });
  }
}
