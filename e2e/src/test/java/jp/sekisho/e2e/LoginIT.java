package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A clerk, an auditor and some attackers at one terminal: card, PIN, browser, agent and service,
 * all real.
 */
@Tag("pcsc")
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoginIT {
  private static final String PIN = Town.PIN;

  @TempDir static Path directory;
  private Town town;
  private int profiles;

  @BeforeAll
  void start() throws IOException {
    town = Town.withOtherCards(directory);
  }

  @AfterAll
  void stop() {
    town.close();
  }

  @BeforeEach
  void cardOfTheClerkIsInTheReader() {
    town.insert(Town.CLERK);
    town.typePin(PIN);
  }

  @AfterEach
  void noSecretWasWrittenAnywhere() throws IOException {
    assertEquals(List.of(), town.filesContaining(PIN));
  }

  private Screen screen(String language) {
    return Screen.open(language, directory.resolve("profile" + profiles++));
  }

  private Screen loggedIn(String language) {
    Screen screen = screen(language);
    screen.go(town.people());
    screen.press("login-button");
    screen.waitForPath("/log");
    return screen;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void clerkLogsInWithCardAndPinAndSeesTheOwnEntry(String language) {
    try (Screen screen = screen(language)) {
      screen.go(town.people());
      screen.seeStatus("READY");
      assertTrue(screen.see("login-button").isEnabled());
      screen.picture("login-" + language);
      assertEquals(List.of(), screen.accessibilityFaults());

      int clicks =
          screen.task(
              "login by a card that is in already: button or Enter, PIN, Enter",
              () -> {
                screen.press("login-button");
                screen.waitForPath("/log");
              });
      assertEquals(1, clicks);

      assertTrue(screen.see("log-table").getText().contains("login.succeeded"));
      assertTrue(screen.see("log-table").getText().contains(Town.CLERK));
      screen.picture("log-" + language);
      assertEquals(List.of(), screen.accessibilityFaults());
    }
  }

  @Test
  void theCardAloneOpensThePinPromptAndPinAndEnterAreAll() {
    town.removeCard();
    try (Screen screen = screen("ja")) {
      screen.go(town.people());
      screen.seeStatus("NO_CARD");
      int clicks =
          screen.task(
              "login by card: insert, PIN, Enter",
              () -> {
                town.insert(Town.CLERK);
                screen.waitForPath("/log");
              });
      assertEquals(0, clicks);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void wrongPinIsToldWithTheTriesLeftAndTheNextTrySucceeds(String language) {
    try (Screen screen = screen(language)) {
      town.typePin("999999");
      screen.go(town.people());
      screen.press("login-button");
      String text = screen.seeRefusal("PIN_WRONG");
      assertTrue(text.contains("2"), text);
      assertTrue(text.contains(Town.HELP_LINE), text);
      screen.picture("login-pin-wrong-" + language);
      assertEquals(List.of(), screen.accessibilityFaults());

      town.typePin(PIN);
      screen.press("login-button");
      screen.waitForPath("/log");
    }
  }

  @Test
  void fullWidthDigitsFromAnInputMethodAreTheSamePin() {
    town.typePin("１２３４５６");
    loggedIn("ja").close();
  }

  @Test
  void pinOfWrongFormCostsNoTry() {
    try (Screen screen = screen("ja")) {
      town.typePin("12ab");
      screen.go(town.people());
      screen.press("login-button");
      screen.seeRefusal("PIN_FORMAT");
      assertEquals(3, town.triesLeft());
    }
  }

  @Test
  void blockedPinSaysWhomToCall() {
    town.insert(Town.UNLUCKY);
    town.typePin("999999");
    try (Screen screen = screen("ja")) {
      screen.go(town.people());
      screen.press("login-button");
      screen.seeRefusal("PIN_WRONG");
      screen.press("login-button");
      screen.waitUntil("one try is left", () -> town.triesLeft() == 1);
      screen.press("login-button");
      screen.seeRefusal("PIN_LAST_TRY");
      screen.picture("login-last-try-ja");
      assertEquals(1, town.triesLeft());
      screen.press("last-try-button");
      String text = screen.seeRefusal("PIN_BLOCKED");
      assertTrue(text.contains("PIN閉塞"), text);
      assertTrue(text.contains(Town.HELP_LINE), text);
      screen.picture("login-pin-blocked-ja");
    }
    try (Screen screen = screen("en")) {
      screen.go(town.people());
      screen.waitUntil(
          "the page says so before any PIN", () -> screen.source().contains("blocked"));
      screen.picture("login-pin-blocked-en");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void noCardAndForeignCardAreSaidBeforeAnyPin(String language) {
    try (Screen screen = screen(language)) {
      town.removeCard();
      screen.go(town.people());
      screen.seeStatus("NO_CARD");
      screen.picture("login-no-card-" + language);
      town.insertForeignCard();
      screen.seeStatus("UNKNOWN_CARD");
      screen.picture("login-unknown-card-" + language);
    }
  }

  @ParameterizedTest
  @CsvSource({Town.EXPIRED + ",CERT_EXPIRED", Town.REVOKED + ",CERT_REVOKED"})
  void cardThatTheServiceWouldRefuseIsRefusedBeforeAnyPin(String card, String code) {
    town.insert(card);
    try (Screen screen = screen("ja")) {
      screen.go(town.people());
      screen.seeStatus(code);
      RefusalText words =
          RefusalText.of(Refusal.valueOf(code), Locale.JAPANESE, Map.of("help", Town.HELP_LINE));
      assertTrue(screen.see("status").getText().contains(words.what()), "before a button too");
      screen.press("login-button");
      assertTrue(screen.seeRefusal(code).contains(Town.HELP_LINE));
      screen.picture("login-" + card + "-ja");
    }
    assertFalse(town.sawAPin(card), "the PIN stays with its holder");
    town.awaitEntry("agent.login-refused", code);
  }

  @Test
  void myNumberCardLogsInWhereThePolicyAndTwoReadersForStaffLetIt() {
    town.insert(Town.MY_NUMBER_CARD);
    town.typePin(Town.MY_NUMBER_PIN);
    try (Screen screen = loggedIn("ja")) {
      assertTrue(screen.see("log-table").getText().contains(Town.COUNTER_CLERK));
      screen.picture("log-my-number-card-ja");
      town.removeCard();
      screen.see("lock-overlay");
    }
    assertTrue(
        town.entries().stream()
            .anyMatch(line ->
                line.contains("\"type\":\"login.succeeded\"")
                    && line.contains("\"authenticator\":\"jpki\"")
                    && line.contains(Town.COUNTER_CLERK)),
        "the log names the kind of card");
  }

  @Test
  void removedCardLocksThePageAndTheSameCardResumesTheHalfTypedForm() {
    try (Screen screen = loggedIn("ja")) {
      screen.see("filter-person").sendKeys("書きかけ");
      Instant removed = Instant.now();
      town.removeCard();
      screen.see("lock-overlay");
      Duration shown = Duration.between(removed, Instant.now());
      assertTrue(shown.compareTo(Duration.ofSeconds(5)) < 0, "overlay after " + shown);
      screen.picture("lock-ja");
      assertEquals("SESSION_SUSPENDED", screen.refusalOf("/api/v1/log/export?log=mayor"));

      town.insert(Town.CLERK);
      screen.task(
          "unlock by card: button or Enter, PIN, Enter",
          () -> {
            screen.press("unlock-button");
            screen.waitGone("lock-overlay");
          });
      assertEquals("書きかけ", screen.see("filter-person").getAttribute("value"));
    }
  }

  @Test
  void twoTabsAreOneSessionAndTheBackButtonShowsNothingOfOneThatEnded() {
    try (Screen screen = loggedIn("ja")) {
      String first = screen.tab();
      screen.newTab();
      screen.go(town.people() + "/log");
      assertTrue(screen.see("log-table").getText().contains(Town.CLERK), "no second login");
      screen.press("logout-button");
      screen.seeStatus("READY");
      screen.back();
      screen.seeStatus("READY");
      assertFalse(screen.has("log-table"), screen.url());

      screen.toTab(first);
      screen.see("login-link");
      assertEquals("SESSION_NONE", screen.refusalOf("/api/v1/session"));
    }
  }

  @Test
  void anotherPersonsCardDoesNotUnlock() {
    try (Screen screen = loggedIn("en")) {
      town.removeCard();
      screen.see("lock-overlay");
      town.insert(Town.AUDITOR);
      screen.press("unlock-button");
      screen.seeRefusal("SESSION_OTHER_PERSON");
      screen.picture("lock-other-person-en");
    }
  }

  @Test
  void replayedAnswerIsRefused() {
    Page page = new Page(town.people(), town.agent());
    String transaction = page.newTransaction("login");
    PostedAnswer answer = page.askAgent(transaction, town.people()).as(PostedAnswer.class);
    assertEquals(200, page.postAnswer(transaction, answer).status());
    assertEquals("TRANSACTION_USED", page.postAnswer(transaction, answer).refusal());
  }

  @Test
  void answerWithoutThePreLoginCookieIsRefused() {
    Page page = new Page(town.people(), town.agent());
    String transaction = page.newTransaction("login");
    PostedAnswer answer = page.askAgent(transaction, town.people()).as(PostedAnswer.class);
    page.forgetCookies();
    assertEquals("PRELOGIN_COOKIE", page.postAnswer(transaction, answer).refusal());
  }

  @Test
  void foreignOriginGetsNothingFromTheAgent() {
    Page page = new Page(town.people(), town.agent());
    String transaction = page.newTransaction("login");
    assertEquals("ORIGIN_FOREIGN", page.askAgent(transaction, "https://evil.example").refusal());
    town.awaitEntry("agent.login-refused", "ORIGIN_FOREIGN");
  }

  @Test
  void foreignLocalProcessOnTheLoopbackPortIsRefused() {
    assertTrue(town.statusAsAnotherUser().contains("PEER_FOREIGN"));
    town.awaitEntry("agent.login-refused", "PEER_FOREIGN");
  }

  @Test
  void auditorsExportHoldsEachStepInOrderAndVerifiesOffline() {
    loggedIn("ja").close();
    town.insert(Town.AUDITOR);
    try (Screen screen = loggedIn("ja")) {
      assertTrue(screen.see("log-table").getText().contains(Town.CLERK));
      screen.picture("log-auditor-ja");
    }
    String lines = town.exportAndVerify("mayor");
    int ticketed = lines.indexOf("terminal.ticketed");
    int enrolled = lines.indexOf("terminal.enrolled");
    int confirmed = lines.indexOf("terminal.confirmed");
    int login = lines.indexOf("login.succeeded");
    assertTrue(
        0 < ticketed && ticketed < enrolled && enrolled < confirmed && confirmed < login, lines);
    assertFalse(lines.contains("見本"), "no name of a person is in the log");
  }

  @Test
  void alteredExportNamesTheEntry() throws IOException {
    String out = town.verifyWithOneByteChanged("mayor");
    assertTrue(out.contains("\"reason\":\"ENTRY_ALTERED\""), out);
    assertTrue(out.contains("\"entry\":1,"), out);
  }

  @Test
  void killedServiceIsToldWhileItIsGoneAndLosesNoAcknowledgedEntry() {
    loggedIn("ja").close();
    String before = town.exportAndVerify("mayor");
    try (Screen screen = screen("ja")) {
      screen.go(town.people() + "/?lang=ja");
      String japanese = screen.tab();
      screen.newTab();
      screen.go(town.people() + "/?lang=en");
      town.killService();
      seeThatNoServerAnswers(screen, Locale.ENGLISH);
      screen.toTab(japanese);
      seeThatNoServerAnswers(screen, Locale.JAPANESE);
      town.restartService();
      screen.press("login-button");
      screen.waitForPath("/log");
    }
    String after = town.exportAndVerifySince("mayor");
    assertTrue(after.startsWith(before.substring(0, before.length() / 2)));
  }

  private static void seeThatNoServerAnswers(Screen screen, Locale language) {
    screen.press("login-button");
    String said = screen.seeRefusal("SERVER_UNREACHABLE");
    RefusalText words =
        RefusalText.of(Refusal.SERVER_UNREACHABLE, language, Map.of("help", Town.HELP_LINE));
    for (String part : List.of(words.what(), words.why(), words.action(), words.contact())) {
      assertTrue(said.contains(part), said);
    }
  }
}
