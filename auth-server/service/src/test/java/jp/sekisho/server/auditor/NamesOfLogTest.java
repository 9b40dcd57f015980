package jp.sekisho.server.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries are read under the names and posts of their own days. */
class NamesOfLogTest {
  private static final String HEAD = "発令区分,職員番号,氏名,機関,課コード,課名,職,任用区分,開始日,終了日,契約終了日,再委託,役割,派遣元\n";

  private static final String TOWN =
      """
      採用,S1,一,mayor,J01,情報課,主査,,2026-04-01,,,,CLERK;ADMIN,
      採用,S2,二,mayor,J02,総務課,課長,,2026-04-01,,,,APPROVER,
      採用,S3,三,mayor,J03,監査課,書記,,2026-04-01,,,,AUDITOR,
      採用,S4,四,mayor,J02,総務課,参事,,2026-04-01,,,,POLICY_OFFICER,
      採用,S9,関 花子,mayor,J04,市民課,主事,,2026-04-01,,,,CLERK,
      """;

  /** 市民課 becomes 市民窓口課, which orders tell by naming it so. */
  private static final String RENAMED = "採用,S6,六,mayor,J04,市民窓口課,主事,,2026-07-01,,,,CLERK,\n";

  private static final String CHANGE = "異動,S9,所 花子,mayor,J05,税務課,主査,,2026-10-01,,,,CLERK,\n";

  @TempDir Path directory;

  private static void apply(OpenStorage storage, SettableClock clock, String csv) {
    PersonImport.Outcome outcome =
        new PersonImport(storage.transactions, storage.seal, _ -> 1, clock)
            .run(csv.getBytes(StandardCharsets.UTF_8), false);
    assertInstanceOf(PersonImport.Outcome.Done.class, outcome, outcome.toString());
  }

  @Test
  void aPersonAndADivisionAreCalledAsOnTheDayOfTheEntry() {
    SettableClock clock = new SettableClock(Instant.parse("2026-04-01T03:00:00Z"));
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      EntryReceipt _ =
          storage.transactions.write(c -> {
            Organs.create(c.handle(), Map.of("mayor", "市長部局"));
            return c.record(Entry.Subject.NONE, new ServiceEvent.Started("test"));
          });
      apply(storage, clock, HEAD + TOWN);
      apply(storage, clock, HEAD + RENAMED);
      apply(storage, clock, HEAD + CHANGE);
      NameTable names =
          storage.transactions.read(
              handle -> NamesOfLog.of(handle, storage.seal, "mayor", LocalDate.of(2026, 12, 1)));
      assertEquals("関 花子", names.name("S9", LocalDate.of(2026, 9, 30)));
      assertEquals("所 花子", names.name("S9", LocalDate.of(2026, 10, 1)));
      assertEquals("市民課 主事", names.post("S9", null, LocalDate.of(2026, 6, 30)));
      assertEquals("市民窓口課 主事", names.post("S9", null, LocalDate.of(2026, 7, 1)));
      assertEquals("市民窓口課 主事", names.post("S9", null, LocalDate.of(2026, 9, 30)));
      assertEquals("税務課 主査", names.post("S9", null, LocalDate.of(2026, 10, 1)));
      assertEquals("関 花子", names.name("S9", LocalDate.of(2020, 1, 1)));
      assertEquals(6, names.people());
    }
  }
}
