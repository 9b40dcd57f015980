package jp.sekisho.server.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jp.sekisho.policy.audit.AuditPreset;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.BreachEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.Entry.Subject;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.MeasureEvent;
import jp.sekisho.protocol.event.MeasureEvent.Due;
import jp.sekisho.protocol.event.PersonEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.audit.EntryHit;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.audit.EntryIndex.Hits;
import jp.sekisho.server.audit.EntryQuery;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.audit.Resumption;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A seeded month of data, with exactly the hits that each question must have.
 *
 * <p>Past 400 lines: one month, and a case for each question.
 */
class InspectionTest {
  private static final Instant FRIDAY_TEN = Instant.parse("2026-11-20T01:00:00Z");
  private static final Subject CLERK = subject("S-1", "T-0001");
  private static final Subject OTHER = subject("S-2", "T-0002");
  private static final Subject ADMIN = subject("A-1", "T-0009");

  private final SettableClock clock = new SettableClock(FRIDAY_TEN);

  @SuppressWarnings("NullAway.Init") // by open()
  private OpenStorage storage;

  @SuppressWarnings("NullAway.Init") // by open()
  private EntryIndex index;

  @SuppressWarnings("NullAway.Init") // by open()
  private Inspection inspection;

  @SuppressWarnings("NullAway.Init") // by open()
  private Path directory;

  private long next;

  private static Subject subject(String person, String terminal) {
    return new Subject("mayor", person, null, terminal, null);
  }

  @BeforeEach
  void open(@TempDir Path folder) {
    directory = folder;
    open();
  }

  private void open() {
    storage = OpenStorage.sqlite(directory, clock);
    index = new EntryIndex(storage.database, storage.logs);
    inspection = new Inspection(index);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private long add(Subject subject, AuditEvent event) {
    var _ = storage.transactions.write(change -> change.record(subject, event));
    return next++;
  }

  private long fromTerminal(Subject subject, String type, Map<String, Object> data) {
    DeviceRecord record =
        new DeviceRecord(
            "T-0001",
            "EBESExQVFhcYGRobHB0eHw",
            next + 1,
            DeviceRecord.GENESIS,
            clock.instant(),
            type,
            null,
            data);
    var _ = storage.transactions.write(change -> change.record(subject, record));
    return next++;
  }

  private static String grant(int number) {
    return "AAECAwQFBgcICQoLDA0O0" + number;
  }

  private List<Long> indexes(Hits hits) {
    return hits.hits().stream().map(EntryHit::index).toList();
  }

  private Inspection.Setting setting() {
    return new Inspection.Setting(
        clock.instant(), OpeningHours.usual(), List.of("A-1", "V-1"), Inspection.OLD_DAYS);
  }

  private void follow() {
    storage.logs.integrateNow();
    assertEquals(0, index.catchUp("mayor", 10_000));
  }

  private List<Long> ask(AuditPreset preset) {
    return ask("mayor", preset);
  }

  private List<Long> ask(String log, AuditPreset preset) {
    return indexes(inspection.find(log, preset, EntryQuery.ALL, setting(), Position.NEWEST, 50));
  }

  @Test
  void conditionsAreJoinedAndPagesNeitherRepeatNorLoseAnEntry() {
    List<Long> wanted = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      clock.advance(Duration.ofMillis(i % 3)); // equal times as well
      Subject subject = i % 2 == 0 ? CLERK : OTHER;
      long at =
          i % 5 == 0
              ? add(subject, new GrantEvent.Refused("approve", null, Refusal.APPROVAL_OWN))
              : add(subject, new SessionEvent.Resumed());
      if (i % 10 == 0) {
        wanted.addFirst(at);
      }
    }
    follow();
    EntryQuery query = new EntryQuery("S-1", "T-0001", "grant", false, null, null);
    List<Long> found = new ArrayList<>();
    Position at = Position.NEWEST;
    int pages = 0;
    while (at != null) {
      Hits hits = inspection.find("mayor", query, at, 7);
      found.addAll(indexes(hits));
      at = hits.next();
      pages++;
    }
    assertEquals(wanted, found);
    assertTrue(pages >= 4, "pages " + pages);
    List<LogRow> rows =
        index.entries("mayor", inspection.find("mayor", query, Position.NEWEST, 3).hits(), query);
    assertEquals(3, rows.stream().filter(LogRow.Intact.class::isInstance).count());
  }

  @Test
  void timeIsHalfOpenAndTypeIsNotFeature() {
    long early = add(CLERK, new SessionEvent.Resumed());
    clock.advance(Duration.ofHours(1));
    Instant middle = clock.instant();
    long late = add(CLERK, new SessionEvent.Ended("logout"));
    follow();
    EntryQuery session = EntryQuery.ALL.withEvent("session");
    assertEquals(
        List.of(late),
        indexes(inspection.find("mayor", session.within(middle, null), Position.NEWEST, 9)));
    assertEquals(
        List.of(early),
        indexes(inspection.find("mayor", session.within(null, middle), Position.NEWEST, 9)));
    assertEquals(
        List.of(late),
        indexes(
            inspection.find(
                "mayor", EntryQuery.ALL.withEvent("session.ended"), Position.NEWEST, 9)));
    assertEquals(List.of(), indexes(inspection.find("system", session, Position.NEWEST, 9)));
  }

  @Test
  void whatWasDoneOutsideOpeningHoursIsFoundAcrossDays() {
    add(CLERK, new SessionEvent.Resumed());
    clock.advance(Duration.ofHours(8)); // Friday 18:00
    long evening = add(CLERK, new SessionEvent.Ended("logout"));
    clock.advance(Duration.ofHours(20)); // Saturday 14:00
    long saturday = add(OTHER, new SessionEvent.Resumed());
    clock.advance(Duration.ofHours(43)); // Monday 09:00
    add(OTHER, new SessionEvent.Resumed());
    follow();
    assertEquals(List.of(saturday, evening), ask(AuditPreset.OFF_HOURS));
    Hits first =
        inspection.find(
            "mayor", AuditPreset.OFF_HOURS, EntryQuery.ALL, setting(), Position.NEWEST, 1);
    assertEquals(List.of(saturday), indexes(first));
    Position rest = Objects.requireNonNull(first.next());
    assertEquals(
        List.of(evening),
        indexes(
            inspection.find("mayor", AuditPreset.OFF_HOURS, EntryQuery.ALL, setting(), rest, 50)));
  }

  @Test
  void fiveFailuresOfOnePersonInTenMinutesAreARowFourAreNot() {
    List<Long> row = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      row.addFirst(add(CLERK, new GrantEvent.Refused("approve", null, Refusal.APPROVAL_OWN)));
      clock.advance(Duration.ofMinutes(2));
      if (i < 4) {
        add(OTHER, new GrantEvent.Refused("approve", null, Refusal.APPROVAL_OWN));
      }
    }
    clock.advance(Duration.ofHours(1));
    for (int i = 0; i < 5; i++) {
      add(OTHER, new GrantEvent.Refused("approve", null, Refusal.APPROVAL_OWN));
      clock.advance(Duration.ofMinutes(5));
    }
    follow();
    assertEquals(row, ask(AuditPreset.REPEATED_FAILURES));
  }

  @Test
  void deniedPlugInsAreBlockedDevicesAndRefusedMedia() {
    long blocked = fromTerminal(CLERK, "usb.blocked", Map.of("port", "3-1"));
    fromTerminal(CLERK, "usb.allowed", Map.of("port", "3-2"));
    long refused = fromTerminal(CLERK, "export.refused", Map.of("grant", grant(1)));
    follow();
    assertEquals(List.of(refused, blocked), ask(AuditPreset.DENIED_PLUG_INS));
  }

  @Test
  void anExceptionIsOldUntilItIsClosed() {
    long open = add(CLERK, approved(1));
    add(CLERK, approved(2));
    clock.advance(Duration.ofDays(31));
    add(CLERK, new GrantEvent.Returned(grant(2), "M-0007"));
    add(CLERK, approved(3));
    follow();
    assertEquals(List.of(open), ask(AuditPreset.OLD_GRANTS));
  }

  @Test
  void openingsAndApprovalsAreMatchedBothWays() {
    add(CLERK, approved(1));
    add(CLERK, new GrantEvent.Activated(grant(1), "M-0007", "f", "2026-11-20T03:00:00Z"));
    fromTerminal(CLERK, "export.opened", Map.of("grant", grant(1)));
    long approvedOnly = fromTerminalAfterApproval();
    long unknown = fromTerminal(CLERK, "export.opened", Map.of("grant", grant(7)));
    long unnamed = fromTerminal(CLERK, "export.opened", Map.of("medium", "M-0009"));
    long unused = add(CLERK, approved(3));
    follow();
    assertEquals(List.of(unnamed, unknown, approvedOnly), ask(AuditPreset.EXPORT_WITHOUT_GRANT));
    assertEquals(List.of(unused), ask(AuditPreset.GRANT_WITHOUT_EXPORT));
  }

  /** Without a medium nothing has to come back: the end of its use is the end of it. */
  @Test
  void importsAndCopiesAreMatchedTooAndOverWithTheirUse() {
    add(CLERK, approved(1));
    add(CLERK, new GrantEvent.Activated(grant(1), null, null, "2026-11-20T03:00:00Z"));
    fromTerminal(CLERK, "import.released", Map.of("grant", grant(1)));
    add(CLERK, new GrantEvent.Ended(grant(1), "clock"));
    long out = add(CLERK, approved(2));
    add(CLERK, new GrantEvent.Activated(grant(2), "M-0007", "f", "2026-11-20T03:00:00Z"));
    fromTerminal(CLERK, "export.opened", Map.of("grant", grant(2)));
    add(CLERK, new GrantEvent.Ended(grant(2), "clock"));
    fromTerminal(CLERK, "clipboard.crossed", Map.of("effect", "audit"));
    long unknown = fromTerminal(CLERK, "clipboard.crossed", Map.of("grant", grant(7)));
    long unnamed = fromTerminal(CLERK, "import.released", Map.of("bytes", 1L));
    follow();
    assertEquals(List.of(unnamed, unknown), ask(AuditPreset.EXPORT_WITHOUT_GRANT));
    assertEquals(List.of(), ask(AuditPreset.GRANT_WITHOUT_EXPORT));
    clock.advance(Duration.ofDays(31));
    assertEquals(List.of(out), ask(AuditPreset.OLD_GRANTS));
  }

  /**
   * 定例許可: an occurrence is allowed by its series' approval, and the series itself is never used.
   */
  @Test
  void anOccurrenceIsMatchedAsAnApprovalIsAndASeriesIsOldUntilItEnds() {
    String series = grant(9);
    long approved =
        add(
            CLERK,
            new GrantEvent.SeriesApproved(
                series, "t", "d", "s", "g", "k", "weekly", 3, "from", "until", null));
    Subject organ = new Subject("mayor", null, null, null, null);
    add(organ, new GrantEvent.Occurrence(grant(1), series, 1, "from", "until"));
    long unused = add(organ, new GrantEvent.Occurrence(grant(2), series, 2, "from", "until"));
    add(CLERK, new GrantEvent.Activated(grant(1), "M-0007", "f", "2026-11-20T03:00:00Z"));
    fromTerminal(CLERK, "export.opened", Map.of("grant", grant(1)));
    add(CLERK, new GrantEvent.Returned(grant(1), "M-0007"));
    long before = fromTerminal(CLERK, "export.opened", Map.of("grant", series));
    follow();
    assertEquals(List.of(before), ask(AuditPreset.EXPORT_WITHOUT_GRANT));
    assertEquals(List.of(unused), ask(AuditPreset.GRANT_WITHOUT_EXPORT));
    clock.advance(Duration.ofDays(31));
    assertEquals(List.of(unused, approved), ask(AuditPreset.OLD_GRANTS));
    add(organ, new GrantEvent.SeriesEnded(series, "person"));
    follow();
    assertEquals(List.of(unused), ask(AuditPreset.OLD_GRANTS));
    add(organ, new GrantEvent.SeriesEnded(grant(2), "person"));
    follow();
    assertEquals(List.of(), ask(AuditPreset.OLD_GRANTS));
  }

  /**
   * Attack: a terminal that was taken over names exceptions in its records, as many as it likes.
   */
  @Test
  void whatATerminalWritesAboutExceptionsStopsNoQuestionAboutThem() {
    long unused = add(CLERK, approved(1));
    for (int i = 0; i < 300; i++) {
      String made = "ZZZZZZZZZZZZZZZZZZZ%03d".formatted(i);
      fromTerminal(CLERK, "export.refused", Map.of("grant", made));
    }
    long last = fromTerminal(CLERK, "export.opened", Map.of("grant", "ZZZZZZZZZZZZZZZZZZZ001"));
    follow();
    assertEquals(List.of(grant(1)), List.copyOf(index.grants("mayor").keySet()));
    assertEquals(List.of(last), ask(AuditPreset.EXPORT_WITHOUT_GRANT));
    assertEquals(List.of(unused), ask(AuditPreset.GRANT_WITHOUT_EXPORT));
    clock.advance(Duration.ofDays(31));
    assertEquals(List.of(unused), ask(AuditPreset.OLD_GRANTS));
  }

  private long fromTerminalAfterApproval() {
    add(CLERK, approved(2));
    return fromTerminal(CLERK, "export.opened", Map.of("grant", grant(2)));
  }

  @Test
  void administratorsAndVendorsAreFoundByWhatOnlyTheyDoAndByTheirRole() {
    add(CLERK, new SessionEvent.Resumed());
    long imported =
        add(CLERK, new PersonEvent.Imported("O-0001", "added", "2026-04-01", List.of(), List.of()));
    long own = add(ADMIN, new SessionEvent.Resumed());
    long vendors = add(subject("V-1", "T-0001"), new SessionEvent.Resumed());
    follow();
    assertEquals(List.of(vendors, own, imported), ask(AuditPreset.ADMINISTRATION));
  }

  /** What clerks, approvers, auditors, terminals, other systems and the clock cause. */
  private static final List<String> OTHERS =
      List.of(
          "agent",
          "clipboard",
          "deputy.absent",
          "deputy.back",
          "deputy.refused",
          "emergency",
          "export",
          "grant.activated",
          "grant.approved",
          "grant.approved-once",
          "grant.corrected",
          "grant.ended",
          "grant.expired",
          "grant.extended",
          "grant.extension-rejected",
          "grant.extension-requested",
          "grant.occurrence",
          "grant.overdue",
          "grant.refused",
          "grant.rejected",
          "grant.remanded",
          "grant.reported",
          "grant.requested",
          "grant.returned",
          "grant.reviewed",
          "grant.series-approved",
          "grant.series-confirmed",
          "grant.series-ended",
          "grant.series-suspended",
          "grant.handed-over",
          "grant.erased",
          "grant.report-overdue",
          "grant.withdrawn",
          "import",
          "log.exported",
          "log.hold-lifted",
          "log.hold-set",
          "log.prune-refused",
          "log.pruned",
          "log.refused",
          "log.sampled",
          "log.searched",
          "log.sheet-made",
          "log.stamp-refused",
          "log.stamped",
          "log.viewed",
          "log.witness-refused",
          "login",
          "offline",
          "passkey.counter-went-back",
          "passkey.refused",
          "passkey.registered",
          "passkey.seen",
          "passkey.suspended",
          "policy.accepted",
          "policy.refused",
          "policy.renewed",
          "relying.refused",
          "relying.reported",
          "relying.reports-began",
          "relying.returned",
          "relying.silent",
          "relying.vouched",
          "service.failed",
          "service.started",
          "service.state-tampered",
          "service.stopped",
          "service.trust-unusable",
          "session",
          "terminal.clock-off",
          "terminal.clock-right",
          "terminal.enforcement-reported",
          "terminal.enrolled",
          "terminal.records-refused",
          "terminal.refused",
          "terminal.renewed",
          "terminal.returned",
          "terminal.silent",
          "usb");

  @Test
  void eachTypeOfEntryIsAnAdministratorsOrIsNot() throws Exception {
    Matcher types =
        Pattern.compile("(?m)^### ([a-z]+\\.[a-z.-]+)$")
            .matcher(Files.readString(Path.of("..", "..", "docs", "audit-events.md")));
    int count = 0;
    for (; types.find(); count++) {
      String type = types.group(1);
      long lists =
          Stream.of(Inspection.ADMINISTRATIVE, OTHERS)
              .filter(list ->
                  list.stream().anyMatch(one -> type.equals(one) || type.startsWith(one + ".")))
              .count();
      assertEquals(1, lists, type + " has to stand in exactly one list");
    }
    assertTrue(count > 150, "read " + count);
  }

  @Test
  @DisplayName("R18, R27, R28: what is late of measures and of reports of leaks is one question")
  void measuresAndReportsThatAreLateAreFound() {
    add(ADMIN, new MeasureEvent.Reviewed(grant(1), "E-0001"));
    Subject organ = new Subject("mayor", null, null, null, null);
    long review =
        add(organ, new MeasureEvent.Overdue(grant(1), "E-0001", Due.REVIEW, "2026-11-20"));
    long end = add(organ, new MeasureEvent.Overdue(grant(1), "E-0001", Due.END, "2026-11-21"));
    add(ADMIN, new BreachEvent.Reported(grant(2), "B-0001", "final", "2026-11-20", "d"));
    long report = add(organ, new BreachEvent.Overdue(grant(2), "B-0001", "final", "2026-11-20"));
    follow();
    assertEquals(List.of(report, end, review), ask(AuditPreset.OVERDUE_MEASURES));
  }

  /** A restored database: what was asked before the restore is answered after it, too. */
  @Test
  void aClosedGenerationIsFoundAndExceptionsAreFollowedAcrossTheBorder() throws Exception {
    long used = add(CLERK, approved(1));
    add(CLERK, new GrantEvent.Activated(grant(1), "M-0007", "f", "2026-11-20T03:00:00Z"));
    long unused = add(CLERK, approved(2));
    add(CLERK, approved(3));
    storage.logs.integrateNow();
    Path backup = directory.resolve("backup");
    storage.close();
    Files.copy(directory.resolve("sekisho.db"), backup);
    open();
    add(OTHER, new SessionEvent.Resumed()); // signed, and gone with the restore
    storage.logs.integrateNow();
    storage.close();
    Files.move(backup, directory.resolve("sekisho.db"), StandardCopyOption.REPLACE_EXISTING);
    open();
    try (Resumption resumption =
        Resumption.begin(storage.database, storage.keys, storage.seal, clock, Duration.ZERO)
            .orElseThrow()) {
      assertInstanceOf(Resumption.Outcome.Opened.class, resumption.resume("mayor", List.of()));
    }
    storage.close();
    open();
    fromTerminal(CLERK, "export.opened", Map.of("grant", grant(1)));
    add(CLERK, new GrantEvent.Returned(grant(3), "M-0007"));
    follow();
    assertEquals(List.of("mayor@1", "mayor@2"), index.generations("mayor"));
    assertEquals(0, index.catchUp("mayor@1", 10_000), "the index of a closed one ends as it does");
    EntryQuery clerk = EntryQuery.ALL.withPerson("S-1").withEvent("grant.approved");
    assertEquals(
        List.of(3L, unused, used),
        indexes(inspection.find("mayor@1", clerk, Position.NEWEST, 50)),
        "entries of the generation that was closed");
    assertEquals(List.of(), indexes(inspection.find("mayor", clerk, Position.NEWEST, 50)));
    assertEquals(List.of(), ask(AuditPreset.EXPORT_WITHOUT_GRANT), "approved before the restore");
    assertEquals(
        List.of(3L, unused),
        ask("mayor@1", AuditPreset.GRANT_WITHOUT_EXPORT),
        "opened after the restore");
    clock.advance(Duration.ofDays(31));
    assertEquals(
        List.of(unused, used), ask("mayor@1", AuditPreset.OLD_GRANTS), "closed after the restore");
  }

  @Test
  void lookingAtTheLogIsFound() {
    add(
        CLERK,
        new LoginEvent.Succeeded(
            "t",
            jp.sekisho.protocol.statement.Purpose.LOGIN,
            "s",
            "g",
            "k",
            true,
            "staff-piv",
            "normal"));
    long viewed = add(OTHER, new LogEvent.Viewed("mayor", 0, 1));
    long refused = add(CLERK, new LogEvent.Refused("mayor", Refusal.ROLE_MISSING));
    follow();
    assertEquals(List.of(refused, viewed), ask(AuditPreset.LOG_VIEWING));
  }

  @Test
  void anEntryEditedInTheDatabaseIsShownAsTampered() {
    long at = add(CLERK, new SessionEvent.Resumed());
    follow();
    byte[] other =
        Entry.of(new byte[16], new byte[16], clock.instant(), OTHER, new SessionEvent.Resumed())
            .bytes();
    int _ =
        storage
            .database
            .writer()
            .sequence(h -> h.execute("update audit_entry set body = ? where idx = ?", other, at));
    Hits hits = inspection.find("mayor", EntryQuery.ALL.withPerson("S-1"), Position.NEWEST, 9);
    assertEquals(
        List.of(new LogRow.Tampered(at)), index.entries("mayor", hits.hits(), EntryQuery.ALL));
  }

  @Test
  void whatTheIndexNamesIsShownOnlyIfItIsWhatWasAskedFor() {
    for (int i = 0; i < 3; i++) {
      long _ = add(CLERK, new SessionEvent.Resumed());
    }
    follow();
    Hits all = inspection.find("mayor", EntryQuery.ALL, Position.NEWEST, 9);
    assertEquals(3, index.entries("mayor", all.hits(), EntryQuery.ALL).size());
    assertEquals(List.of(), index.entries("mayor", all.hits(), EntryQuery.ALL.withPerson("S-9")));
  }

  private static GrantEvent approved(int number) {
    return new GrantEvent.Approved(grant(number), "t", "d", "s", "g", "k", null);
  }
}
