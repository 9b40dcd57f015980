package jp.sekisho.server.person;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import jp.sekisho.server.audit.RowCheck;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attack: an insider with the database deletes posts and roles; all seals are genuine. */
class TimelineRowsTest {
  private static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles\n";
  private static final String CLERK =
      "100042,見本 花子,mayor,shimin,市民課,主事,2026-04-01,2036-03-31,CLERK\n";

  @TempDir Path directory;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));

  @SuppressWarnings("NullAway.Init") // by open()
  private OpenStorage storage;

  @BeforeEach
  void open() {
    storage = OpenStorage.sqlite(directory, clock);
    execute("insert into organ (id, name) values ('mayor', '市長部局')");
    order(
        CLERK
            + "100031,承認 三郎,mayor,shimin,市民課,課長,2026-04-01,2036-03-31,CLERK;APPROVER\n"
            + "100007,監査 花子,mayor,kansa,監査課,書記,2026-04-01,2036-03-31,AUDITOR\n");
    storage.start();
    assertEquals(List.of(), found());
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private void execute(String sql) {
    storage.database.writer().write(handle -> handle.execute(sql));
  }

  private void order(String rows) {
    order(storage, rows);
  }

  private void order(OpenStorage by, String rows) {
    assertInstanceOf(
        PersonImport.Outcome.Done.class,
        new PersonImport(by.transactions, by.seal, _ -> 1, clock)
            .run((HEADER + rows).getBytes(UTF_8), false));
  }

  private List<String> found() {
    return storage.logs.rowCheck(clock).run().stream().map(RowCheck.Finding::table).toList();
  }

  @Test
  void allRowsOfAPersonAreMissedThoughNoneIsLeftToSaySo() {
    execute("delete from post where person = '100007'");
    execute("delete from role_assignment where person = '100007'");
    assertEquals(List.of("post"), found());
    execute("delete from person where number = '100007'");
    assertEquals(List.of("post"), found());
  }

  @Test
  void soIsOneRoleAmongOthers() {
    execute("delete from role_assignment where person = '100031' and role = 'APPROVER'");
    assertEquals(List.of("post"), found());
  }

  @Test
  void norIsWhatTheConsoleTakesAwayBesideTheService() {
    try (OpenStorage console = OpenStorage.sqlite(directory, clock)) {
      order(console, "100042,見本 花子,mayor,zeimu,税務課,主事,2026-11-21,2036-03-31,CLERK\n");
      assertEquals(List.of(), found());
    }
  }

  @Test
  void whatAnOrderTakesAwayIsNotMissed() {
    order("100042,見本 花子,mayor,zeimu,税務課,主事,2026-11-21,2036-03-31,CLERK\n");
    assertEquals(List.of(), found());
    order("100042,見本 花子,mayor,zeimu,税務課,主事,2026-11-21,2026-12-31,CLERK;APPROVER\n");
    assertEquals(List.of(), found());
  }
}
