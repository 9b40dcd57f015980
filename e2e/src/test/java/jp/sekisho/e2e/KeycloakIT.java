package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PostedAnswer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A municipality's single sign-on asks Sekisho for card and PIN: Keycloak, service, agent and card
 * reader are real; between Keycloak and service lies a wire that can be cut.
 */
@Tag("pcsc")
@Tag("browser")
@Tag("keycloak")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeycloakIT {
  @TempDir static Path directory;
  private Town town;
  private Wire wire;
  private Keycloak keycloak;
  private String redirect;

  @BeforeAll
  void start() throws IOException {
    town = Town.start(directory);
    wire = new Wire(town.agentsPort());
    redirect = town.people() + "/health";
    int port = Town.freePort();
    Path keys = town.registerSso(Keycloak.REALM, "http://127.0.0.1:" + port);
    Map<String, String> numbers =
        Map.of("hanako", Town.CLERK, "taro", Town.AUDITOR, "jiro", "100999");
    keycloak =
        Keycloak.start(
            town.programs(),
            new Keycloak.Settings(port, Town.freePort(), redirect, numbers, keys),
            wire.port());
    keycloak.await();
    // The terminal hears of the new origin with its next heartbeat.
    Page page = new Page(keycloak.origin(), town.agent());
    Programs.await("the origin", Duration.ofSeconds(90), page::answersThisUser);
  }

  @AfterAll
  void stop() throws IOException {
    if (keycloak != null) {
      keycloak.close();
    }
    if (wire != null) {
      wire.close();
    }
    if (town != null) {
      town.close();
    }
  }

  @BeforeEach
  void cardOfTheClerkIsInTheReader() {
    wire.become(Wire.State.WHOLE);
    town.insert(Town.CLERK);
    town.typePin(Town.PIN);
  }

  private SsoBrowser browser() {
    return new SsoBrowser(keycloak.origin(), redirect, town.agent());
  }

  @ParameterizedTest
  @CsvSource({"ja, 職員証とPINでログイン", "en, Log in with card and PIN"})
  void cardAndPinGiveTheUserOfTheStaffNumberWithLevelAndMethod(String language, String button) {
    SsoBrowser browser = browser();
    SsoBrowser.Seen page = browser.login("groupware", "&ui_locales=" + language);
    assertTrue(page.body().contains(button), page.body());
    SsoBrowser.Seen back = browser.prove(page);
    JsonNode claims = browser.claims("groupware", back.code().orElseThrow());
    assertEquals("hanako", claims.path("preferred_username").asText(), claims.toString());
    assertEquals("card", claims.path("acr").asText(), claims.toString());
    assertEquals("[\"sc\"]", claims.path("amr").toString(), claims.toString());
    assertTrue(browser.login("groupware", "").code().isPresent(), "single sign-on");
    String vouched =
        town.entries().stream().filter(e -> e.contains("relying.vouched")).toList().getLast();
    assertTrue(vouched.contains("\"person\":\"" + Town.CLERK + "\""), vouched);
    assertTrue(vouched.contains("\"client\":\"groupware\""), vouched);
  }

  @Test
  void aWrongPinNeverReachesKeycloakAndTheNextTrySucceeds() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen page = browser.login("groupware", "");
    town.typePin("999999");
    assertEquals("PIN_WRONG", browser.askAgent(page).refusal());
    town.typePin(Town.PIN);
    assertTrue(browser.prove(page).code().isPresent());
  }

  @Test
  void aCardOfNoUserHereIsRefused() {
    town.insert(Town.APPROVER);
    SsoBrowser browser = browser();
    SsoBrowser.Seen refused = browser.prove(browser.login("groupware", ""));
    assertEquals(200, refused.status());
    assertEquals("NOT_ENROLLED", refused.problem());
  }

  @Test
  void aPasswordIsLevelOneAndTheStepUpTakesTheSamePersonsCardOnly() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen form = browser.login("payroll", "&acr_values=password");
    SsoBrowser.Seen back = browser.post(form, "username", "hanako", "password", Keycloak.PASSWORD);
    JsonNode claims = browser.claims("payroll", back.code().orElseThrow());
    assertEquals("password", claims.path("acr").asText(), claims.toString());
    assertEquals("[\"pwd\"]", claims.path("amr").toString(), claims.toString());

    town.insert(Town.AUDITOR);
    SsoBrowser.Seen refused = browser.prove(browser.login("payroll", "&acr_values=card"));
    assertEquals("SESSION_OTHER_PERSON", refused.problem());

    town.insert(Town.CLERK);
    JsonNode up = browser.claims("payroll", browser.prove(refused).code().orElseThrow());
    assertEquals("card", up.path("acr").asText(), up.toString());
    assertEquals("[\"pwd\",\"sc\"]", up.path("amr").toString(), up.toString());
  }

  @Test
  void anAnswerCountsOnceAndInItsOwnLoginOnly() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen page = browser.login("groupware", "");
    String answer = browser.askAgent(page).as(PostedAnswer.class).answer();
    SsoBrowser other = browser();
    SsoBrowser.Seen elsewhere = other.post(other.login("groupware", ""), "answer", answer);
    assertNotEquals("", elsewhere.problem());
    assertTrue(browser.post(page, "answer", answer).code().isPresent());
    SsoBrowser.Seen _ = browser.post(page, "answer", answer);
    assertEquals(
        1,
        town.entries().stream()
            .filter(e -> e.contains("relying.vouched") && e.contains(page.transaction()))
            .count());
  }

  @Test
  void aTamperedAnswerIsRefused() throws MalformedException {
    SsoBrowser browser = browser();
    SsoBrowser.Seen page = browser.login("groupware", "");
    CardAnswer said = CardAnswer.parse(browser.askAgent(page).as(PostedAnswer.class).answer());
    String statement =
        new String(Base64Url.decode(said.terminalStatement()), StandardCharsets.UTF_8)
            .replaceFirst("nonce .", "nonce _");
    CardAnswer tampered =
        new CardAnswer(
            said.statement(),
            said.signature(),
            said.certificate(),
            Base64Url.encode(statement.getBytes(StandardCharsets.UTF_8)),
            said.terminalSignature());
    assertEquals("SIGNATURE_INVALID", browser.post(page, "answer", tampered.opaque()).problem());
    SsoBrowser.Seen none = browser.post(browser.login("groupware", ""), "answer", "garbage");
    assertEquals("INPUT_MALFORMED", none.problem());
  }

  @ParameterizedTest
  @EnumSource(
      value = Wire.State.class,
      names = {"CUT", "SILENT", "GARBAGE"})
  void withoutTheServiceThereIsAnErrorPageAndNoCode(Wire.State state) {
    SsoBrowser browser = browser();
    SsoBrowser.Seen page = browser.login("groupware", "&ui_locales=ja");
    String answer = browser.askAgent(page).as(PostedAnswer.class).answer();
    wire.become(state);
    SsoBrowser.Seen down = browser.post(page, "answer", answer);
    assertEquals(503, down.status());
    assertTrue(down.body().contains(Town.HELP_LINE), down.body());
    assertTrue(down.body().contains("ログインの確認ができない"), down.body());
    assertTrue(down.code().isEmpty());
    SsoBrowser.Seen english = browser().login("groupware", "&ui_locales=en");
    assertEquals(503, english.status());
    assertTrue(english.body().contains("logins cannot be checked"), english.body());

    wire.become(Wire.State.WHOLE);
    SsoBrowser after = browser();
    assertTrue(after.prove(after.login("groupware", "")).code().isPresent(), "nobody is locked");
  }

  @Test
  void aPasswordAloneBuysNoToken() {
    JsonNode answer =
        browser()
            .token(
                "grant_type",
                "password",
                "client_id",
                "groupware",
                "username",
                "hanako",
                "password",
                Keycloak.PASSWORD);
    assertTrue(answer.path("access_token").isMissingNode(), answer.toString());
    assertFalse(answer.path("error").asText().isEmpty(), answer.toString());
  }

  @Test
  void aPulledCardEndsTheSessionEverywhere() {
    SsoBrowser browser = browser();
    assertTrue(browser.prove(browser.login("groupware", "")).code().isPresent());
    assertTrue(browser.login("groupware", "&prompt=none").code().isPresent());
    town.removeCard();
    Programs.await(
        "the end of Keycloak's session",
        Duration.ofSeconds(60),
        () -> browser.login("groupware", "&prompt=none").error().equals("login_required"));
    town.insert(Town.CLERK);
    assertTrue(browser.prove(browser.login("groupware", "")).code().isPresent());
    assertTrue(
        town.entries().stream()
            .anyMatch(e -> e.contains("session.ended") && e.contains("card-removed")));
  }

  @Test
  void aPersonInABrowserPressesTheButtonTypesThePinAndIsBackAtTheApplication() {
    try (Screen screen = Screen.open("ja", directory.resolve("profile"))) {
      screen.go(browser().loginUrl("groupware", ""));
      screen.see("sekisho-button");
      screen.picture("keycloak-card-ja");
      screen.press("sekisho-button");
      screen.waitUntil("the application", () -> screen.url().startsWith(redirect + "?"));
      assertTrue(screen.url().contains("code="), screen.url());
    }
  }
}
