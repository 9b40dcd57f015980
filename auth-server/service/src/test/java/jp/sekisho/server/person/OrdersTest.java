package jp.sekisho.server.person;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import jp.sekisho.server.person.RowFault.Code;
import org.junit.jupiter.api.Test;

/** What rows make of one person, and what rows are refused. */
class OrdersTest {
  private static final String CLERK = "異動,S1,山田 花子,mayor,J01,住民課,主事,,2026-04-01,,,,CLERK,";

  private static final String FISCAL =
      "採用,S1,山田 花子,mayor,J01,住民課,事務補助,会計年度任用職員,2026-04-01,2027-03-31,,,CLERK,";

  private static byte[] csv(String... rows) {
    return (PersonCsv.ORDERS_JA + "\n" + String.join("\n", rows) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static List<OrderRow> rows(String... rows) {
    PersonCsv.Content content = PersonCsv.read(csv(rows), Set.of("mayor", "edu"));
    return assertInstanceOf(PersonCsv.Content.Rows.class, content, content.toString()).rows();
  }

  private static Orders.Result apply(Timeline before, String... rows) {
    return Orders.apply(before, rows(rows));
  }

  private static Timeline after(String... rows) {
    return after(Timeline.unknown("S1"), rows);
  }

  private static Timeline after(Timeline before, String... rows) {
    Orders.Result result = apply(before, rows);
    assertEquals(List.of(), result.faults());
    return result.after();
  }

  private static Code refused(Timeline before, String... rows) {
    Orders.Result result = apply(before, rows);
    assertEquals(1, result.faults().size(), result.faults().toString());
    return result.faults().getFirst().code();
  }

  private static Code fault(String... rows) {
    PersonCsv.Content content = PersonCsv.read(csv(rows), Set.of("mayor", "edu"));
    List<RowFault> faults =
        assertInstanceOf(PersonCsv.Content.Faulty.class, content, content.toString()).faults();
    assertEquals(1, faults.size(), faults.toString());
    return faults.getFirst().code();
  }

  private static String on(Timeline person, String day) {
    LocalDate date = LocalDate.parse(day);
    List<String> held = new ArrayList<>();
    person.postsOn(date).forEach(post -> held.add(post.organ() + "/" + post.division()));
    person.roles().stream()
        .filter(role -> role.validity().includes(date))
        .forEach(role -> held.add(role.organ() + ":" + role.role()));
    return String.join(" ", held);
  }

  @Test
  void aTransferEndsTheOldPostTheDayBeforeAndKeepsThePast() {
    Timeline person = after(after(CLERK), "異動,S1,山田 花子,mayor,Z01,税務課,主任,,2027-04-01,,,,APPROVER,");
    assertEquals("mayor/J01 mayor:CLERK", on(person, "2027-03-31"));
    assertEquals("mayor/Z01 mayor:APPROVER", on(person, "2027-04-01"));
    assertEquals("", on(person, "2026-03-31"));
  }

  @Test
  void aConcurrentPostStandsBesideAndEndsWithItsOwnRolesOnly() {
    Timeline person = after(CLERK, "併任,S1,,edu,K01,学校課,主事,,2026-05-01,2027-03-31,,,APPROVER,");
    assertEquals("mayor/J01 edu/K01 mayor:CLERK edu:APPROVER", on(person, "2026-05-01"));
    Timeline ended = after(person, "併任解除,S1,,edu,K01,,,,,2026-08-31,,,,");
    assertEquals("mayor/J01 edu/K01 mayor:CLERK edu:APPROVER", on(ended, "2026-08-31"));
    assertEquals("mayor/J01 mayor:CLERK", on(ended, "2026-09-01"));
  }

  @Test
  void rowsTakeEffectByTheirDaysNotByTheirPlaceInTheFile() {
    List<OrderRow> rows =
        new ArrayList<>(
            rows(
                CLERK,
                "併任,S1,,edu,K01,学校課,主事,,2026-04-01,2027-03-31,,,CLERK,",
                "異動,S1,山田 花子,mayor,Z01,税務課,主任,,2027-04-01,,,,CLERK,"));
    Timeline forward = Orders.apply(Timeline.unknown("S1"), rows).after();
    Collections.reverse(rows);
    assertEquals(forward, Orders.apply(Timeline.unknown("S1"), rows).after());
    assertEquals("mayor/J01 edu/K01 edu:CLERK mayor:CLERK", on(forward, "2027-03-31"));
    assertEquals("mayor/Z01 mayor:CLERK", on(forward, "2027-04-01"));
  }

  @Test
  void aRenewalFollowsOnWithoutADayBetween() {
    Timeline person = after("採用,S1,名,mayor,J01,住民課,事務補助,会計年度任用職員,2026-04-01,2027-03-31,,,CLERK,");
    Timeline renewed = after(person, "任期更新,S1,,mayor,J01,,,,,2028-03-31,,,,");
    assertEquals("mayor/J01 mayor:CLERK", on(renewed, "2027-03-31"));
    assertEquals("mayor/J01 mayor:CLERK", on(renewed, "2027-04-01"));
    assertEquals("", on(renewed, "2028-04-01"));
    assertEquals(Code.FISCAL_YEAR, refused(person, "更新,S1,,mayor,J01,,,,,2028-04-01,,,,"));
    assertEquals(Code.NO_POST, refused(person, "更新,S1,,mayor,Z01,,,,,2028-03-31,,,,"));
  }

  @Test
  void aRenewalThatDoesNotFollowOnIsToldTheLastDay() {
    Timeline person = after(FISCAL);
    for (String row :
        List.of(
            "更新,S1,,mayor,J01,,,,2027-04-02,2028-03-31,,,,",
            "更新,S1,,mayor,J01,,,,,2027-03-31,,,,",
            "更新,S1,,mayor,J01,,,,,2026-12-31,,,,")) {
      assertEquals(
          List.of(RowFault.ofLine(2, Code.RENEWAL, "2027-03-31")), apply(person, row).faults());
    }
    assertEquals(
        List.of(RowFault.ofLine(2, Code.NO_END, "S1", "J01")),
        apply(after(CLERK), "更新,S1,,mayor,J01,,,,,2028-03-31,,,,").faults());
  }

  @Test
  void aRenewalCountsFromTheDayAfterTheTermNotByItsEnd() {
    Timeline person = after(FISCAL);
    String renewal = "任期更新,S1,,mayor,J01,,,,,2028-03-31,,,,";
    for (String day : List.of("2027-04-01", "2027-10-01")) {
      Timeline both =
          after(person, "併任,S1,,edu,K01,学校課,主事,," + day + ",2028-03-31,,,APPROVER,", renewal);
      assertEquals("mayor/J01 mayor:CLERK", on(both, "2027-03-31"));
      assertEquals(
          Set.of("mayor/J01", "edu/K01", "mayor:CLERK", "edu:APPROVER"),
          Set.of(on(both, day).split(" ", -1)));
    }
    Timeline moved =
        after(person, renewal, "異動,S1,山田 花子,mayor,Z01,税務課,主任,,2027-10-01,,,,APPROVER,");
    assertEquals("mayor/J01 mayor:CLERK", on(moved, "2027-09-30"));
    assertEquals("mayor/Z01 mayor:APPROVER", on(moved, "2027-10-01"));
    // Renewed and sent elsewhere on the same day: one of the two is wrong.
    assertEquals(
        Code.TWO_MAIN,
        refused(person, renewal, "異動,S1,山田 花子,mayor,Z01,税務課,主任,,2027-04-01,,,,CLERK,"));
  }

  @Test
  void aConcurrentPostIsRenewedBesideATransferOfTheSameDay() {
    Timeline person = after(FISCAL, "併任,S1,,edu,K01,学校課,主事,,2026-05-01,2027-03-31,,,APPROVER,");
    Timeline renewed =
        after(
            person,
            "任期更新,S1,,edu,K01,,,,,2028-03-31,,,,",
            "異動,S1,山田 花子,mayor,Z01,税務課,主任,,2027-04-01,,,,CLERK,");
    assertEquals("mayor/Z01 edu/K01 edu:APPROVER mayor:CLERK", on(renewed, "2027-04-01"));
  }

  @Test
  void aPostThatTheSameFileBeginsCanBeRenewedByIt() {
    Timeline person = after("任期更新,S1,,mayor,J01,,,,,2028-03-31,,,,", FISCAL);
    assertEquals("mayor/J01 mayor:CLERK", on(person, "2028-03-31"));
  }

  @Test
  void aRenewalDoesNotRunIntoALaterPostOfItsDivision() {
    Timeline person =
        after(
            after(CLERK, "併任,S1,,mayor,Z01,税務課,主事,,2026-05-01,2027-03-31,,,,"),
            "併任,S1,,mayor,Z01,税務課,主任,,2027-10-01,2027-12-31,,,,");
    assertEquals(Code.SAME_DIVISION, refused(person, "更新,S1,,mayor,Z01,,主事,,,2028-03-31,,,,"));
  }

  @Test
  void aLentPersonStaysLentWhenRenewed() {
    Timeline lent = after("採用,S1,名,mayor,J01,課,職,応援職員,2026-04-01,2027-03-31,,,CLERK,隣町");
    for (String roles : List.of("", "CLERK", "AUDITOR;CLERK")) {
      Timeline renewed = after(lent, "更新,S1,,mayor,J01,,,,,2028-03-31,,," + roles + ",");
      List<RoleRow> then =
          renewed.roles().stream()
              .filter(role -> role.validity().includes(LocalDate.parse("2027-04-01")))
              .toList();
      assertEquals(roles.length() > 5 ? 2 : 1, then.size());
      then.forEach(role -> assertEquals("隣町", role.lender()));
    }
    for (String role : List.of("ADMIN", "CISO", "CLERK;ADMIN")) {
      assertEquals(
          Code.LENT, refused(lent, "更新,S1,,mayor,J01,,,,,2028-03-31,,," + role + ","), role);
    }
  }

  @Test
  void aLenderNamedAtARenewalHoldsForTheRolesThatGoOn() {
    Timeline renewed = after(after(FISCAL), "更新,S1,,mayor,J01,,,,,2028-03-31,,,,隣町");
    assertEquals("", renewed.roles().getFirst().lender());
    assertEquals("隣町", renewed.roles().getLast().lender());
    Timeline admin = after("採用,S1,名,mayor,J01,課,職,,2026-04-01,2027-03-31,,,ADMIN,");
    assertEquals(Code.LENT, refused(admin, "更新,S1,,mayor,J01,,,,,2028-03-31,,,,隣町"));
  }

  /** Somebody as the first version stored them: the role names no division. */
  private static Timeline ofTheFirstVersion(String until) {
    Validity validity = new Validity(LocalDate.parse("2026-04-01"), LocalDate.parse(until));
    return new Timeline(
        "S1",
        "山田 花子",
        List.of(
            new PostRow("S1", "mayor", "J01", "主事", validity, Kind.MAIN, Appointment.STAFF, null)),
        List.of(new RoleRow("S1", "mayor", Role.CLERK, validity, "", "")));
  }

  @Test
  void aRoleOfTheFirstVersionGoesWithTheMainPost() {
    Timeline person =
        after(ofTheFirstVersion("9999-12-31"), "併任,S1,,mayor,Z01,税務課,主事,,2026-05-01,,,,APPROVER,");
    Timeline ended = after(person, "併任解除,S1,,mayor,Z01,,,,,2026-08-31,,,,");
    assertEquals("mayor/J01 mayor:CLERK", on(ended, "2026-09-01"));
    Timeline again = after(person, "併任,S1,,mayor,Z01,税務課,主事,,2026-04-01,2026-06-30,,,AUDITOR,");
    assertEquals("mayor/J01 mayor:CLERK", on(again, "2026-07-01"));
    Timeline left = after(person, "退職,S1,,mayor,J01,,,,,2026-08-31,,,,");
    assertEquals("mayor/Z01 mayor:APPROVER", on(left, "2026-09-01"));
  }

  @Test
  void aRoleOfTheFirstVersionIsRenewedOnceAndWithTheMainPost() {
    Timeline person =
        after(
            ofTheFirstVersion("2027-03-31"),
            "併任,S1,,mayor,Z01,税務課,主事,,2026-05-01,2027-03-31,,,APPROVER,");
    Timeline renewed =
        after(person, "更新,S1,,mayor,J01,,,,,2028-03-31,,,,", "更新,S1,,mayor,Z01,,,,,2028-03-31,,,,");
    assertEquals("mayor/J01 mayor/Z01 mayor:CLERK mayor:APPROVER", on(renewed, "2027-04-01"));
    assertEquals("J01", renewed.roles().get(2).division());
    Timeline ended = after(renewed, "併任解除,S1,,mayor,Z01,,,,,2027-08-31,,,,");
    assertEquals("mayor/J01 mayor:CLERK", on(ended, "2027-09-01"));
  }

  @Test
  void aMainPostOrderedForLaterInTheDivisionOfAConcurrentOneStays() {
    Timeline person =
        after(
            after(CLERK, "併任,S1,,mayor,Z01,税務課,主事,,2026-05-01,2026-12-31,,,APPROVER,"),
            "異動,S1,山田 花子,mayor,Z01,税務課,主任,,2027-04-01,,,,AUDITOR,");
    Timeline again = after(person, "併任,S1,,mayor,Z01,税務課,主事,,2026-05-01,2027-02-28,,,APPROVER,");
    assertEquals("mayor/J01 mayor/Z01 mayor:CLERK mayor:APPROVER", on(again, "2027-02-28"));
    assertEquals("mayor/Z01 mayor:AUDITOR", on(again, "2027-04-01"));
    Timeline ended = after(person, "併任解除,S1,,mayor,Z01,,,,,2026-08-31,,,,");
    assertEquals("mayor/J01 mayor:CLERK", on(ended, "2026-09-01"));
    assertEquals("mayor/Z01 mayor:AUDITOR", on(ended, "2027-04-01"));
    assertEquals(Code.NO_POST, refused(ended, "併任解除,S1,,mayor,Z01,,,,,2026-12-31,,,,"));
  }

  @Test
  void anEndTakesTheRenewalsOfThePostAlong() {
    Timeline renewed = after(after(FISCAL), "更新,S1,,mayor,J01,,,,,2028-03-31,,,,");
    for (String last : List.of("2026-12-31", "2027-03-31")) {
      Timeline ended = after(renewed, "退職,S1,,mayor,J01,,,,," + last + ",,,,");
      assertEquals("mayor/J01 mayor:CLERK", on(ended, last));
      assertEquals("", on(ended, LocalDate.parse(last).plusDays(1).toString()));
      assertEquals("", on(ended, "2027-04-01"));
    }
  }

  @Test
  void aFileWithMoreRowsOfAPersonThanPostsAreKeptIsRefused() {
    List<OrderRow> rows = Collections.nCopies(Orders.MAX_POSTS + 1, rows(CLERK).getFirst());
    assertEquals(
        List.of(RowFault.ofLine(2, Code.TOO_MANY_POSTS, "S1", "200")),
        Orders.apply(Timeline.unknown("S1"), rows).faults());
  }

  @Test
  void whoRetiresKeepsNothingAfterTheLastDay() {
    Timeline person =
        after(
            after(CLERK, "併任,S1,,edu,K01,学校課,主事,,2026-05-01,,,,APPROVER,"),
            "退職,S1,,,,,,,,2027-03-31,,,,");
    assertEquals("mayor/J01 edu/K01 mayor:CLERK edu:APPROVER", on(person, "2027-03-31"));
    assertEquals("", on(person, "2027-04-01"));
    assertEquals(Code.NO_POST, refused(person, "退職,S1,,,,,,,,2027-03-31,,,,"));
    assertEquals(
        Code.UNKNOWN_PERSON, refused(Timeline.unknown("S1"), "退職,S1,,,,,,,,2027-03-31,,,,"));
  }

  @Test
  void nobodyAdministersAndAuditsOneOrganByTwoPostsOrOverlappingDays() {
    Timeline admin = after("異動,S1,名,mayor,J01,課,職,,2026-04-01,2027-03-31,,,ADMIN,");
    assertEquals(
        Code.ROLE_CONFLICT, refused(admin, "併任,S1,,mayor,K01,監査課,書記,,2027-03-31,,,,AUDITOR,"));
    Timeline later = after(admin, "更新,S1,,mayor,J01,,,,,2028-03-31,,,CLERK,");
    after(later, "併任,S1,,mayor,K01,監査課,書記,,2027-04-01,,,,AUDITOR,");
    after(admin, "併任,S1,,edu,K01,監査課,書記,,2026-05-01,2027-03-31,,,AUDITOR,");
  }

  @Test
  void termsAndContractsAreJudgedByTheAppointment() {
    assertEquals(Code.FISCAL_YEAR, fault("採用,S1,名,mayor,J01,課,職,会計年度任用職員,2026-05-01,,,,CLERK,"));
    assertEquals(
        Code.FISCAL_YEAR, fault("採用,S1,名,mayor,J01,課,職,会計年度任用職員,2026-05-01,2027-04-01,,,CLERK,"));
    assertEquals(Code.LENT, fault("採用,S1,名,mayor,J01,課,職,応援職員,2026-05-01,,,,CLERK,"));
    assertEquals(Code.LENT, fault("採用,S1,名,mayor,J01,課,職,応援職員,2026-05-01,2026-06-30,,,ADMIN,隣町"));
    assertEquals(Code.LENT, fault("採用,S1,名,mayor,J01,課,職,,2026-05-01,,,,AUDITOR,隣町"));
    assertEquals(Code.CONTRACT, fault("採用,S1,名,mayor,J01,課,職,委託事業者,2026-05-01,,,,CLERK,"));
    assertEquals(
        Code.CONTRACT,
        fault("採用,S1,名,mayor,J01,課,職,委託事業者,2026-05-01,2027-04-01,2027-03-31,,CLERK,"));
    assertEquals(Code.CONTRACT, fault("採用,S1,名,mayor,J01,課,職,,2026-05-01,,2027-03-31,,CLERK,"));
    assertEquals(Code.YES_NO, fault("採用,S1,名,mayor,J01,課,職,,2026-05-01,,,多分,CLERK,"));
    assertEquals(Code.APPOINTMENT, fault("採用,S1,名,mayor,J01,課,職,王,2026-05-01,,,,CLERK,"));
    assertEquals(Code.ORDER, fault("昇天,S1,名,mayor,J01,課,職,,2026-05-01,,,,CLERK,"));
    Timeline vendor = after("採用,S1,名,mayor,J01,課,SE,委託事業者,2026-04-01,,2027-03-31,再委託,CLERK,");
    assertEquals("mayor/J01 mayor:CLERK", on(vendor, "2027-03-31"));
    assertEquals("", on(vendor, "2027-04-01"));
    assertEquals(
        new Contract(LocalDate.parse("2027-03-31"), true), vendor.posts().getFirst().contract());
    assertEquals(Code.CONTRACT, refused(vendor, "更新,S1,,mayor,J01,,,,,2028-03-31,,,,"));
    assertEquals(
        "mayor/J01 mayor:CLERK",
        on(after(vendor, "更新,S1,,mayor,J01,,,,,2028-03-31,2028-03-31,,,"), "2028-03-31"));
  }

  @Test
  void aSecondPostNeedsAMainOneAndAnotherDivision() {
    Timeline person = after(CLERK);
    assertEquals(Code.NO_MAIN, refused(person, "併任,S1,,edu,K01,学校課,職,,2026-03-31,,,,CLERK,"));
    assertEquals(
        Code.SAME_DIVISION, refused(person, "併任,S1,,mayor,J01,住民課,係長,,2026-05-01,,,,CLERK,"));
    Timeline moving =
        after(
            after("採用,S1,名,mayor,J01,課,職,,2026-04-01,2027-03-31,,,CLERK,"),
            "異動,S1,名,mayor,Z01,税務課,職,,2027-02-01,,,,CLERK,");
    assertEquals(Code.TWO_MAIN, refused(moving, "更新,S1,,mayor,J01,,,,,2028-03-31,,,,"));
  }

  @Test
  void everyFaultIsToldWithLineAndColumn() {
    PersonCsv.Content content =
        PersonCsv.read(
            csv(
                CLERK,
                "異動,123456789012,名,city,J01,住民課,職,,2026-02-30,,,,KING,",
                "異動,S2,,mayor,J01,別名,職,,2026-04-01,2026-03-31,,,CLERK,"),
            Set.of("mayor"));
    List<String> told =
        assertInstanceOf(PersonCsv.Content.Faulty.class, content).faults().stream()
            .map(fault -> fault.line() + ":" + fault.column() + " " + fault.code())
            .toList();
    assertEquals(
        List.of(
            "3:2 NUMBER",
            "3:4 ORGAN",
            "3:9 DAY",
            "3:13 ROLE",
            "4:3 TEXT",
            "4:6 DIVISION_NAME",
            "4:10 PERIOD"),
        told);
  }

  @Test
  void faultsHaveALimitThatIsSaid() {
    String[] many = new String[PersonCsv.MAX_ROWS]; // two faults in each
    java.util.Arrays.fill(many, "異動,S1,名,city,J01,課,職,王,2026-05-01,,,,CLERK,");
    List<RowFault> faults =
        assertInstanceOf(PersonCsv.Content.Faulty.class, PersonCsv.read(csv(many), Set.of("mayor")))
            .faults();
    assertEquals(Code.MORE_FAULTS, faults.getFirst().code());
    assertEquals(PersonCsv.MAX_FAULTS + 3, faults.size());
  }

  @Test
  void aTimelineSurvivesItsFormOnDisk() {
    Timeline person =
        after(
            "採用,S1,山田 花子,mayor,J01,課,SE,委託事業者,2026-04-01,,2027-03-31,再委託,CLERK,",
            "併任,S1,,edu,K01,学校課,職,応援職員,2026-05-01,2026-06-30,,,AUDITOR,隣町");
    assertEquals(person, TimelineJson.read("S1", TimelineJson.write(person)));
    assertEquals(
        Timeline.unknown("S1"),
        TimelineJson.read("S1", TimelineJson.write(Timeline.unknown("S1"))));
  }
}
