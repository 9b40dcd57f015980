package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jp.sekisho.protocol.Base64Url;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/**
 * The desk in a browser: a personnel file looked at, taken and undone; a lost card stopped; a
 * temporary card put into the stock, handed out, used and returned. Each by card and PIN at the
 * administrator's own terminal.
 */
@Tag("pcsc")
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeskIT {
  private static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles\n";
  private static final String TEMPORARY = "K-0007";
  private static final String MEDIUM = "M-0007";

  @TempDir static Path directory;
  private Town town;
  private Path temporary;
  private Path further;
  private Browsers browsers;

  @BeforeAll
  void start() throws IOException {
    browsers = new Browsers(directory);
    town = Town.withConsoleHere(directory);
    town.takeOrder(
        HEADER
            + Town.APPROVER
            + ",見本 三郎,mayor,shimin,市民課,課長,2026-04-01,2126-03-31,clerk;approver;admin\n");
    temporary = town.makeCard(TEMPORARY);
    further = town.makeCard("further", Town.CLERK);
    town.typePin(Town.PIN);
  }

  @AfterAll
  void stop() {
    browsers.close();
    town.close();
  }

  private Screen at(String card, String language, String path) {
    return at(card, language, "/log", path);
  }

  /** As {@link #at(String, String, String)}; the login leads to {@code first}. */
  private Screen at(String card, String language, String first, String path) {
    town.insert(card);
    Screen screen = browsers.lend(language);
    screen.go(town.people());
    screen.press("login-button");
    screen.waitForPath(first);
    screen.go(town.people() + path);
    return screen;
  }

  @Test
  void whoHasTwoPostsChoosesOneAfterTheCard() throws IOException {
    town.takeOrder(
        "order,staff_number,name,organ,division,division_name,post,appointment,from,until,"
            + "contract_until,subcontract,roles,lender\n"
            + "CONCURRENT,100007,見本 太郎,mayor,shimin,市民課,主事,STAFF,2026-04-01,,,,clerk,\n");
    town.insert(Town.AUDITOR);
    for (String language : List.of("ja", "en")) {
      try (Screen auditor = browsers.lend(language)) {
        auditor.go(town.people());
        auditor.press("login-button");
        auditor.waitForPath("/post");
        look(auditor, "post-" + language);
        auditor.pressFirst("button[data-post='shimin']");
        auditor.waitForPath("/log");
        setsAndLiftsAHold(auditor, language);
        takesNames(auditor);
      }
    }
    List<String> entries = town.entries();
    for (String reference : List.of("監査第1号-ja", "監査第1号-en", "監査第2号-ja", "監査第2号-en")) {
      assertEquals(1, entries.stream().filter(line -> line.contains(reference)).count(), reference);
    }
    assertEquals(
        2,
        entries.stream()
            .filter(line -> line.contains("log.exported") && line.matches(".*\"names\":[1-9].*"))
            .count());
    assertTrue(
        entries.stream()
            .anyMatch(line ->
                line.contains("session.post-chosen") && line.contains("\"post\":\"shimin\"")));
  }

  /** A legal hold by the form of the log page, from its order to its end. */
  private static void setsAndLiftsAHold(Screen auditor, String language) {
    auditor.see("hold-form");
    auditor.fill("hold-reference", "監査第1号-" + language);
    auditor.press("hold-button");
    auditor.waitUntil("the hold", () -> auditor.source().contains("data-lift=\""));
    auditor.scrollTo("hold-form");
    look(auditor, "log-hold-" + language);
    auditor.fill("hold-reference", "監査第2号-" + language);
    auditor.pressFirst("button[data-lift]");
    auditor.waitUntil("its end", () -> !auditor.source().contains("data-lift=\""));
  }

  /** The bundle with names: written down, then taken; the entry says it before a byte leaves. */
  private static void takesNames(Screen auditor) {
    auditor.pressFirst("#names summary");
    String code = auditor.see("names-code").getText();
    assertTrue(code.matches("[0-9A-Z](-[0-9A-Z]{5}){5}"), code);
    look(auditor, "log-names-" + (auditor.source().contains("lang=\"ja\"") ? "ja" : "en"));
    auditor.press("names-button");
    auditor.waitUntil(
        "the bundle",
        () ->
            auditor
                .script("return String(!document.getElementById('names-button').disabled)")
                .equals("true"));
  }

  private static void look(Screen screen, String name) {
    screen.picture(name);
    assertEquals(List.of(), screen.accessibilityFaults(), name);
  }

  private void takesAndUndoes(Screen admin, String language) throws IOException {
    Path file = directory.resolve("april-" + language + ".csv");
    Files.writeString(
        file,
        HEADER
            + "100201,新人 一郎,mayor,shimin,市民課,主事,2125-04-01,,clerk\n"
            + "100202,新人 二郎,mayor,zeimu,税務課,主事,2125-04-01,,clerk\n");
    admin.see("people-table");
    look(admin, "people-" + language);
    admin.choose("order-file", file);
    admin.press("check-button");
    admin.see("preview-persons");
    admin.scrollTo("apply-button");
    look(admin, "people-preview-" + language);
    admin.press("apply-button");
    admin.waitUntil("the order to be listed", () -> admin.source().contains("data-undo=\"O-"));
    admin.scrollTo("orders-table");
    look(admin, "people-orders-" + language);
    admin.pressFirst("button[data-undo]");
    admin.waitUntil("the order to be undone", () -> !admin.source().contains("data-undo=\"O-"));
  }

  /** Ends the session that somebody left open at another terminal, without a mouse. */
  private void endsAnothersSession(Screen admin) {
    admin.go(town.people() + "/sessions");
    admin.see("organ-table");
    look(admin, "sessions-ja");
    admin.scrollTo("organ-table");
    look(admin, "sessions-organ-ja");
    admin.script("document.querySelector(\"button[data-end='other']\").focus()");
    admin.type(Keys.ENTER);
    admin.see("done");
    assertFalse(admin.source().contains("data-end=\"other\""), "nothing left of the clerk's");
    look(admin, "sessions-ended-ja");
    admin.go(town.people() + "/sessions?q=T-9999&lang=en");
    admin.see("sessions-none");
    look(admin, "sessions-none-en");
    admin.go(town.people() + "/sessions?lang=en");
    admin.scrollTo("organ-table");
    look(admin, "sessions-organ-en");
    assertTrue(
        town.entries().stream().anyMatch(line -> line.contains("\"cause\":\"by-administrator\"")));
    admin.go(town.people() + "/people?lang=ja");
  }

  @Test
  void anAdministratorLooksAfterPeopleAndCards() throws IOException {
    Page elsewhere = new Page(town.people(), town.anotherTerminal("T-0043"));
    town.insert(Town.CLERK);
    Programs.await(
        "the other terminal to see the card",
        Duration.ofSeconds(15),
        () -> elsewhere.status().problem() == null);
    elsewhere.prove("login", null);
    try (Screen admin = at(Town.APPROVER, "ja", "/people")) {
      endsAnothersSession(admin);
      assertEquals("SESSION_ENDED", elsewhere.get("/api/v1/session").refusal());
      takesAndUndoes(admin, "ja");
      Path faulty = directory.resolve("faulty.csv");
      Files.writeString(faulty, HEADER + "100203,新人,mayor,shimin,市民課,主事,4月1日,,clerk\n");
      admin.choose("order-file", faulty);
      admin.press("check-button");
      admin.see("preview-faults");
      admin.scrollTo("preview");
      look(admin, "people-faults-ja");

      admin.go(town.people() + "/people/" + Town.UNLUCKY);
      admin.see("cards-table");
      look(admin, "person-ja");
      admin.press("suspend-button");
      admin.see("done");
      look(admin, "person-suspended-ja");
      bringsAFurtherCard(admin);
      keepsTheRegisterOfMedia(admin);
      looksAtEmergencies(admin, "ja");
      new Leaks(admin, town).inShort();

      admin.go(town.people() + "/temporary");
      admin.see("stock-empty");
      look(admin, "temporary-empty-ja");
      admin.choose("stock-file", temporary);
      admin.press("stock-button");
      admin.see("done");
      admin.fill("hand-person", Town.CLERK);
      admin.press("hand-sure");
      look(admin, "temporary-ja");
      admin.press("hand-button");
      admin.see("away-table");
      look(admin, "temporary-out-ja");
    }
    try (Screen clerk = at(TEMPORARY, "en", "/authenticators", "/log")) {
      assertEquals(Town.CLERK, clerk.see("person").getText(), "the carrier, not the card");
      clerk.go(town.people() + "/people");
      clerk.see("notice");
      look(clerk, "people-refused-en");
    }
    try (Screen admin = at(Town.APPROVER, "en", "/temporary")) {
      admin.see("away-table");
      look(admin, "temporary-out-en");
      admin.pressFirst("button[data-action='temporary-return']");
      admin.see("away-none");
      look(admin, "temporary-en");
      admin.go(town.people() + "/people/" + Town.CLERK);
      admin.see("cards-table");
      assertTrue(admin.has("waits"), "the further card waits on");
      assertTrue(admin.source().contains("data-grant-state=\"active\""), "the own card is back");
      look(admin, "person-en");
      admin.go(town.people() + "/people");
      takesAndUndoes(admin, "en");
      disposesOfAMedium(admin);
      looksAtEmergencies(admin, "en");
    }
    try (Screen clerk = at(Town.CLERK, "ja", "/authenticators", "/authenticators")) {
      clerk.see("waits");
      look(clerk, "authenticators-waits-ja");
      clerk.go(town.people() + "/confirmations");
      look(clerk, "confirm-own-ja");
      clerk.script("document.querySelector(\"button[data-action='card-confirm']\").focus()");
      clerk.type(Keys.ENTER);
      clerk.see("done");
      clerk.see("waiting-none");
      look(clerk, "confirm-done-ja");
      clerk.go(town.people() + "/confirmations?lang=en");
      look(clerk, "confirm-none-en");
    }
    assertTrue(
        town.entries().stream().anyMatch(line -> line.contains("\"action\":\"card-confirm\"")));
  }

  /** Every state of a case of 漏えい等 takes half a minute. */
  @Test
  @Tag("torture")
  void aCaseOfALeakIsGoneThroughWithoutAMouse() {
    try (Screen admin = at(Town.APPROVER, "ja", "/breaches")) {
      new Leaks(admin, town).inFull();
    }
  }

  /** A second card of the clerk, which waits for the clerk or the head of the division. */
  private void bringsAFurtherCard(Screen admin) {
    admin.go(town.people() + "/people/" + Town.CLERK);
    admin.choose("certificate", further);
    admin.press("register-button");
    admin.see("waits");
    look(admin, "person-waits-ja");
    admin.go(town.people() + "/confirmations?lang=en");
    admin.see("waiting-table");
    look(admin, "confirm-en");
    admin.go(town.people() + "/confirmations?lang=ja");
    look(admin, "confirm-ja");
  }

  /** A medium is registered by the card, lent and taken back; at the count nobody finds it. */
  private void keepsTheRegisterOfMedia(Screen admin) {
    admin.go(town.people() + "/media");
    admin.see("media-table");
    admin.fill("register-medium", MEDIUM);
    admin.fill("register-fingerprint", "no fingerprint");
    admin.press("register-button");
    admin.seeRefusal("refusal-media", "MEDIUM_FORM");
    look(admin, "media-refused-ja");
    admin.fill("register-fingerprint", Base64Url.encode(new byte[32]));
    admin.press("register-button");
    admin.waitUntil("the medium", () -> admin.source().contains("data-medium=\"" + MEDIUM));
    look(admin, "media-ja");
    admin.script("document.getElementById('check-out-medium').value = '" + MEDIUM + "'");
    admin.fill("check-out-person", Town.CLERK);
    admin.fill("check-out-reference", "貸出第1号");
    admin.press("check-out-button");
    admin.seeRefusal("refusal-media", "MEDIUM_FORM");
    admin.script(
        "document.getElementById('check-out-due').value ="
            + " new Date(Date.now() + 7 * 864e5).toISOString().slice(0, 10)");
    admin.press("check-out-button");
    admin.waitUntil("the loan", () -> admin.source().contains("data-place=\"lent\""));
    for (String language : List.of("en", "ja")) {
      admin.go(town.people() + "/media?lang=" + language);
      admin.see("media-table");
      look(admin, "media-lent-" + language);
      admin.scrollTo("check-in-form");
      admin.picture("media-lent-forms-" + language);
    }
    admin.script("document.getElementById('check-in-medium').value = '" + MEDIUM + "'");
    admin.press("check-in-button");
    admin.waitUntil("its return", () -> !admin.source().contains("data-place=\"lent\""));
    admin.fill("count-reference", "棚卸第1号");
    admin.press("count-button");
    assertTrue(admin.see("counted").getText().contains(MEDIUM), "it is missing");
    look(admin, "media-counted-ja");
  }

  private void disposesOfAMedium(Screen admin) {
    admin.go(town.people() + "/media");
    admin.see("media-table");
    admin.scrollTo("dispose-form");
    look(admin, "media-en");
    admin.script("document.getElementById('dispose-medium').value = '" + MEDIUM + "'");
    admin.fill("dispose-reference", "廃棄第1号");
    admin.press("dispose-button");
    admin.waitUntil("its end", () -> admin.source().contains("廃棄第1号"));
    look(admin, "media-disposed-en");
  }

  private void looksAtEmergencies(Screen admin, String language) {
    admin.go(town.people() + "/emergencies");
    admin.see("emergencies-none");
    look(admin, "emergencies-none-" + language);
  }
}
