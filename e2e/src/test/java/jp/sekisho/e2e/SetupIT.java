package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/**
 * The first start in a browser: from the code that {@code init} printed to a town hall that works,
 * with the programs as they are shipped, by the keyboard alone (a file is chosen by its path).
 */
@Tag("pcsc")
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SetupIT {
  private static final String ADMIN = "100001";
  private static final String AUDITOR = Town.AUDITOR;
  private static final String APPROVER = Town.APPROVER;
  private static final String POST = ",課,主事,2026-04-01,2126-03-31,";

  @TempDir static Path directory;
  private Town town;

  @BeforeAll
  void start() throws IOException {
    town = Town.empty(directory);
    for (String number : List.of(ADMIN, AUDITOR, APPROVER)) {
      Path _ = town.makeCard(number);
    }
    town.typePin(Town.PIN);
  }

  @AfterAll
  void stop() {
    town.close();
  }

  /** A picture in both languages; nothing cut off, nothing against WCAG. */
  private static void look(Screen screen, String name) {
    screen.picture(name);
    assertEquals(List.of(), screen.accessibilityFaults(), name);
    assertFalse(screen.isCut(), name);
  }

  private void lookInBoth(Screen screen, String path, String name) {
    screen.go(town.people() + path + "?lang=en");
    look(screen, name + "-en");
    screen.go(town.people() + path + "?lang=ja");
    look(screen, name + "-ja");
  }

  @Test
  void fromTheCodeToAWorkingTownHall() throws Exception {
    try (Screen screen = Screen.open("ja", directory.resolve("profile"))) {
      byTheCode(screen);
      town.startAgent();
      town.insert(ADMIN);
      screen.press("login-link");
      screen.waitUntil(
          "the login's button to have the focus", () -> screen.focus().equals("login-button"));
      screen.type(Keys.ENTER);
      screen.waitForPath("/log");
      byTheCard(screen);
    }
    assertTrue(town.entries().stream().anyMatch(line -> line.contains("setup.finished")));
  }

  private void byTheCode(Screen screen) {
    lookInBoth(screen, "/setup", "setup-code");
    screen.waitUntil("the code's field to have the focus", () -> screen.focus().equals("code"));
    screen.type("00000-00000-00000-00000-00000", Keys.ENTER);
    screen.seeRefusal("refusal-setup", "SETUP_CODE");
    look(screen, "setup-code-wrong-ja");
    screen.see("code").clear();
    screen.type(Keys.TAB); // leaves the cleared field; back to it
    screen.see("code").sendKeys(town.code(), Keys.ENTER);

    screen.see("admin-form");
    lookInBoth(screen, "/setup", "setup-administrator");
    screen.waitUntil("the number's field to have the focus", () -> screen.focus().equals("number"));
    screen.type(ADMIN, Keys.TAB);
    screen.type("管理 一郎", Keys.TAB);
    screen.type(Keys.TAB); // the one organ is chosen
    screen.type("係長", Keys.TAB);
    screen.type("joho", Keys.TAB);
    screen.type("情報政策課", Keys.TAB);
    screen.choose("certificate", town.certificate(ADMIN));
    screen.see("admin-button").sendKeys(Keys.ENTER);

    screen.see("ticket-form");
    lookInBoth(screen, "/setup", "setup-terminal");
    screen.waitUntil(
        "the terminal's field to have the focus",
        () -> List.of("terminal-id", "confirm-id").contains(screen.focus()));
    screen.see("terminal-id").sendKeys("T-0042", Keys.ENTER);
    String ticket = screen.see("ticket").getText();
    look(screen, "setup-ticket-ja");
    String fingerprint =
        town.enrol(ticket.substring(ticket.indexOf('\'') + 1, ticket.lastIndexOf('\'')));
    screen.see("fingerprint").sendKeys(fingerprint, Keys.ENTER);
    screen.see("login-link");
    lookInBoth(screen, "/setup", "setup-login");
  }

  private void byTheCard(Screen screen) throws IOException, MalformedException {
    lookInBoth(screen, "/setup/steps", "setup-steps");
    screen.press("finish-button");
    screen.seeRefusal("refusal-steps", "SETUP_UNFINISHED");
    look(screen, "setup-unfinished-ja");

    Path file = directory.resolve("persons.csv");
    Files.writeString(
        file,
        "staff_number,name,organ,division,division_name,post,from,until,roles\n"
            + AUDITOR
            + ",監査 花子,mayor,kansa"
            + POST
            + "auditor\n"
            + APPROVER
            + ",見本 三郎,mayor,shimin"
            + POST
            + "clerk;approver\n"
            + "100009,署名 次郎,mayor,joho"
            + POST
            + "policy_officer\n"
            + Town.CLERK
            + ",見本 花子,mayor,shimin"
            + POST
            + "clerk\n");
    screen.go(town.people() + "/people");
    screen.choose("order-file", file);
    screen.press("check-button");
    screen.see("preview-persons");
    screen.press("apply-button");
    screen.waitUntil(
        "the auditor to be listed",
        () -> screen.source().contains("data-person=\"" + AUDITOR + "\""));

    screen.go(town.people() + "/setup/steps");
    for (String person : List.of(AUDITOR, APPROVER)) {
      screen.waitUntil(
          person + " to be asked for a card",
          () -> screen.source().contains("value=\"" + person + "\""));
      screen.see("card-person").sendKeys(person);
      screen.choose("card-file", town.certificate(person));
      screen.press("card-button");
      screen.waitUntil(
          person + " to have a card", () -> !screen.source().contains("value=\"" + person + "\""));
    }
    lookInBoth(screen, "/setup/steps", "setup-policy");
    Path signed = town.signPolicy();
    SignedFile root =
        SignedFile.read(
            TrustKind.ROOT,
            Files.readAllBytes(signed.resolve("root")),
            Files.readAllBytes(signed.resolve("root.sig")));
    screen.choose("root", signed.resolve("root"));
    screen.choose("root-sig", signed.resolve("root.sig"));
    screen.choose("policy", signed.resolve("policy"));
    screen.choose("policy-sig", signed.resolve("policy.sig"));
    screen.fill("root-hash", root.hash());
    screen.press("policy-button");
    screen.seeAttribute("setup-left", "data-level", "ready");
    lookInBoth(screen, "/setup/steps", "setup-ready");
    screen.press("finish-button");
    screen.waitForPath("/log");
    screen.go(town.people() + "/setup");
    assertTrue(screen.source().contains("NOT_FOUND"), screen.source());
  }
}
