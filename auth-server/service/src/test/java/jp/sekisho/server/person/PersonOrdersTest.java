package jp.sekisho.server.person;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.person.RowFault.Code;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders for a later day: applied, in effect by the clock alone, undone, refused. */
class PersonOrdersTest {
  /** 20 March 2027, 10:00 in Japan. */
  private static final Instant LOADED = Instant.parse("2027-03-20T01:00:00Z");

  /** 1 April 2027, 00:00 in Japan. */
  private static final Instant EFFECT = Instant.parse("2027-03-31T15:00:00Z");

  private static final String[] TOWN = {
    "採用,S1,一,mayor,J01,情報課,主査,,2026-04-01,,,,CLERK;ADMIN,",
    "採用,S2,二,mayor,J02,総務課,課長,,2026-04-01,,,,APPROVER,",
    "採用,S3,三,mayor,J03,監査課,書記,,2026-04-01,,,,AUDITOR,",
    "採用,S4,四,mayor,J02,総務課,参事,,2026-04-01,,,,POLICY_OFFICER,",
    "採用,S5,五,mayor,J04,市民課,主事,,2026-04-01,,,,CLERK,",
  };

  @TempDir Path directory;
  private final SettableClock clock = new SettableClock(LOADED);
  private OpenStorage storage;
  private PersonImport importer;
  private Persons persons;
  private Roles roles;

  @BeforeEach
  void open() {
    storage = OpenStorage.sqlite(directory, clock);
    EntryReceipt _ =
        storage.transactions.write(c -> {
          Organs.create(c.handle(), Map.of("mayor", "市長部局"));
          return c.record(Entry.Subject.NONE, new ServiceEvent.Started("test"));
        });
    importer = new PersonImport(storage.transactions, storage.seal, _ -> 1, clock);
    persons = new Persons(storage.seal);
    roles = new Roles(storage.seal);
    apply(TOWN);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private static byte[] csv(String... rows) {
    return (PersonCsv.ORDERS_JA + "\n" + String.join("\n", rows) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private String apply(String... rows) {
    PersonImport.Outcome outcome = importer.run(csv(rows), false);
    String order =
        assertInstanceOf(PersonImport.Outcome.Done.class, outcome, outcome.toString()).order();
    return Objects.requireNonNull(order, "nothing was to change");
  }

  private List<RowFault> refused(String... rows) {
    return assertInstanceOf(PersonImport.Outcome.Refused.class, importer.run(csv(rows), false))
        .faults();
  }

  private List<Code> codes(String... rows) {
    return refused(rows).stream().map(RowFault::code).toList();
  }

  private String division(String person) {
    return storage.transactions.read(h ->
        switch (persons.current(h, person, clock.instant())) {
          case Standing.Current current -> current.division();
          case Standing.NotCurrent(var reason) -> reason.name();
        });
  }

  private boolean has(String person, Role role) {
    return storage.transactions.read(h -> roles.has(h, person, role, "mayor", clock.instant()));
  }

  private void goTo(Instant at) {
    clock.advance(Duration.between(clock.instant(), at));
  }

  private List<String> dump() {
    return DirectoryDump.of(storage);
  }

  private void tamper(String sql) {
    int _ = storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql));
  }

  @Test
  void anOrderForAPastDayDoesNotHideWhoWasAnAdministrator() {
    apply(
        "異動,S5,五,mayor,J01,情報課,主査,,2027-03-01,,,,ADMIN,",
        "異動,S1,一,mayor,J04,市民課,主事,,2026-04-01,,,,CLERK,"); // as if S1 had never been
    assertFalse(
        storage.transactions.read(h -> roles.everHeld(h, Role.ADMIN, "mayor")).contains("S1"));
    PersonnelOrders orders = new PersonnelOrders(storage.seal);
    assertEquals(
        List.of("S1"), storage.transactions.read(h -> orders.heldBefore(h, Role.ADMIN, "mayor")));
    assertEquals(
        List.of(), storage.transactions.read(h -> orders.heldBefore(h, Role.ADMIN, "assembly")));
  }

  @Test
  void anOrderCountsFromMidnightInJapanByTheClockAlone() {
    apply("異動,S5,五,mayor,J05,税務課,主任,,2027-04-01,,,,APPROVER,");
    goTo(EFFECT.minusMillis(1));
    assertEquals("J04", division("S5"));
    assertFalse(has("S5", Role.APPROVER));
    goTo(EFFECT);
    assertEquals("J05", division("S5"));
    assertTrue(has("S5", Role.APPROVER));
  }

  @Test
  void undoPutsEverythingBackExactly() {
    List<String> before = dump();
    String order =
        apply(
            "異動,S5,五 改,mayor,J05,税務課,主任,,2027-04-01,,,,CLERK,",
            "併任,S5,,mayor,J02,総務企画課,主任,,2027-04-01,,,,CLERK,",
            "採用,S6,六,mayor,J06,新課,主事,,2027-04-01,,,,CLERK,");
    assertFalse(before.equals(dump()));
    assertInstanceOf(PersonImport.Undone.Done.class, importer.undo(order));
    assertEquals(before, dump());
    assertInstanceOf(PersonImport.Undone.Unknown.class, importer.undo(order));
    goTo(EFFECT);
    assertEquals("J04", division("S5"));
    assertEquals("PERSON_NOT_CURRENT", division("S6"));
  }

  @Test
  void whoBeginsLaterMayHaveACardMadeButNotLogIn() {
    apply("採用,S6,六,mayor,J06,新課,主事,,2027-04-01,,,,CLERK,");
    assertEquals("PERSON_NOT_CURRENT", division("S6"));
    assertEquals(
        java.util.Optional.of("mayor"),
        storage.transactions.read(h -> persons.organ(h, "S6", clock.instant())));
  }

  @Test
  void undoEndsWhenTheFirstDayBegins() {
    String order = apply("異動,S5,五,mayor,J05,税務課,主任,,2027-04-01,,,,CLERK,");
    goTo(EFFECT);
    assertInstanceOf(PersonImport.Undone.TooLate.class, importer.undo(order));
    assertEquals("J05", division("S5"));
  }

  @Test
  void anOrderThatALaterOneBuildsOnIsUndoneAfterIt() {
    String first = apply("異動,S5,五,mayor,J05,税務課,主任,,2027-04-01,,,,CLERK,");
    List<String> between = dump();
    String second = apply("異動,S5,五,mayor,J06,道路課,主任,,2027-07-01,,,,CLERK,");
    assertEquals(new PersonImport.Undone.ChangedSince(List.of("S5")), importer.undo(first));
    assertInstanceOf(PersonImport.Undone.Done.class, importer.undo(second));
    assertEquals(between, dump());
    assertInstanceOf(PersonImport.Undone.Done.class, importer.undo(first));
  }

  @Test
  void theLastOfAnOfficeGoesOnlyWithASuccessorNamed() {
    List<String> before = dump();
    RowFault fault = refused("退職,S1,,,,,,,,2027-03-31,,,,").getFirst();
    assertEquals(Code.NO_ADMIN, fault.code());
    assertEquals(List.of("mayor", "2027-04-01", "0", "1", "S1"), fault.values());
    assertEquals(List.of(Code.NO_APPROVER), codes("異動,S2,二,mayor,J02,総務課,主幹,,2027-04-01,,,,CISO,"));
    assertEquals(List.of(Code.NO_AUDITOR), codes("異動,S3,三,mayor,J03,監査課,書記,,2027-04-01,,,,CISO,"));
    assertEquals(List.of(Code.FEW_OFFICERS), codes("退職,S4,,,,,,,,2027-03-31,,,,"));
    assertEquals(before, dump());
    apply("退職,S1,,,,,,,,2027-03-31,,,,", "異動,S5,五,mayor,J01,情報課,主査,,2027-04-01,,,,ADMIN,");
    // One day between the old and the new one is a day without.
    assertEquals(
        List.of(Code.NO_APPROVER),
        codes("退職,S2,,,,,,,,2027-03-31,,,,", "採用,S6,六,mayor,J02,総務課,課長,,2027-04-02,,,,APPROVER,"));
  }

  @Test
  void aSuccessorWhosePostEndsFirstIsNoSuccessor() {
    apply("採用,S6,六,mayor,J01,情報課,主査,会計年度任用職員,2027-03-20,2027-03-31,,,ADMIN,");
    assertEquals(List.of(Code.NO_ADMIN), codes("退職,S1,,,,,,,,2027-03-25,,,,"));
  }

  @Test
  void undoingTheSuccessorsOrderIsRefusedToo() {
    String successor = apply("異動,S5,五,mayor,J01,情報課,主査,,2027-04-01,,,,ADMIN,");
    apply("退職,S1,,,,,,,,2027-03-31,,,,");
    PersonImport.Undone undone = importer.undo(successor);
    assertEquals(
        Code.NO_ADMIN,
        assertInstanceOf(PersonImport.Undone.Understaffed.class, undone)
            .faults()
            .getFirst()
            .code());
    assertEquals("J04", division("S5"));
  }

  @Test
  void threePersonsAreTheFewestAndOneMayBeLent() {
    apply("異動,S4,四,mayor,J02,総務課,参事,,2027-04-01,,,,APPROVER;POLICY_OFFICER,");
    assertEquals(
        List.of(Code.NO_AUDITOR, Code.FEW_PERSONS),
        codes("退職,S3,,,,,,,,2027-03-31,,,,", "退職,S2,,,,,,,,2027-03-31,,,,"));
    String[] lent = {
      "退職,S3,,,,,,,,2027-03-31,,,,",
      "退職,S2,,,,,,,,2027-03-31,,,,",
      "採用,L1,隣 町子,mayor,J03,監査課,監査員,応援職員,2027-04-01,2028-03-31,,,AUDITOR,隣町",
      "併任,S5,,mayor,J03,監査課,監査員,,2028-04-01,,,,AUDITOR,",
    };
    // Who is lent goes back: then, too, there must be somebody.
    RowFault later = refused(java.util.Arrays.copyOf(lent, 3)).getFirst();
    assertEquals(Code.NO_AUDITOR, later.code());
    assertEquals("2028-04-01", later.values().get(1));
    apply(lent);
    goTo(EFFECT);
    assertTrue(has("L1", Role.AUDITOR));
    assertEquals(List.of(), importer.gaps());
  }

  @Test
  void officesThatRunEmptyByThemselvesAreTold() {
    assertEquals(List.of(), importer.gaps());
    List<RowFault> gaps =
        new PersonImport(storage.transactions, storage.seal, _ -> 2, clock).gaps();
    assertEquals(
        List.of(RowFault.ofFile(Code.FEW_OFFICERS, "*", "2027-03-20", "1", "2", "")), gaps);
  }

  /** The role is gone; its older row, with its own genuine MAC, does not bring it back. */
  @Test
  void aRoleThatWasTakenAwayIsNotPutBack() {
    storage.start();
    apply("異動,S5,五,mayor,J01,情報課,主査,,2027-03-20,,,,CLERK;ADMIN,");
    goTo(EFFECT);
    assertTrue(has("S5", Role.ADMIN));
    tamper("create table old_role as select * from role_assignment where person = 'S5'");
    apply("異動,S5,五,mayor,J04,市民課,主事,,2027-04-01,,,,CLERK,");
    assertFalse(has("S5", Role.ADMIN));
    tamper("delete from role_assignment where person = 'S5'");
    tamper("insert into role_assignment select * from old_role");
    storage.close();
    storage = OpenStorage.sqlite(directory, clock).start();
    roles = new Roles(storage.seal);
    assertThrows(TamperedException.class, () -> has("S5", Role.ADMIN));
  }

  @Test
  @DisplayName("R26: on the day after the contract its person is refused, edited rows or not")
  void nobodyWorksOutsideTheContract() {
    apply("採用,V1,業 者,mayor,J01,情報課,SE,委託事業者,2027-03-20,,2027-03-31,再委託,CLERK,");
    goTo(EFFECT.minusMillis(1));
    assertEquals("J01", division("V1"));
    goTo(EFFECT);
    assertEquals("PERSON_NOT_CURRENT", division("V1"));
    Directory directory = new Directory(storage.seal);
    assertEquals(List.of("V1"), storage.transactions.read(h -> directory.contractors(h, "mayor")));
    assertEquals(List.of(), storage.transactions.read(h -> directory.contractors(h, "assembly")));
    // Whoever edits the end of the contract in the database opens nothing.
    tamper("update post set contract_until = '2030-03-31' where person = 'V1'");
    assertThrows(TamperedException.class, () -> division("V1"));
    tamper(
        "update post set contract_until = null, appointment = 'STAFF', valid_until = '9999-12-31'"
            + " where person = 'V1'");
    assertThrows(TamperedException.class, () -> division("V1"));
  }

  @Test
  void theTerminalsDivisionDecidesTheActingPost() {
    apply("併任,S5,,mayor,J02,総務課,主任,,2027-03-20,,,,CLERK,");
    TerminalDivisions places = new TerminalDivisions(storage.seal);
    assertEquals("J04", acting("T-0001"));
    assertTrue(places.place(storage.transactions, "T-0001", "mayor", "J02"));
    assertTrue(places.place(storage.transactions, "T-0002", "mayor", "J03"));
    assertFalse(places.place(storage.transactions, "T-0003", "mayor", "NONE"));
    assertEquals("J02", acting("T-0001"));
    assertEquals("J04", acting("T-0002")); // no post fits: 本務
    tamper("update terminal_division set division = 'J04' where terminal = 'T-0001'");
    assertThrows(TamperedException.class, () -> acting("T-0001"));
  }

  private String acting(String terminal) {
    return storage.transactions.read(h ->
        persons.acting(h, "S5", terminal, "mayor", clock.instant())
                instanceof Standing.Current current
            ? current.division()
            : "none");
  }

  @Test
  void entriesSayWhatWasOrderedUndoneAndRefusedWithoutANameOrTitle() {
    String order = apply("異動,S5,五之介,mayor,J05,税務課,主任,,2027-04-01,,,,CLERK,");
    importer.undo(order);
    refused("退職,S1,,,,,,,,2027-03-31,,,,");
    refused("昇天,S1,,,,,,,,2027-03-31,,,,");
    importer.undo("O-0001");
    storage.logs.integrateNow();
    assertEquals(
        List.of(
            "person.order-refused ORDER_NOT_UNDOABLE",
            "person.order-refused ORDER_INVALID",
            "person.order-refused ORDER_UNDERSTAFFED",
            "person.order-undone null",
            "person.order-applied null"),
        entries("system").stream().limit(5).map(e -> e.type() + " " + e.reason()).toList());
    List<Entry> mayor = entries("mayor");
    assertEquals("restored", mayor.get(0).data().get("change"));
    assertEquals(List.of("J05 MAIN STAFF 2027-04-01/9999-12-31"), mayor.get(1).data().get("posts"));
    for (Entry entry : mayor) {
      String body = new String(entry.bytes(), StandardCharsets.UTF_8);
      assertFalse(body.contains("五") || body.contains("主"), body);
    }
  }

  private List<Entry> entries(String log) {
    return storage.logs.page(log, null, Long.MAX_VALUE, 50).stream()
        .map(row -> assertInstanceOf(LogRow.Intact.class, row).entry())
        .toList();
  }

  @Test
  void anEditedOrderIsNotUndone() {
    String order = apply("異動,S5,五,mayor,J05,税務課,主任,,2027-04-01,,,,CLERK,");
    tamper("update personnel_order_person set before = replace(before, 'CLERK', 'ADMIN')");
    assertThrows(TamperedException.class, () -> importer.undo(order));
    tamper("delete from personnel_order_person");
    assertThrows(TamperedException.class, () -> importer.undo(order));
    tamper("update personnel_order set effective = '2099-01-01'");
    assertThrows(TamperedException.class, () -> importer.undo(order));
  }

  @Test
  void aDryRunChangesNothingAndSaysTheSame() {
    List<String> before = dump();
    byte[] file = csv("異動,S5,五,mayor,J05,税務課,主任,,2027-04-01,,,,CLERK,");
    var dry = assertInstanceOf(PersonImport.Outcome.Done.class, importer.run(file, true));
    assertEquals(before, dump());
    var done = assertInstanceOf(PersonImport.Outcome.Done.class, importer.run(file, false));
    assertEquals(dry.changed(), done.changed());
    assertEquals(dry.effective(), done.effective());
    assertEquals(
        List.of(
            PersonDiff.Code.POST_ENDS,
            PersonDiff.Code.POST_BEGINS,
            PersonDiff.Code.ROLE_ENDS,
            PersonDiff.Code.ROLE_BEGINS),
        done.changed().getFirst().steps().stream().map(PersonDiff.Step::code).toList());
  }
}
