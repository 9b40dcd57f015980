package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.OpenExport;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.support.ui.Select;

/**
 * The page of exceptions in a clerk's and an approver's browser: what one asks for, another's card
 * decides. What the medium then does at the terminal is {@code StoryIT}'s.
 *
 * <p>Past 400 lines: one town, which takes longer to start than most of its tests, for every page
 * about exceptions.
 */
@Tag("pcsc")
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GrantsIT {
  private static final String MEDIUM = "M-0007";

  @TempDir static Path directory;
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");
  private static final DateTimeFormatter FIELD = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm");
  private Town town;
  private Browsers browsers;
  private @Nullable Series series;

  @BeforeAll
  void start() throws IOException {
    browsers = new Browsers(directory);
    town = Town.withConsoleHere(directory);
    town.registerMedium(MEDIUM, "A".repeat(43));
    town.nameDeputy(Town.UNLUCKY, "shimin");
  }

  @AfterAll
  void stop() {
    browsers.close();
    town.close();
  }

  @BeforeEach
  void pinIsTypedRight() {
    town.typePin(Town.PIN);
  }

  private Screen at(String person, String language, String path) {
    town.insert(person);
    Screen screen = browsers.lend(language);
    screen.go(town.people());
    screen.press("login-button");
    screen.waitForPath("/log");
    screen.go(town.people() + path);
    return screen;
  }

  private static void fillRequest(Screen screen, String reason) {
    screen.fill("grant-medium", MEDIUM);
    fillMatter(screen, reason);
  }

  private static void fillMatter(Screen screen, String reason) {
    screen.fill("grant-minutes", "30");
    screen.fill("grant-subjects", "12");
    screen.fill("grant-document", "市総第12号");
    screen.fill("grant-reason", reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void oneAsksAndAnotherApprovesTheShownTextByCard(String language) {
    String path;
    try (Screen clerk = at(Town.CLERK, language, "/grants")) {
      fillRequest(clerk, "議案資料の受け取り");
      clerk.picture("grants-" + language);
      assertEquals(List.of(), clerk.accessibilityFaults());
      clerk.press("request-button");
      clerk.see("grant-text");
      path = clerk.url().substring(town.people().length());
      assertFalse(clerk.has("approve-button"), "one's own request");
      clerk.picture("grant-requested-" + language);
      assertEquals(List.of(), clerk.accessibilityFaults());
    }
    try (Screen approver = at(Town.APPROVER, language, path)) {
      String shown = approver.see("grant-text").getText();
      assertTrue(shown.contains("person " + Town.CLERK), shown);
      approver.picture("grant-approve-" + language);
      approver.scrollTo("approve-button");
      approver.picture("grant-approve-text-" + language);
      assertEquals(List.of(), approver.accessibilityFaults());
      approver.press("approve-button");
      approver.seeAttribute("grant", "data-state", "approved");
      approver.picture("grant-approved-" + language);
      for (String paper : List.of("request", "permit")) {
        approver.go(town.people() + path + "/" + paper);
        approver.see("paper");
        approver.picture("paper-" + paper + "-" + language);
        assertEquals(List.of(), approver.accessibilityFaults());
      }
      approver.go(town.people() + "/grants-register");
      approver.see("register-table");
      approver.picture("paper-register-" + language);
      assertEquals(List.of(), approver.accessibilityFaults());
      approver.go(town.people() + "/grants");
      approver.see("grants-table");
      approver.picture("grants-list-" + language);
      assertEquals(List.of(), approver.accessibilityFaults());
    }
    assertTrue(entered("grant.approved", path, Town.APPROVER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void oneIsSentBackMendedAndSentAgain(String language) {
    String path;
    try (Screen clerk = at(Town.CLERK, language, "/grants")) {
      fillRequest(clerk, "議案資料の受け取り");
      clerk.press("request-button");
      clerk.see("grant-text");
      path = clerk.url().substring(town.people().length());
    }
    try (Screen approver = at(Town.APPROVER, language, path)) {
      approver.press("remand-button");
      approver.seeRefusal("refusal-grant", "GRANT_INCOMPLETE");
      approver.fill("remand-text", "提供先を書いてください。");
      approver.scrollTo("remand-button");
      approver.picture("grant-remand-" + language);
      assertEquals(List.of(), approver.accessibilityFaults());
      approver.press("remand-button");
      approver.seeAttribute("grant", "data-state", "remanded");
      assertFalse(approver.has("approve-button"));
    }
    try (Screen clerk = at(Town.CLERK, language, path)) {
      assertEquals("提供先を書いてください。", clerk.see("remand-reason").getText());
      assertEquals("市総第12号", clerk.attribute("grant-document", "value"));
      clerk.picture("grant-remanded-" + language);
      clerk.scrollTo("request-button");
      clerk.picture("grant-mend-" + language);
      assertEquals(List.of(), clerk.accessibilityFaults());
      clerk.fill("grant-provided-to", "議会事務局");
      clerk.press("request-button");
      clerk.seeAttribute("grant", "data-state", "requested");
      assertTrue(clerk.see("grant-text").getText().contains("provided-to 議会事務局"));
      assertFalse(clerk.has("grant-form"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void aDeputyDecidesForTheAbsentApproverWhoLooksAfterwards(String language) {
    String path;
    try (Screen clerk = at(Town.CLERK, language, "/grants")) {
      fillRequest(clerk, "議案資料の受け取り");
      clerk.press("request-button");
      clerk.see("grant-text");
      path = clerk.url().substring(town.people().length());
    }
    try (Screen approver = at(Town.APPROVER, language, "/grants")) {
      approver.fill("absence-end", "");
      approver.press("absence-button");
      approver.seeRefusal("refusal-deputy", "ABSENCE_INVALID");
      approver.go(town.people() + "/grants");
      approver.press("absence-button");
      approver.see("absences");
      approver.scrollTo("absences");
      approver.picture("deputies-" + language);
      assertEquals(List.of(), approver.accessibilityFaults());
    }
    try (Screen deputy = at(Town.UNLUCKY, language, path)) {
      assertTrue(deputy.has("approve-button"));
      deputy.press("reject-button");
      deputy.seeAttribute("grant", "data-state", "rejected");
      deputy.picture("grant-by-deputy-" + language);
      assertEquals(List.of(), deputy.accessibilityFaults());
    }
    try (Screen approver = at(Town.APPROVER, language, "/grants")) {
      approver.scrollTo("reviews");
      approver.picture("reviews-" + language);
      assertEquals(List.of(), approver.accessibilityFaults());
      approver.pressFirst("#absences button");
      approver.waitGone("absences");
      approver.pressFirst("#reviews a");
      approver.press("review-button");
      approver.waitGone("review-button");
      approver.picture("grant-reviewed-" + language);
      assertEquals(List.of(), approver.accessibilityFaults());
    }
  }

  /** Both languages on the way of one use, to its receipt: it takes three logins. */
  @Test
  void moreTimeIsAskedForAndApprovedWhileTheMediumIsInUse() {
    String path;
    try (Screen clerk = at(Town.CLERK, "ja", "/grants")) {
      fillRequest(clerk, "議案資料の受け取り");
      clerk.press("request-button");
      clerk.see("grant-text");
      path = clerk.url().substring(town.people().length());
    }
    try (Screen approver = at(Town.APPROVER, "ja", path)) {
      approver.press("approve-button");
      approver.seeAttribute("grant", "data-state", "approved");
    }
    try (Screen clerk = at(Town.CLERK, "ja", path)) {
      town.activate(path.substring(path.lastIndexOf('/') + 1), "A".repeat(43));
      for (String language : List.of("en", "ja")) {
        clerk.go(town.people() + path + "?lang=" + language);
        clerk.seeAttribute("grant", "data-state", "active");
        clerk.scrollTo("extend-button");
        clerk.picture("grant-extend-" + language);
        assertEquals(List.of(), clerk.accessibilityFaults());
      }
      clerk.press("extend-button");
      clerk.seeRefusal("refusal-grant", "GRANT_INCOMPLETE");
      clerk.fill("extend-reason", "資料が多く時間がかかる");
      clerk.press("extend-button");
      clerk.seeRefusal("refusal-grant", "GRANT_NOT_LONGER");
      clerk.fill("extend-minutes", "40");
      clerk.press("extend-button");
      clerk.seeAttribute("extension", "data-state", "asked");
    }
    try (Screen approver = at(Town.APPROVER, "ja", path)) {
      for (String language : List.of("en", "ja")) {
        approver.go(town.people() + path + "?lang=" + language);
        assertTrue(approver.see("extension-text").getText().contains("minutes 40"));
        approver.scrollTo("extension-detail");
        approver.picture("grant-extension-asked-" + language);
        assertEquals(List.of(), approver.accessibilityFaults());
      }
      approver.press("approve-button");
      approver.seeAttribute("extension", "data-state", "approved");
      approver.picture("grant-extended-ja");
      assertEquals(List.of(), approver.accessibilityFaults());
      approver.press("hand-over-button");
      approver.seeRefusal("refusal-grant", "GRANT_INCOMPLETE");
      approver.fill("hand-over-receipt", "議第77号");
      approver.scrollTo("hand-over-button");
      approver.picture("grant-hand-over-ja");
      approver.press("hand-over-button");
      approver.seeAttribute("grant", "data-state", "closed");
      assertEquals("議第77号", approver.see("receipt").getText());
      for (String language : List.of("en", "ja")) {
        // The service's own terminal activated it and opened nothing: that is what does not fit.
        approver.go(town.people() + "/reconciliation?lang=" + language);
        assertTrue(approver.see("unopened-table").getText().contains("議第77号"));
        approver.picture("reconciliation-" + language);
        assertEquals(List.of(), approver.accessibilityFaults());
      }
    }
  }

  /**
   * A series that was approved.
   *
   * @param over when its first time is over; null where that is not today
   * @param month of its second time
   */
  private record Series(String path, @Nullable Instant over, YearMonth month) {}

  /** First, so that its first time is over when the last test looks: nobody waits for it. */
  @Test
  @Order(1)
  void aSeriesByTurnsIsAskedForAndApprovedOnce() {
    series = approved(asked());
    assertTrue(entered("grant.series-approved", series.path(), Town.APPROVER));
  }

  private boolean entered(String type, String path, String word) {
    String id = path.substring(path.lastIndexOf('/') + 1);
    return town.entries().stream()
        .anyMatch(line -> line.contains(type) && line.contains(id) && line.contains(word));
  }

  private Series asked() {
    LocalDate today = LocalDate.now(JAPAN);
    LocalDate last = FiscalYear.end(today);
    // No series goes beyond 31 March: in that month it begins after it.
    boolean now = !today.plusMonths(1).isAfter(last);
    try (Screen clerk = at(Town.CLERK, "ja", "/grants?lang=en")) {
      clerk.scrollTo("grant-reason");
      clerk.picture("series-form-en");
      assertEquals(List.of(), clerk.accessibilityFaults());
      clerk.go(town.people() + "/grants?lang=ja");
      fillRequest(clerk, "議案資料の受け取り");
      clerk.fill("grant-repeat", "monthly");
      clerk.fill("grant-count", "2");
      clerk.fill("grant-others", Town.CLERK);
      clerk.press("request-button");
      clerk.seeRefusal("refusal-grant", "GRANT_SERIES");
      clerk.fill("grant-others", Town.UNLUCKY);
      clerk.scrollTo("grant-reason");
      clerk.picture("series-form-ja");
      assertEquals(List.of(), clerk.accessibilityFaults());
      // Time for one login and one card; the form knows minutes.
      Instant over = Instant.now().plusSeconds(135).truncatedTo(ChronoUnit.MINUTES);
      clerk.fill("grant-start", now ? today + "T00:00" : last.plusDays(1) + "T09:00");
      clerk.fill("grant-end", now ? FIELD.format(over.atZone(JAPAN)) : last.plusDays(1) + "T10:00");
      clerk.press("request-button");
      String asked = clerk.see("grant-text").getText();
      assertTrue(asked.contains("rota " + Town.CLERK + " " + Town.UNLUCKY), asked);
      assertTrue(asked.contains("confirm monthly"), asked);
      String path = clerk.url().substring(town.people().length());
      return new Series(path, now ? over : null, YearMonth.from(today).plusMonths(1));
    }
  }

  private Series approved(Series asked) {
    try (Screen approver = at(Town.APPROVER, "ja", asked.path())) {
      approver.press("approve-button");
      approver.seeAttribute("grant", "data-state", "approved");
      for (String language : List.of("en", "ja")) {
        approver.go(town.people() + asked.path() + "?lang=" + language);
        assertEquals(Town.CLERK + " → " + Town.UNLUCKY, approver.see("rota").getText());
        // The first time is today's: it was made with the approval.
        assertEquals(asked.over() != null, approver.has("times"));
        approver.picture("series-approved-" + language);
        assertEquals(List.of(), approver.accessibilityFaults());
      }
    }
    return asked;
  }

  /** Last, and both languages on the way of one series. */
  @Test
  @Order(Integer.MAX_VALUE)
  void aFurtherCardOpensTheNextMonthAndOneButtonEndsTheSeries() {
    Series known = series == null ? approved(asked()) : series;
    String url = town.people() + known.path();
    Instant over = known.over();
    try (Screen approver = at(Town.APPROVER, "ja", known.path())) {
      if (over != null) {
        String month = known.month().toString();
        Programs.await(
            "the end of the first time", Duration.ofMinutes(4), () -> Instant.now().isAfter(over));
        for (String language : List.of("en", "ja")) {
          approver.go(url + "?lang=" + language);
          String text = approver.see("confirm-text").getText();
          assertTrue(text.contains("month " + month) && text.contains("unused 1"), text);
          approver.scrollTo("confirm-detail");
          approver.picture("series-confirm-" + language);
          assertEquals(List.of(), approver.accessibilityFaults());
        }
        approver.press("approve-button");
        approver.waitGone("confirm-text");
        for (String language : List.of("en", "ja")) {
          approver.go(url + "?lang=" + language);
          approver.see("series");
          assertTrue(approver.source().contains("data-month=\"" + month + "\""));
          approver.picture("series-confirmed-" + language);
          assertEquals(List.of(), approver.accessibilityFaults());
        }
        assertTrue(entered("grant.series-confirmed", known.path(), month));
      }
      approver.press("revoke-button");
      approver.seeAttribute("grant", "data-state", "revoked");
      approver.picture("series-ended-ja");
      assertEquals(List.of(), approver.accessibilityFaults());
      if (over != null) {
        approver.pressFirst("#times a");
        approver.seeAttribute("series", "data-number", "1");
        approver.picture("series-time-ja");
        assertEquals(List.of(), approver.accessibilityFaults());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void anExceptionalMeasureIsPermittedByTheCisosCard(String language) {
    String path;
    try (Screen manager = at(Town.APPROVER, language, "/measures")) {
      manager.fill("measure-terminals", "T-0042");
      manager.fill("measure-reason", "検診用スキャナが登録できるまでの間");
      manager.fill("measure-substitute", "入室者を記録し、情報システム担当が週1回点検する");
      manager.fill("measure-until", "");
      manager.press("request-button");
      manager.seeRefusal("refusal-measure", "MEASURE_WITHOUT_END");
      manager.picture("measures-without-end-" + language);
      assertEquals(List.of(), manager.accessibilityFaults());
      manager.fill("measure-until", manager.attribute("measure-review", "value"));
      manager.press("request-button");
      manager.see("measure-text");
      path = manager.url().substring(town.people().length());
      assertFalse(manager.has("approve-button"), "one's own request");
    }
    try (Screen ciso = at(Town.UNLUCKY, language, path)) {
      assertTrue(ciso.see("measure-text").getText().contains("terminals T-0042"));
      ciso.picture("measure-approve-" + language);
      assertEquals(List.of(), ciso.accessibilityFaults());
      ciso.press("approve-button");
      ciso.seeAttribute("measure", "data-state", "permitted");
      ciso.scrollTo("review-form");
      ciso.picture("measure-permitted-" + language);
      assertEquals(List.of(), ciso.accessibilityFaults());
      ciso.go(town.people() + path + "/permit");
      ciso.see("paper");
      ciso.picture("paper-measure-" + language);
      assertEquals(List.of(), ciso.accessibilityFaults());
      ciso.go(town.people() + path);
      ciso.fill("end-note", "登録が済み、標準の状態に戻した");
      ciso.press("end-button");
      ciso.seeAttribute("measure", "data-state", "ended");
      ciso.go(town.people() + "/measures");
      // The agent of this town enforces nothing, and says so.
      assertTrue(ciso.see("out-of-step").getText().contains("T-0042"));
      ciso.picture("measures-" + language);
      assertEquals(List.of(), ciso.accessibilityFaults());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void requestThatCannotBeIsToldAtOnceAndEntered(String language) {
    try (Screen clerk = at(Town.CLERK, language, "/grants")) {
      fillRequest(clerk, "議案資料の受け取り");
      String end = clerk.attribute("grant-end", "value");
      clerk.fill("grant-end", "");
      clerk.press("request-button");
      String text = clerk.seeRefusal("refusal-grant", "GRANT_WITHOUT_END");
      assertTrue(text.contains(Town.HELP_LINE), text);
      clerk.picture("grants-without-end-" + language);
      assertEquals(List.of(), clerk.accessibilityFaults());

      clerk.fill("grant-end", "2126-01-01T00:00");
      clerk.press("request-button");
      clerk.seeRefusal("refusal-grant", "GRANT_TOO_LONG");

      clerk.fill("grant-end", end);
      // The published example of the check digit, of nobody.
      clerk.fill("grant-reason", "123456789018");
      clerk.press("request-button");
      clerk.seeRefusal("refusal-grant", "GRANT_CONTENT");
      assertEquals("123456789018", clerk.attribute("grant-reason", "value"));
    }
    town.awaitEntry("grant.refused", "GRANT_WITHOUT_END");
    town.awaitEntry("grant.refused", "GRANT_TOO_LONG");
    town.awaitEntry("grant.refused", "GRANT_CONTENT");
    assertTrue(town.entries().stream().noneMatch(line -> line.contains("123456789018")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void clerkIsToldWhatTheTerminalDoesWithAMedium(String language) {
    try (Screen clerk = at(Town.CLERK, language, "/log")) {
      clerk.agentSays(medium(null, Refusal.USB_STORAGE));
      clerk.seeAttribute("medium", "data-code", "USB_STORAGE");
      assertTrue(clerk.see("medium").getText().contains(Town.HELP_LINE));
      clerk.picture("medium-blocked-" + language);
      assertEquals(List.of(), clerk.accessibilityFaults());

      String place = "/run/sekisho/media/2-1/medium";
      clerk.agentSays(medium(new OpenExport("g", MEDIUM, place, "2026-11-21T09:00:00Z", 29), null));
      clerk.seeAttribute("medium", "data-code", "OPEN");
      String text = clerk.see("medium").getText();
      assertTrue(text.contains(MEDIUM) && text.contains(place) && text.contains("29"), text);
      clerk.picture("medium-open-" + language);
      assertEquals(List.of(), clerk.accessibilityFaults());

      clerk.agentSays(medium(null, null));
      clerk.waitGone("medium");
    }
  }

  private static String medium(@Nullable OpenExport open, @Nullable Refusal problem) {
    return new String(
        WireJson.write(new LoopbackStatus("T-0042", "active", null, null, null, open, problem)),
        StandardCharsets.UTF_8);
  }

  @Test
  void approverCannotApproveTheOwnRequest() {
    String id;
    try (Screen approver = at(Town.APPROVER, "ja", "/grants")) {
      fillRequest(approver, "自分の申請");
      approver.press("request-button");
      approver.see("grant-text");
      id = approver.attribute("grant", "data-id");
      assertFalse(approver.has("approve-button"));
    }
    Page page = new Page(town.people(), town.agent());
    page.prove("login", null);
    assertEquals("APPROVAL_OWN", page.ask("approve", id).refusal());
    town.awaitEntry("grant.refused", "APPROVAL_OWN");
  }

  @Test
  void whatLeavesInPlainIsAskedForByItsOwnFieldsAndWaitsForASecondCard() {
    String path;
    try (Screen clerk = at(Town.CLERK, "ja", "/grants")) {
      assertFalse(clerk.shows("grant-recipient"), "nothing leaves by reading");
      new Select(clerk.see("grant-capability")).selectByValue("export-plain");
      assertFalse(clerk.shows("grant-files"), "as many as it names");
      fillRequest(clerk, "県への提供");
      clerk.fill("grant-recipient", "prefecture");
      clerk.fill("grant-size", "0.5");
      clerk.fill("grant-names", "課税 資料.csv");
      clerk.press("request-button");
      clerk.seeRefusal("refusal-grant", "GRANT_ATTENDANT");
      clerk.fill("grant-attendant", Town.UNLUCKY);
      clerk.picture("grant-export-form");
      assertEquals(List.of(), clerk.accessibilityFaults());
      clerk.press("request-button");
      String text = clerk.see("grant-text").getText();
      assertTrue(text.contains("bytes 524288\nnames 課税 資料.csv\n"), text);
      path = clerk.url().substring(town.people().length());
    }
    try (Screen approver = at(Town.APPROVER, "ja", path)) {
      approver.see("two");
      approver.press("approve-button");
      approver.seeAttribute("grant", "data-state", "approved-once");
      approver.see("first-approval");
      assertFalse(approver.has("approve-button"), "not twice");
      approver.picture("grant-approved-once");
      assertEquals(List.of(), approver.accessibilityFaults());
    }
  }

  @Test
  void anImportIsAskedForWithoutAMediumAndApprovedByCardInEitherLanguage() {
    String path;
    try (Screen clerk = at(Town.CLERK, "ja", "/grants")) {
      new Select(clerk.see("grant-capability")).selectByValue("media-import");
      assertFalse(clerk.shows("grant-medium"), "any medium that arrives");
      assertFalse(clerk.shows("grant-recipient"), "nothing leaves");
      fillMatter(clerk, "届いた光ディスクの取込み");
      clerk.fill("grant-files", "4");
      clerk.fill("grant-size", "512");
      new Select(clerk.see("grant-unit")).selectByValue("KiB");
      clerk.picture("grant-import-form");
      assertEquals(List.of(), clerk.accessibilityFaults());
      clerk.press("request-button");
      String text = clerk.see("grant-text").getText();
      assertTrue(text.contains("medium -\nfingerprint -\n"), text);
      assertTrue(text.contains("files 4\nbytes 524288\n"), text);
      String kind = clerk.see("kind").getText();
      assertTrue(kind.contains("512 KiB（524,288 バイト）"), kind);
      path = clerk.url().substring(town.people().length());
    }
    try (Screen approver = at(Town.APPROVER, "en", path)) {
      String kind = approver.see("kind").getText();
      assertTrue(kind.contains("512 KiB (524,288 bytes)"), kind);
      approver.press("approve-button");
      approver.seeAttribute("grant", "data-state", "approved");
      approver.picture("grant-import-approved");
      assertEquals(List.of(), approver.accessibilityFaults());
    }
    assertTrue(entered("grant.approved", path, Town.APPROVER));
  }
}
