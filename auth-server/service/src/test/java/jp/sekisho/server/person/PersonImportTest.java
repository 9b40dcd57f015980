package jp.sekisho.server.person;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The personnel file, from bytes to sealed rows. */
class PersonImportTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final String ROW = "S1001,山田 花子,mayor,J01,住民課,主事,2026-04-01,,CLERK;ADMIN";

  @TempDir Path directory;
  private OpenStorage storage;
  private PersonImport importer;
  private Persons persons;
  private Roles roles;

  @BeforeEach
  void open() {
    storage = OpenStorage.sqlite(directory);
    EntryReceipt _ =
        storage.transactions.write(c -> {
          Organs.create(c.handle(), Map.of("mayor", "市長部局"));
          return c.record(Entry.Subject.NONE, new ServiceEvent.Started("test"));
        });
    importer = new PersonImport(storage.transactions, storage.seal, _ -> 1, InstantSource.system());
    persons = new Persons(storage.seal);
    roles = new Roles(storage.seal);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private static byte[] csv(String... rows) {
    return (PersonCsv.HEADER + "\r\n" + String.join("\r\n", rows) + "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private PersonImport.Outcome.Done done(byte[] file) {
    return assertInstanceOf(PersonImport.Outcome.Done.class, importer.run(file, false));
  }

  private RowFault fault(byte[] file) {
    return assertInstanceOf(PersonImport.Outcome.Refused.class, importer.run(file, false))
        .faults()
        .get(0);
  }

  private Standing standing(String person, Instant at) {
    return storage.transactions.read(h -> persons.current(h, person, at));
  }

  private boolean has(String person, Role role) {
    return storage.transactions.read(h -> roles.has(h, person, role, "mayor", NOW));
  }

  @Test
  void importsUtf8WithAndWithoutBomAndCp932Alike() {
    String text = PersonCsv.HEADER + "\r\n" + ROW + "\r\n";
    assertEquals(1, done(text.getBytes(StandardCharsets.UTF_8)).changed().size());
    assertEquals(1, done(("\uFEFF" + text).getBytes(StandardCharsets.UTF_8)).unchanged());
    assertEquals(1, done(text.getBytes(Charset.forName("windows-31j"))).unchanged());
    assertEquals("山田 花子", storage.transactions.read(h -> persons.name(h, "S1001")).orElseThrow());
    assertEquals(new Standing.Current("S1001", "mayor", "J01", "主事"), standing("S1001", NOW));
    assertTrue(has("S1001", Role.ADMIN));
    assertFalse(has("S1001", Role.APPROVER));
  }

  @Test
  void writesOneEntryPerPersonWithoutAnyName() {
    done(csv(ROW, "S1002,佐藤 太郎,mayor,J01,住民課,主任,2026/4/1,2027/3/31,"));
    storage.logs.integrateNow();
    List<LogRow> page = storage.logs.page("mayor", null, Long.MAX_VALUE, 10);
    assertEquals(2, page.size());
    for (LogRow row : page) {
      Entry entry = assertInstanceOf(LogRow.Intact.class, row).entry();
      assertEquals("person.imported", entry.type());
      String body = new String(entry.bytes(), StandardCharsets.UTF_8);
      assertFalse(body.contains("山田") || body.contains("佐藤"), body);
    }
  }

  @Test
  void dryRunSaysTheSameAndChangesNothing() {
    var outcome = assertInstanceOf(PersonImport.Outcome.Done.class, importer.run(csv(ROW), true));
    assertEquals(1, outcome.changed().size());
    assertInstanceOf(Standing.NotCurrent.class, standing("S1001", NOW));
  }

  @Test
  void oneWrongRowRefusesTheWholeFile() {
    RowFault fault = fault(csv(ROW, "S1002,佐藤 太郎,mayor,J01,住民課,主任,2026-13-01,,"));
    assertEquals(new RowFault(3, 7, RowFault.Code.DAY, List.of("from")), fault);
    assertInstanceOf(Standing.NotCurrent.class, standing("S1001", NOW));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "123456789012,名,mayor,J01,課,職,2026-04-01,, | NUMBER",
        "S 1,名,mayor,J01,課,職,2026-04-01,, | NUMBER",
        "S1,,mayor,J01,課,職,2026-04-01,, | TEXT",
        "S1,名,other,J01,課,職,2026-04-01,, | ORGAN",
        "S1,名,mayor,J01,課,職,2026-02-30,, | DAY",
        "S1,名,mayor,J01,課,職,2026-04-01,2026-03-31, | PERIOD",
        "S1,名,mayor,J01,課,職,2026-04-01,,KING | ROLE",
        "S1,名,mayor,J01,課,職,2026-04-01,,ADMIN;AUDITOR | ROLE_CONFLICT",
        "S1,名,mayor,J01,課,職,2026-04-01 | COLUMNS",
        "S1,\u202E名,mayor,J01,課,職,2026-04-01,, | TEXT",
        "S1,名 123456789018,mayor,J01,課,職,2026-04-01,, | INDIVIDUAL_NUMBER",
        "S1,名,mayor,１２３４５６７８９０１８,課,職,2026-04-01,, | INDIVIDUAL_NUMBER",
        "S1,名,mayor,J01,課 1234-5678-9018,職,2026-04-01,, | INDIVIDUAL_NUMBER",
        "S1,名,mayor,J01,課,1234 5678 9018,2026-04-01,, | INDIVIDUAL_NUMBER",
      })
  void refusesARowThatIsNotRight(String row, RowFault.Code code) {
    RowFault fault = fault(csv(row));
    assertEquals(code, fault.code());
    assertEquals(2, fault.line());
    assertFalse(fault.values().toString().contains("123456789012"));
  }

  @Test
  void refusesFilesThatAreNoPersonnelFile() {
    assertEquals(RowFault.Code.HEADER, fault("a,b\r\n".getBytes(StandardCharsets.UTF_8)).code());
    assertEquals(RowFault.Code.HEADER, fault(new byte[0]).code());
    assertEquals(RowFault.Code.ENCODING, fault(new byte[] {(byte) 0xFF, (byte) 0xFF}).code());
    assertEquals(RowFault.Code.FILE_TOO_LARGE, fault(new byte[PersonCsv.MAX_BYTES + 1]).code());
    assertEquals(RowFault.Code.REPEATED, fault(csv(ROW, ROW)).code());
    String[] many = new String[PersonCsv.MAX_ROWS + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = "S" + i + ",名,mayor,J01,課,職,2026-04-01,,";
    }
    assertEquals(RowFault.Code.TOO_MANY_ROWS, fault(csv(many)).code());
  }

  @Test
  void postIsValidOnItsFirstAndLastDayInJapan() {
    done(csv("S1,名,mayor,J01,課,職,2026-04-01,2027-03-31,"));
    assertInstanceOf(
        Standing.NotCurrent.class, standing("S1", Instant.parse("2026-03-31T14:59:59Z")));
    assertInstanceOf(Standing.Current.class, standing("S1", Instant.parse("2026-03-31T15:00:00Z")));
    assertInstanceOf(Standing.Current.class, standing("S1", Instant.parse("2027-03-31T14:59:59Z")));
    assertInstanceOf(
        Standing.NotCurrent.class, standing("S1", Instant.parse("2027-03-31T15:00:00Z")));
  }

  @Test
  void aNewRowReplacesRoles() {
    done(csv(ROW, "S1002,佐藤 太郎,mayor,J01,住民課,主任,2026-04-01,,ADMIN"));
    done(csv("S1001,山田 花子,mayor,J01,住民課,主事,2026-04-01,,AUDITOR"));
    assertTrue(has("S1001", Role.AUDITOR));
    assertFalse(has("S1001", Role.ADMIN));
  }

  @Test
  void editedRowsOfPostAndRoleAreNamed() {
    done(csv(ROW));
    int _ =
        storage
            .database
            .writer()
            .sequence(
                h -> h.execute("update role_assignment set role = 'AUDITOR' where role = 'CLERK'"));
    TamperedException role =
        assertThrows(TamperedException.class, () -> has("S1001", Role.AUDITOR));
    assertEquals("role_assignment", role.table());
    int _ =
        storage
            .database
            .writer()
            .sequence(h -> h.execute("update post set valid_from = '2020-01-01'"));
    TamperedException post = assertThrows(TamperedException.class, () -> standing("S1001", NOW));
    assertEquals("S1001", post.row());
  }
}
