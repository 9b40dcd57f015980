package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.NewExport;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewSeries;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.authn.Approvals;
import jp.sekisho.server.authn.Matter;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.card.TestCards;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.EntryReceipt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What changed since an approval counts: a stricter policy for every time of a series, and a card
 * or an office that its holder lost for the first of two approvals.
 */
@SuppressWarnings("NullAway.Init") // by open()
final class ChangedSinceTest {
  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100042,関 所太郎,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      100050,立会 次郎,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      100060,代決 三郎,mayor,0101,市民課,主査,2026-04-01,2027-03-31,CLERK
      300001,承認 一郎,mayor,0101,市民課,課長,2026-04-01,2027-03-31,CLERK;APPROVER
      300002,承認 二郎,mayor,0102,税務課,課長,2026-04-01,2027-03-31,CLERK;APPROVER
      """;
  private static final String CLERK = "100042";
  private static final String ATTENDANT = "100050";
  private static final String DEPUTY = "100060";
  private static final String FIRST = "300001";
  private static final String SECOND = "300002";

  @TempDir private Path directory;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-10-31T00:00:00Z"));
  private final PolicyRules signed = new PolicyRules();
  private final Map<String, KeyPair> keys = new TreeMap<>();
  private GrantRun run;
  private MonthlyConfirmations approvals;
  private Session clerk;

  @BeforeEach
  void open() {
    run = new GrantRun(directory, clock, signed);
    run.storage
        .database
        .writer()
        .write(h -> h.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
    assertInstanceOf(
        PersonImport.Outcome.Done.class,
        new PersonImport(run.storage.transactions, run.storage.seal, _ -> 1, clock)
            .run(PERSONS.getBytes(StandardCharsets.UTF_8), false));
    run.media.register("M-0007", "mayor", GrantRun.FINGERPRINT);
    for (String person : List.of(CLERK, DEPUTY, FIRST, SECOND)) {
      keys.put(person, TestCa.p256());
      TestCards.register(run.storage, person, spki(person));
    }
    approvals =
        new MonthlyConfirmations(
            run.storage.transactions,
            run.dossiers,
            run.shelf,
            run.limits,
            run.occurrences,
            run.approvals);
    clerk = run.login(CLERK, "T-0001");
    rules(GrantSettings.LONGEST_SERIES, Duration.ofDays(31));
  }

  @AfterEach
  void close() {
    run.close();
  }

  private KeyPair key(String person) {
    return Objects.requireNonNull(keys.get(person));
  }

  private byte[] spki(String person) {
    return key(person).getPublic().getEncoded();
  }

  private void rules(SettingValues settings, Collection<String> approvers) {
    signed.of(
        PolicyRules.rules(
            Duration.ofMinutes(30),
            approvers.stream()
                .map(one -> new Approver(one, "mayor", Sha256.text(spki(one))))
                .toList()),
        settings);
  }

  /** Files leave, series last for a month, and this differs. */
  private <T> void rules(Setting<T> setting, T value) {
    SettingValues.Builder leaving =
        PolicyRules.put(PolicyRules.leaving(), GrantSettings.LONGEST_SERIES, Duration.ofDays(31));
    rules(PolicyRules.put(leaving, setting, value).build(), keys.keySet());
  }

  private NewGrant wanted(@Nullable NewSeries series, @Nullable NewExport export) {
    Instant now = clock.instant();
    return new NewGrant(
        CLERK,
        "T-0001",
        "M-0007",
        "県税事務所への提供",
        null,
        null,
        null,
        1,
        now.toString(),
        now.plus(Duration.ofHours(1)).toString(),
        10,
        series,
        export == null ? null : "export-plain",
        export == null ? null : ATTENDANT,
        export);
  }

  private static <P> P passed(Verdict<P> verdict) {
    return switch (verdict) {
      case Verdict.Passed<P>(P proof) -> proof;
      case Verdict.Refused<P>(Refusal reason) -> throw new AssertionError(reason);
    };
  }

  private static void refused(Refusal reason, Verdict<?> verdict) {
    assertEquals(Verdict.refused(reason), verdict);
  }

  /** By the person's own card, of what it would sign now. */
  private Verdict<EntryReceipt> approve(String person, String id) {
    Session session = run.login(person, "T-0002");
    return switch (approvals.matter(session, id)) {
      case Verdict.Refused<Matter>(Refusal reason) -> Verdict.refused(reason);
      case Verdict.Passed<Matter>(Matter matter) -> {
        byte[] said =
            new CardStatement(
                    "https://auth.city.example",
                    Base64Url.encode(new byte[16]),
                    Base64Url.encode(new byte[32]),
                    Purpose.APPROVE,
                    "T-0002",
                    Base64Url.encode(new byte[32]),
                    Sha256.text(matter.text()))
                .bytes();
        Approvals.Approval approval =
            new Approvals.Approval(
                session,
                matter,
                "t",
                said,
                TestCa.sign(key(person).getPrivate(), said),
                spki(person),
                false);
        yield run.storage.transactions.write(change -> {
          Verdict<EntryReceipt> approved = approvals.approve(change, approval);
          if (approved instanceof Verdict.Refused<EntryReceipt>(Refusal reason)) {
            approvals.refused(change, session.subject(), matter, reason);
          }
          return approved;
        });
      }
    };
  }

  private String approvedSeries() {
    String id = passed(run.requests.request(clerk, wanted(new NewSeries("weekly", 3), null))).id();
    passed(approve(FIRST, id));
    assertTrue(run.dossier(id).grant() != null, run.entries().toString());
    return id;
  }

  private String time(String series, int number) {
    return Objects.requireNonNull(run.dossier(series).request().turn())
        .series()
        .occurrence(number)
        .request();
  }

  @Test
  @DisplayName("ADR 0051: a time of a series opens only what the policy permits that day")
  void stricterForTheTimes() {
    String series = approvedSeries();
    String one = time(series, 1);
    rules(GrantSettings.CAPABILITIES, List.of());
    refused(Refusal.GRANT_CAPABILITY, run.activate(one, 1));
    rules(GrantSettings.SECOND_APPROVER, List.of(GrantCapability.USB_READ));
    refused(Refusal.APPROVAL_SECOND, run.activate(one, 1));
    rules(GrantSettings.FIELDS, List.of(GrantField.LEGAL_BASIS));
    refused(Refusal.GRANT_FIELDS, run.activate(one, 1));
    rules(GrantSettings.ATTENDANT, List.of(GrantCapability.USB_READ));
    refused(Refusal.GRANT_ATTENDANT, run.activate(one, 1));
    rules(GrantSettings.LONGEST_SERIES, Duration.ofDays(31));
    passed(run.activate(one, 1));
  }

  @Test
  @DisplayName("ADR 0051: a month in which nothing would open is not signed")
  void stricterForTheMonth() {
    String series = approvedSeries();
    passed(run.activate(time(series, 1), 1));
    clock.advance(Duration.ofHours(2));
    clerk = run.login(CLERK, "T-0001");
    passed(run.returns.confirm(clerk, time(series, 1)));
    passed(run.returns.report(clerk, time(series, 1), new ReportedUse("受領番号は税第77号")));
    rules(GrantSettings.CAPABILITIES, List.of());
    refused(Refusal.GRANT_CAPABILITY, approve(FIRST, series));
    assertEquals("grant.refused GRANT_CAPABILITY", run.entries().getLast());
    rules(GrantSettings.SECOND_APPROVER, List.of(GrantCapability.USB_READ));
    refused(Refusal.APPROVAL_SECOND, approve(FIRST, series));
    rules(GrantSettings.LONGEST_SERIES, Duration.ofDays(31));
    passed(approve(FIRST, series));
  }

  private String askedPlain() {
    NewExport file = new NewExport("prefecture", 1, 1_000, List.of("a.csv"));
    return passed(run.requests.request(clerk, wanted(null, file))).id();
  }

  @Test
  @DisplayName("R11: the first of two approvals does not count once its card is suspended")
  void suspendedCard() {
    String id = askedPlain();
    passed(approve(FIRST, id));
    TestCards.suspend(run.storage, FIRST, spki(FIRST));
    refused(Refusal.APPROVAL_FIRST, approve(SECOND, id));
    assertEquals("approved-once", run.dossier(id).state());
  }

  @Test
  @DisplayName("R11: a deputy's first approval does not count once the deputy is none any more")
  void deputyNoMore() {
    Deputies orders = new Deputies(run.storage.transactions, run.storage.seal);
    Deputy place = named(orders);
    absent();
    String id = askedPlain();
    passed(approve(DEPUTY, id));
    Request.First first = Objects.requireNonNull(run.dossier(id).request().first());
    assertEquals(FIRST, first.represented());
    passed(orders.remove("mayor", place.id(), "総第10号"));
    refused(Refusal.APPROVAL_FIRST, approve(SECOND, id));

    named(orders);
    clock.advance(Duration.ofMinutes(31)); // who was absent is back: it was in order when given
    passed(approve(SECOND, id));
  }

  @Test
  @DisplayName("R11: a deputy's first approval does not count once the deputy's card is suspended")
  void deputysCard() {
    named(new Deputies(run.storage.transactions, run.storage.seal));
    absent();
    String id = askedPlain();
    passed(approve(DEPUTY, id));
    TestCards.suspend(run.storage, DEPUTY, spki(DEPUTY));
    refused(Refusal.APPROVAL_FIRST, approve(SECOND, id));
  }

  private Deputy named(Deputies orders) {
    return passed(
        orders.name(
            "mayor",
            new Deputies.Place(
                "0101",
                DEPUTY,
                1,
                new Validity(LocalDate.of(2026, 4, 1), LocalDate.of(2027, 3, 31)),
                "総第9号")));
  }

  private void absent() {
    Instant now = clock.instant();
    run.storage.transactions.write(change -> {
      new DeputyRepository(run.storage.seal)
          .insert(
              change,
              change.record(
                  new Entry.Subject("mayor", FIRST, null, null, null),
                  new GrantEvent.Withdrawn("absence")),
              new Absence(
                  Base64Url.encode(new byte[16]),
                  "mayor",
                  FIRST,
                  now,
                  now.plus(Duration.ofMinutes(30)),
                  FIRST,
                  false));
      return FIRST;
    });
  }
}
