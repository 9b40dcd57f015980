package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PostedAnswer;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A municipality's single sign-on asks Sekisho for card and PIN: Keycloak, service, agent and card
 * reader are real; between Keycloak and service lies a wire that can be cut.
 *
 * <p>Over 400 lines, for one start of Keycloak serves them all.
 */
@Tag("pcsc")
@Tag("browser")
@Tag("keycloak")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakIT {
  /** A realm that Sekisho knows nothing of. */
  private static final String ELSEWHERE = "elsewhere";

  /** What an application hears of how somebody proved who they are. */
  private static final String BY_CARD = "[\"sc\"]";

  private static final String BY_PASSWORD_AND_CARD = "[\"pwd\",\"sc\"]";

  @TempDir static Path directory;
  private Town town;
  private Wire wire;
  private Keycloak keycloak;
  private LogoutDoor groupware;
  private String redirect;
  private String inReader = "";
  private SsoBrowser leftOpen;
  private SsoBrowser.Seen leftOpenPage;
  private Answered tooLate;
  private long leftOpenSince;

  @BeforeAll
  void start() throws IOException {
    town = Town.withConsoleHere(directory);
    wire = new Wire(town.agentsPort());
    town.listPasskeyModel(PasskeyIT.MODEL);
    groupware = new LogoutDoor();
    redirect = town.people() + "/health";
    int port = Town.freePort();
    Path keys = town.registerSso(Keycloak.REALM, "http://127.0.0.1:" + port);
    Map<String, String> numbers =
        Map.of(
            "hanako",
            Town.CLERK,
            "taro",
            Town.AUDITOR,
            "umeko",
            Town.UNLUCKY,
            "jiro",
            "100999",
            Town.CLERK,
            "100998");
    Keycloak.Settings settings =
        new Keycloak.Settings(
            port,
            Town.freePort(),
            redirect,
            numbers,
            keys,
            groupware.url(),
            System.getProperty("java.home"));
    keycloak =
        Keycloak.start(
            town.programs(),
            settings,
            wire.port(),
            List.of(
                Keycloak.withTwoWays(
                    Keycloak.withNames(Keycloak.realm(settings), "named"), "twofold"),
                Keycloak.copy(Keycloak.realm(settings), ELSEWHERE)),
            "");
    keycloak.await();
    // The terminal hears of the new origin with its next heartbeat.
    Page page = new Page(keycloak.origin(), town.agent());
    Programs.await("the origin", Duration.ofSeconds(90), page::answersThisUser);
    insert(Town.CLERK);
    town.typePin(Town.PIN);
    tooLate = Answered.of(browser());
    leftOpen = browser();
    leftOpenPage = leftOpen.login("groupware", "");
    leftOpenSince = System.nanoTime();
  }

  /** A page whose question the terminal has answered; nobody has posted that yet. */
  private record Answered(SsoBrowser browser, SsoBrowser.Seen page, String answer) {
    static Answered of(SsoBrowser browser) {
      SsoBrowser.Seen page = browser.login("groupware", "");
      return new Answered(browser, page, browser.askAgent(page).as(PostedAnswer.class).answer());
    }

    SsoBrowser.Seen post() {
      return browser.post(page, "answer", answer);
    }

    /** Whether an entry is of this question. */
    boolean isIn(String entry) {
      return entry.contains(page.transaction());
    }
  }

  @AfterAll
  void stop() throws IOException {
    if (keycloak != null) {
      keycloak.close();
    }
    if (wire != null) {
      wire.close();
    }
    if (groupware != null) {
      groupware.close();
    }
    if (town != null) {
      town.close();
    }
  }

  @BeforeEach
  void cardOfTheClerkIsInTheReader() {
    wire.become(Wire.State.WHOLE);
    insert(Town.CLERK);
    town.typePin(Town.PIN);
  }

  /** A card that is in the reader already stays there: each exchange costs seconds. */
  private void insert(String card) {
    if (!card.equals(inReader)) {
      town.insert(card);
      inReader = card;
    }
  }

  private SsoBrowser browser() {
    return new SsoBrowser(keycloak.origin(), redirect, town.agent());
  }

  private static void assertProved(String level, String methods, JsonNode claims) {
    assertEquals(level, claims.path("acr").asText(), claims.toString());
    assertEquals(methods, claims.path("amr").toString(), claims.toString());
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
    assertProved("card", BY_CARD, claims);
    assertTrue(browser.login("groupware", "").code().isPresent(), "single sign-on");
    // Where a passkey would do, the card does, and the application hears that it was the card.
    SsoBrowser.Seen joined = browser.login("mobile", "");
    JsonNode stronger = browser.claims("mobile", joined.code().orElseThrow());
    assertProved("card", BY_CARD, stronger);
  }

  @Test
  void whereTheUserNameIsTheStaffNumberItIsTheUserOfThatName() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen back = browser.prove(browser.login("named", ""));
    JsonNode claims = browser.claims("named", back.code().orElseThrow());
    assertEquals(Town.CLERK, claims.path("preferred_username").asText(), claims.toString());
    assertProved("card", BY_CARD, claims);
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
    insert(Town.APPROVER);
    for (String client : List.of("groupware", "named")) {
      SsoBrowser browser = browser();
      SsoBrowser.Seen refused = browser.prove(browser.login(client, ""));
      assertEquals(200, refused.status(), client);
      assertEquals("NOT_ENROLLED", refused.problem(), client);
    }
  }

  @Test
  void aPasswordIsLevelOneAndTheStepUpTakesTheSamePersonsCardOnly() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen form = browser.login("payroll", "&acr_values=password");
    SsoBrowser.Seen back = browser.post(form, "username", "hanako", "password", Keycloak.PASSWORD);
    JsonNode claims = browser.claims("payroll", back.code().orElseThrow());
    assertProved("password", "[\"pwd\"]", claims);

    SsoAdmin admin = new SsoAdmin(keycloak.origin());
    Programs.await(
        "the password to clear the count",
        Duration.ofSeconds(60),
        () -> admin.failures("hanako") == 0);
    insert(Town.AUDITOR);
    SsoBrowser.Seen refused = browser.prove(browser.login("payroll", "&acr_values=card"));
    assertEquals("SESSION_OTHER_PERSON", refused.problem());
    // Keycloak counts in the background: what counts next shows what the card counted.
    SsoBrowser guesser = browser();
    SsoBrowser.Seen _ =
        guesser.post(
            guesser.login("payroll", "&acr_values=password"),
            "username",
            "hanako",
            "password",
            "a guess");
    Programs.await(
        "the guess to count", Duration.ofSeconds(60), () -> admin.failures("hanako") > 0);
    assertEquals(1, admin.failures("hanako"), "another's card is not hanako's failure");

    insert(Town.CLERK);
    JsonNode up = browser.claims("payroll", browser.prove(refused).code().orElseThrow());
    assertProved("card", BY_PASSWORD_AND_CARD, up);
    Programs.await(
        "the own card to clear it", Duration.ofSeconds(60), () -> admin.failures("hanako") == 0);
  }

  private SsoBrowser withPassword(String user) {
    SsoBrowser browser = browser();
    SsoBrowser.Seen form = browser.login("payroll", "&acr_values=password");
    assertTrue(
        browser.post(form, "username", user, "password", Keycloak.PASSWORD).code().isPresent());
    return browser;
  }

  private static void awaitSecondsAfter(long seconds, long from) {
    Programs.await(
        seconds + " seconds",
        Duration.ofSeconds(60),
        () -> System.nanoTime() - from > Duration.ofSeconds(seconds).toNanos());
  }

  private JsonNode again(SsoBrowser browser, String client, String more) {
    SsoBrowser.Seen back = browser.login(client, more);
    return browser.claims(
        client, back.code().orElseThrow(() -> new AssertionError(client + more + ": " + back)));
  }

  @Test
  void aSessionByPasswordOpensNothingThatIsBehindTheCardOrThePasskey() {
    SsoBrowser browser = withPassword("hanako");
    for (String client : List.of("groupware", "records", "guarded")) {
      SsoBrowser.Seen asked = browser.login(client, "");
      assertTrue(asked.code().isEmpty(), client);
      assertFalse(asked.transaction().isEmpty(), client);
      assertEquals("login_required", browser.login(client, "&prompt=none").error(), client);
    }
    SsoBrowser.Seen passkey = browser.login("mobile", "");
    assertTrue(passkey.code().isEmpty(), passkey.toString());
    assertTrue(passkey.location().orElse("").contains("/relying/"));
    SsoBrowser.Seen back = browser.prove(browser.login("groupware", ""));
    assertProved(
        "card", BY_PASSWORD_AND_CARD, browser.claims("groupware", back.code().orElseThrow()));
  }

  @Test
  void levelsAreStillRightWhenTheSecondOfTheLoginIsOver() {
    SsoBrowser card = browser();
    assertTrue(card.prove(card.login("groupware", "")).code().isPresent());
    awaitSecondsAfter(3, System.nanoTime());
    assertProved("card", BY_CARD, again(card, "groupware", ""));
    assertProved("card", BY_CARD, again(card, "records", ""));
    assertProved("card", BY_CARD, again(card, "mobile", ""));
    // What was asked for, and the card is enough.
    assertProved("passkey", BY_CARD, again(card, "mobile", "&acr_values=passkey"));
    assertProved("password", BY_CARD, again(card, "payroll", ""));
    assertFalse(card.login("payroll", "&acr_values=card").transaction().isEmpty(), "each time");

    // The same person's next login by card at this terminal ends the one before.
    SsoBrowser both = withPassword("hanako");
    assertTrue(both.prove(both.login("records", "")).code().isPresent());
    awaitSecondsAfter(3, System.nanoTime());
    assertProved("card", BY_PASSWORD_AND_CARD, again(both, "records", ""));
    assertProved("password", BY_PASSWORD_AND_CARD, again(both, "payroll", ""));
  }

  @Test
  void aCardPulledWhileAPageIsOpenEndsTheSessionThatBeginsAfterIt() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen held = browser.prove(browser.login("groupware", "&kc_action=UPDATE_PASSWORD"));
    assertTrue(held.code().isEmpty(), held.toString());
    long before = ended("card-removed");
    town.removeCard();
    inReader = "";
    Programs.await("the end here", Duration.ofSeconds(60), () -> ended("card-removed") > before);
    awaitSecondsAfter(3, System.nanoTime()); // and Keycloak was told, of a session it has not
    long told = reported("LOGOUT", "card-removed");
    // It begins now and ends with its own first event: even its code may be too late.
    assertTrue(browser.post(held, "cancel-aia", "true").code().isPresent());
    Programs.await(
        "the end of Keycloak's session",
        Duration.ofSeconds(60),
        () -> browser.login("groupware", "&prompt=none").error().equals("login_required"));
    Programs.await(
        "its entry", Duration.ofSeconds(60), () -> reported("LOGOUT", "card-removed") > told);
  }

  private long reported(String kind, String what) {
    return matching(reports(), kind, "\"what\":\"" + what + "\"").count();
  }

  private long ended(String cause) {
    return town.entries().stream()
        .filter(e -> e.contains("session.ended") && e.contains(cause))
        .count();
  }

  @Test
  void anothersCardThatWasRefusedEndsNoSessionWhenItIsPulledAndTheOwnOneDoes() {
    SsoBrowser browser = withPassword("hanako");
    insert(Town.AUDITOR);
    SsoBrowser.Seen refused = browser.prove(browser.login("payroll", "&acr_values=card"));
    assertEquals("SESSION_OTHER_PERSON", refused.problem());
    long before = ended("card-removed");
    town.removeCard();
    inReader = "";
    Programs.await("the end here", Duration.ofSeconds(60), () -> ended("card-removed") > before);
    awaitSecondsAfter(4, System.nanoTime());
    assertTrue(browser.login("payroll", "&prompt=none").code().isPresent());

    insert(Town.CLERK);
    SsoBrowser.Seen up = browser.prove(browser.login("payroll", "&acr_values=card"));
    assertTrue(up.code().isPresent(), up.toString());
    town.removeCard();
    inReader = "";
    Programs.await(
        "the end of what rests on the person's own card",
        Duration.ofSeconds(60),
        () -> browser.login("payroll", "&prompt=none").error().equals("login_required"));
  }

  @Test
  void anAnswerCountsOnceAndInItsOwnLoginOnly() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen page = browser.login("groupware", "");
    String answer = browser.askAgent(page).as(PostedAnswer.class).answer();
    SsoBrowser other = browser();
    SsoBrowser.Seen open = other.login("groupware", "");
    assertEquals(200, other.askAgent(open).status(), "this terminal may answer it");
    SsoBrowser.Seen elsewhere = other.post(open, "answer", answer);
    assertEquals("STATEMENT_INVALID", elsewhere.problem());
    assertTrue(browser.post(page, "answer", answer).code().isPresent());
    SsoBrowser.Seen replayed = browser.post(page, "answer", answer);
    assertTrue(replayed.code().isEmpty(), replayed.toString());
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
    String signed = new String(Base64Url.decode(said.terminalStatement()), StandardCharsets.UTF_8);
    String statement =
        signed.replaceFirst("nonce .", signed.contains("nonce A") ? "nonce B" : "nonce A");
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
  @CsvSource({"ja, もう一度、パスキーで確認する", "en, Try again with your passkey"})
  void whatIsNoPasskeysAnswerIsRefusedOnKeycloaksPageWithTheWayBack(
      String language, String button) {
    SsoBrowser browser = browser();
    String asked = browser.login("mobile", "&ui_locales=" + language).location().orElseThrow();
    Page.Answer form =
        new Page(town.people(), town.agent()).get(asked.substring(town.people().length()));
    assertEquals(200, form.status(), form.body());
    SsoBrowser.Seen refused =
        browser.post(new SsoBrowser.Seen(200, form.body(), Optional.empty()), "answer", "garbage");
    assertTrue(refused.code().isEmpty(), refused.toString());
    assertEquals("INPUT_MALFORMED", refused.problem());
    assertTrue(refused.body().contains(button), refused.body());
    assertTrue(refused.body().contains("href=\"" + town.people() + "/relying/"), refused.body());
    assertFalse(refused.body().contains(asked), "a new question");
  }

  @ParameterizedTest
  @EnumSource(
      value = Wire.State.class,
      names = {"CUT", "SILENT", "GARBAGE"})
  void withoutTheServiceThereIsAnErrorPageAndNoCode(Wire.State state) {
    SsoAdmin admin = new SsoAdmin(keycloak.origin());
    SsoBrowser inside = browser();
    SsoBrowser.Seen entered = inside.prove(inside.login("groupware", ""));
    assertTrue(entered.code().isPresent(), entered.toString());
    SsoBrowser browser = browser();
    SsoBrowser.Seen form = browser.login("payroll", "&acr_values=password");
    assertTrue(
        browser.post(form, "username", "hanako", "password", Keycloak.PASSWORD).code().isPresent());
    SsoBrowser.Seen page = browser.login("payroll", "&acr_values=card&ui_locales=ja");
    String answer = browser.askAgent(page).as(PostedAnswer.class).answer();
    int failures = admin.failures("hanako");
    long unavailable = unavailableAtPayroll();
    wire.become(state);
    SsoBrowser.Seen down = browser.post(page, "answer", answer);
    assertEquals(503, down.status());
    assertTrue(down.body().contains(Town.HELP_LINE), down.body());
    assertTrue(down.body().contains("ログインの確認ができない"), down.body());
    assertTrue(down.code().isEmpty());
    SsoBrowser.Seen english = browser().login("groupware", "&ui_locales=en");
    assertEquals(503, english.status());
    assertTrue(english.body().contains("logins cannot be checked"), english.body());
    SsoBrowser.Seen passkey = browser().login("mobile", "&ui_locales=ja");
    assertEquals(503, passkey.status());
    assertTrue(passkey.body().contains("ログインの確認ができない"), passkey.body());
    assertTrue(passkey.body().contains(Town.HELP_LINE), passkey.body());
    SsoBrowser.Seen guarded = inside.login("guarded", "&ui_locales=ja");
    assertEquals(503, guarded.status(), "nobody knows the terminal's state: " + guarded);
    assertTrue(guarded.body().contains("ログインの確認ができない"), guarded.body());
    assertTrue(guarded.body().contains(Town.HELP_LINE), guarded.body());
    assertEquals(failures, admin.failures("hanako"), "it counts against nobody");

    wire.become(Wire.State.WHOLE);
    SsoBrowser after = browser();
    assertTrue(after.prove(after.login("groupware", "")).code().isPresent(), "nobody is locked");
    Programs.await(
        "the event of this outage",
        Duration.ofMinutes(2),
        Town.ENTRIES_LOOK,
        () -> unavailableAtPayroll() == unavailable + 1);
  }

  /** Keycloak takes the end of a flow within an alternative for one way that failed. */
  @Test
  void withinAnAlternativeAStateThatIsNotKnownOpensNoOtherWay() {
    assertFalse(browser().login("twofold", "").transaction().isEmpty());
    wire.become(Wire.State.CUT);
    SsoBrowser browser = browser();
    for (int i = 0; i < 2; i++) {
      SsoBrowser.Seen down = browser.login("twofold", "");
      assertEquals(400, down.status(), down.body());
      assertFalse(down.body().contains("type=\"password\""), down.body());
    }
  }

  /** Events of somebody who is known: of those of nobody only so many a minute are in the log. */
  private long unavailableAtPayroll() {
    return matching(
            town.entries(),
            "LOGIN_ERROR",
            "\"error\":\"auth_service_unavailable\"",
            "\"client\":\"payroll\"",
            "\"person\":\"" + Town.CLERK + "\"")
        .count();
  }

  @ParameterizedTest
  @CsvSource({"ja, ログインの確認ができない", "en, logins cannot be checked"})
  void inARealmThatIsNotTheRegisteredOneThereIsAnErrorPageAndNoCode(String language, String said) {
    SsoBrowser.Seen page =
        new SsoBrowser(
                HttpClient.newHttpClient(), keycloak.origin(), ELSEWHERE, redirect, town.agent())
            .login("groupware", "&ui_locales=" + language);
    assertEquals(503, page.status());
    assertTrue(page.code().isEmpty());
    assertTrue(page.body().contains(said) && page.body().contains(Town.HELP_LINE), page.body());
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
    assertEquals("invalid_grant", answer.path("error").asText(), answer.toString());
    String why = answer.path("error_description").asText();
    assertTrue(why.contains("grant is prohibited"), "by the policy, not by the word: " + answer);
    assertFalse(
        new SsoAdmin(keycloak.origin()).addClientWithDirectGrants("of-tomorrow"),
        "nor does an application that is made later");
  }

  @Test
  void aPulledCardEndsTheSessionEverywhere() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen back = browser.prove(browser.login("groupware", ""));
    JsonNode tokens = browser.tokens("groupware", back.code().orElseThrow());
    String session = SsoBrowser.claims(tokens.path("id_token").asText()).path("sid").asText();
    assertTrue(browser.login("groupware", "&prompt=none").code().isPresent());
    assertEquals(200, browser.callWith(tokens));
    long before = ended("card-removed");
    town.removeCard();
    inReader = "";
    Programs.await(
        "the end of Keycloak's session",
        Duration.ofSeconds(60),
        () -> browser.login("groupware", "&prompt=none").error().equals("login_required"));
    Programs.await(
        "the application to be told",
        Duration.ofSeconds(60),
        () -> groupware.heardOf(session, keycloak.origin() + "/realms/city", "groupware"));
    assertEquals(401, browser.callWith(tokens), "every call with it is refused");
    assertEquals("invalid_grant", browser.refresh("groupware", tokens).path("error").asText());
    awaitReport("LOGOUT", "\"session\":\"" + session + "\"", "\"what\":\"card-removed\"");
    insert(Town.CLERK);
    assertTrue(ended("card-removed") > before);
    SsoBrowser.Seen again = browser.prove(browser.login("groupware", ""));
    String idToken = browser.idToken("groupware", again.code().orElseThrow());
    // And the person's own logout, at the application.
    String next = SsoBrowser.claims(idToken).path("sid").asText();
    SsoBrowser.Seen _ = browser.logout(idToken);
    assertEquals("login_required", browser.login("groupware", "&prompt=none").error());
    String logout = awaitReport("LOGOUT", "\"session\":\"" + next + "\"");
    assertTrue(logout.contains("\"person\":\"" + Town.CLERK + "\""), logout);
    assertFalse(logout.contains("card-removed"), logout);
  }

  @Test
  void aCardSuspendedAtTheConsoleEndsTheSessionWithItsReasonAndTheApplicationIsTold() {
    insert(Town.UNLUCKY);
    SsoBrowser browser = browser();
    SsoBrowser.Seen back = browser.prove(browser.login("groupware", ""));
    String session = browser.claims("groupware", back.code().orElseThrow()).path("sid").asText();
    town.suspendCards(Town.UNLUCKY);
    Programs.await(
        "the end of Keycloak's session",
        Duration.ofSeconds(60),
        () -> browser.login("groupware", "&prompt=none").error().equals("login_required"));
    Programs.await(
        "the application to be told",
        Duration.ofSeconds(60),
        () -> groupware.heardOf(session, keycloak.origin() + "/realms/city", "groupware"));
    String logout = awaitReport("LOGOUT", "\"session\":\"" + session + "\"");
    assertTrue(logout.contains("\"what\":\"revoked\""), logout);
    assertTrue(logout.contains("\"person\":\"" + Town.UNLUCKY + "\""), logout);
    SsoBrowser.Seen refused = browser.prove(browser.login("groupware", ""));
    assertEquals("AUTHENTICATOR_SUSPENDED", refused.problem());
  }

  @Test
  void aPersonInABrowserPressesTheButtonTypesThePinAndIsBackAtTheApplication() {
    try (Screen screen = Screen.open("ja", directory.resolve("profile"))) {
      screen.go(browser().loginUrl("groupware", ""));
      screen.see("sekisho-button");
      assertFalse(screen.shows("sekisho-last-try"), "only after the terminal asked for it");
      screen.picture("keycloak-card-ja");
      screen.press("sekisho-button");
      screen.waitUntil("the application", () -> screen.url().startsWith(redirect + "?"));
      assertTrue(screen.url().contains("code="), screen.url());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "public, '', false",
    "public, LoopbackNetworkAllowedForUrls, true",
    "public, LocalNetworkAccessAllowedForUrls, true",
    "local, '', true"
  })
  void onlyALoginPageAtAPublicAddressNeedsTheBrowserPolicy(
      String space, String policy, boolean works) throws IOException {
    try (Screen screen =
        Screen.openManaged(
            "ja",
            directory.resolve("profile-" + space + "-" + policy),
            keycloak.origin().substring("http://".length()) + "=" + space,
            policy.isEmpty() ? "{}" : "{\"" + policy + "\": [\"" + keycloak.origin() + "\"]}")) {
      screen.go(browser().loginUrl("groupware", ""));
      screen.press("sekisho-button");
      if (works) {
        screen.waitUntil("the application", () -> screen.url().startsWith(redirect + "?"));
      } else {
        String said = screen.seeRefusal("sekisho-problem", "AGENT_UNREACHABLE");
        assertTrue(said.contains(Town.HELP_LINE), said);
      }
    }
  }

  @Test
  void aPersonInABrowserProvesAPasskeyAtSekishosPageAndIsBackAtTheApplication() {
    try (Screen screen = Screen.open("ja", directory.resolve("passkey-profile"))) {
      screen.plugSecurityKey();
      screen.go(town.people());
      screen.seeStatus("READY");
      screen.press("login-button");
      screen.waitForPath("/log");
      screen.go(town.people() + "/authenticators");
      screen.see("passkey-form");
      screen.press("register-button");
      screen.see("news");
      screen.press("logout-button");
      screen.see("passkey-button");

      screen.go(browser().loginUrl("mobile", "&ui_locales=ja"));
      screen.see("relying-button");
      screen.picture("keycloak-passkey-ja");
      assertEquals(List.of(), screen.accessibilityFaults());
      screen.press("relying-button");
      screen.waitUntil("the application", () -> screen.url().startsWith(redirect + "?"));
      Matcher code = Pattern.compile("[?&]code=([^&]+)").matcher(screen.url());
      assertTrue(code.find(), screen.url());
      JsonNode claims = browser().claims("mobile", code.group(1));
      assertEquals("hanako", claims.path("preferred_username").asText(), claims.toString());
      assertProved("passkey", "[\"hwk\"]", claims);
      // The session that came of it does not open what is behind the card.
      screen.go(browser().loginUrl("groupware", "&ui_locales=ja"));
      assertEquals("職員証とPINでログイン", screen.see("sekisho-button").getText());
    }
  }

  /** What is reported of our staff stands in their log, all else in {@code system}. */
  private List<String> reports() {
    return Stream.concat(town.entries("system").stream(), town.entries().stream()).toList();
  }

  /** Waits for an event of Keycloak in the log; returns its entry. */
  private String awaitReport(String kind, String... parts) {
    return find(awaitReports(all -> find(all, kind, parts).isPresent()), kind, parts).orElseThrow();
  }

  /** Waits until the logs hold what they must, and returns them: reading them takes seconds. */
  private List<String> awaitReports(Predicate<List<String>> enough) {
    AtomicReference<List<String>> all = new AtomicReference<>(List.of());
    Programs.await(
        "events in the log",
        Duration.ofMinutes(2),
        Town.ENTRIES_LOOK,
        () -> {
          all.set(reports());
          return enough.test(all.get());
        });
    return all.get();
  }

  private static Optional<String> find(List<String> all, String kind, String... parts) {
    return matching(all, kind, parts).reduce((earlier, later) -> later);
  }

  private static Stream<String> matching(List<String> all, String kind, String... parts) {
    return all.stream()
        .filter(e -> e.contains("relying.reported") && e.contains("\"kind\":\"" + kind + "\""))
        .filter(e -> Stream.of(parts).allMatch(e::contains));
  }

  @Test
  void loginsFailuresAndChangesOfKeycloakStandInTheLogWithStaffNumbersOnly() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen page = browser.login("groupware", "");
    String transaction = page.transaction();
    assertTrue(browser.prove(page).code().isPresent());
    SsoBrowser other = browser();
    SsoBrowser.Seen form =
        other.post(
            other.login("payroll", "&acr_values=password&kc_action=UPDATE_PASSWORD"),
            "username",
            "jiro",
            "password",
            "no password of jiro");
    SsoBrowser.Seen change = other.post(form, "username", "jiro", "password", Keycloak.PASSWORD);
    String fresh = "fresh-password-2";
    assertTrue(
        other.post(change, "password-new", fresh, "password-confirm", fresh).code().isPresent());
    new SsoAdmin(keycloak.origin()).addUser("shiro");
    String[] ofTheLogin = {"LOGIN", "\"transaction\":\"" + transaction + "\""};
    String[] ofTheFailure = {"LOGIN_ERROR", "\"person\":\"100999\""};
    String[] ofTheCredential = {"UPDATE_CREDENTIAL", "\"person\":\"100999\""};
    String[] ofTheChange = {"ADMIN CREATE USER", ""};
    List<String> all =
        awaitReports(entries ->
            Stream.of(ofTheLogin, ofTheFailure, ofTheCredential, ofTheChange)
                .allMatch(each -> find(entries, each[0], each[1]).isPresent()));
    String login = find(all, ofTheLogin[0], ofTheLogin[1]).orElseThrow();
    assertTrue(login.contains("\"person\":\"" + Town.CLERK + "\""), login);
    assertTrue(login.contains("\"client\":\"groupware\""), login);
    String vouched =
        all.stream()
            .filter(e -> e.contains("relying.vouched") && e.contains(transaction))
            .findFirst()
            .orElseThrow();
    assertTrue(vouched.contains("\"person\":\"" + Town.CLERK + "\""), vouched);
    assertTrue(vouched.contains("\"client\":\"groupware\""), vouched);
    String failure = find(all, ofTheFailure[0], ofTheFailure[1]).orElseThrow();
    assertTrue(failure.contains("\"error\":\"invalid_user_credentials\""), failure);
    String credential = find(all, ofTheCredential[0], ofTheCredential[1]).orElseThrow();
    assertTrue(credential.contains("\"what\":\"password\""), credential);
    String added = find(all, ofTheChange[0]).orElseThrow();
    assertTrue(added.contains("\"what\":\"users/"), added);
    for (String entry : all) {
      for (String secret : List.of("hanako", "jiro", "shiro", "127.0.0.1", "no password", fresh)) {
        assertFalse(entry.contains("relying.reported") && entry.contains(secret), entry);
      }
    }
  }

  @Test
  void aChangeThatKeycloakTookBackIsNotInTheLog() {
    SsoAdmin admin = new SsoAdmin(keycloak.origin());
    int refused = admin.addRole("too-long", "x".repeat(1000));
    assertTrue(refused >= 400, "its database takes 255 characters: " + refused);
    assertEquals(201, admin.addRole("short", "x"));
    awaitReport("ADMIN CREATE REALM_ROLE", "\"what\":\"roles/short\"");
    for (String entry : town.entries("system")) {
      assertFalse(entry.contains("roles/too-long"), entry);
    }
  }

  @Test
  void anApplicationForGuardedTerminalsRefusesOneWhoseGatesDoNotHold() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen refused = browser.prove(browser.login("guarded", "&ui_locales=ja"));
    assertTrue(refused.code().isEmpty(), refused.toString());
    assertTrue(refused.body().contains("この端末では、このシステムを使えません"), refused.body());
    SsoBrowser elsewhere = browser();
    assertTrue(elsewhere.prove(elsewhere.login("groupware", "")).code().isPresent());
    SsoBrowser.Seen joined = elsewhere.login("guarded", "&ui_locales=en");
    assertTrue(joined.code().isEmpty(), "single sign-on does not go round it: " + joined);
    assertTrue(joined.body().contains("cannot be used at this terminal"), joined.body());
  }

  @Test
  void aLockOutForAWhileKeepsNobodyFromTheirCardAndOnlyPasswordsLock() {
    SsoAdmin admin = new SsoAdmin(keycloak.origin());
    insert(Town.AUDITOR);
    Programs.await(
        "the lock-out",
        Duration.ofMinutes(2),
        () -> {
          SsoBrowser guesser = browser();
          SsoBrowser.Seen form = guesser.login("payroll", "&acr_values=password");
          SsoBrowser.Seen _ = guesser.post(form, "username", "taro", "password", "a guess");
          return admin.isLocked("taro");
        });
    SsoBrowser browser = browser();
    assertTrue(browser.prove(browser.login("groupware", "")).code().isPresent());
    Programs.await(
        "a proved card to clear the outer net",
        Duration.ofSeconds(60),
        () -> admin.failures("taro") == 0);
    admin.enable("taro", false);
    SsoBrowser off = browser();
    SsoBrowser.Seen refused = off.prove(off.login("groupware", ""));
    assertEquals("PERSON_NOT_CURRENT", refused.problem());
    admin.enable("taro", true);
    assertTrue(off.prove(refused).code().isPresent());

    insert(Town.CLERK);
    town.typePin("999999");
    SsoBrowser clerk = browser();
    SsoBrowser.Seen page = clerk.login("groupware", "");
    assertEquals("PIN_WRONG", clerk.askAgent(page).refusal());
    assertEquals(0, admin.failures("hanako"), "the card counts its own");
    town.typePin(Town.PIN);
    assertTrue(clerk.prove(page).code().isPresent());
  }

  @Test
  @Order(Integer.MAX_VALUE - 1)
  void aQuestionThatLayOpenForTooLongIsRefusedAndThePageAsksAnew() {
    Programs.await(
        "the question to be over",
        Duration.ofMinutes(2),
        () -> System.nanoTime() - leftOpenSince > Duration.ofSeconds(92).toNanos());
    // One that nobody fetched is forgotten when somebody else asks.
    assertTrue(
        Set.of("TRANSACTION_EXPIRED", "TRANSACTION_UNKNOWN")
            .contains(leftOpen.askAgent(leftOpenPage).refusal()));
    SsoBrowser.Seen fresh = leftOpen.post(leftOpenPage, "again", "1");
    assertNotEquals(leftOpenPage.transaction(), fresh.transaction());
    assertTrue(leftOpen.prove(fresh).code().isPresent());

    // And one that was answered in time, and posted by something other than the page.
    SsoBrowser.Seen late = tooLate.post();
    assertTrue(late.code().isEmpty(), late.toString());
    assertTrue(
        Set.of("TRANSACTION_EXPIRED", "TRANSACTION_UNKNOWN").contains(late.problem()),
        late.problem());
    assertFalse(tooLate.isIn(late.body()), "a new question");
    assertTrue(tooLate.browser().prove(late).code().isPresent());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void afterAKillDuringLoginsTheLogHasEveryEventExactlyOnce() throws Exception {
    Answered late = Answered.of(browser());
    List<Answered> cards = Stream.generate(() -> Answered.of(browser())).limit(3).toList();
    // What happens now waits in the spool, and who posts a card's answer waits for its verdict.
    wire.become(Wire.State.SILENT);
    int before = linesOf(keycloak.spool()).size(); // most of these the service has
    AtomicBoolean alive = new AtomicBoolean(true);
    Map<String, String> passwords = Map.of("hanako", Keycloak.PASSWORD, "jiro", "wrong");
    List<Thread> people =
        Stream.concat(
                passwords.entrySet().stream()
                    .<Runnable>map(who -> () -> logInUntilItDies(who, alive)),
                Stream.of(() -> proveUntilItDies(cards, alive)))
            .map(person -> Thread.ofVirtual().start(person))
            .toList();
    Programs.await(
        "events to wait",
        Duration.ofSeconds(60),
        () -> linesOf(keycloak.spool()).size() >= before + 12);
    keycloak.kill();
    alive.set(false);
    for (Thread person : people) {
      person.join();
    }
    // As if it had died between Keycloak's commit and the spool's write.
    List<String> whole = linesOf(keycloak.spool());
    List<String> cut = whole.subList(before + 2, whole.size());
    Files.writeString(keycloak.spool(), String.join("\n", whole.subList(0, before + 2)) + "\n");
    wire.become(Wire.State.WHOLE);
    keycloak.restart();
    keycloak.await();

    // The login that it had begun is gone from its memory, and so is the question.
    SsoBrowser.Seen anew = late.post();
    assertTrue(anew.code().isEmpty(), anew.toString());
    assertFalse(late.isIn(anew.body()), "a new question");
    assertTrue(late.browser().prove(anew).code().isPresent(), anew.toString());

    List<String> must = new SsoAdmin(keycloak.origin()).storedEvents();
    List<String> _ = awaitReports(all -> ofTheRealm(all).keySet().containsAll(must));
    // What would come a second time comes before what happens now: the spool keeps its order.
    assertEquals(201, new SsoAdmin(keycloak.origin()).addRole("afterwards", "x"));
    List<String> all =
        awaitReports(now ->
            find(now, "ADMIN CREATE REALM_ROLE", "\"what\":\"roles/afterwards\"").isPresent());
    Map<String, List<String>> told = ofTheRealm(all);
    assertEquals(
        List.of(), told.values().stream().filter(same -> same.size() > 1).toList(), "none twice");
    // What Keycloak had committed when it died and its database had not, or never keeps.
    List<String> stored = new SsoAdmin(keycloak.origin()).storedEvents();
    List<String> only =
        told.entrySet().stream()
            .filter(e -> !stored.contains(e.getKey()))
            .filter(e -> whole.stream().noneMatch(line -> line.contains(e.getKey())))
            .map(e -> e.getValue().getFirst())
            .filter(e -> !e.contains("USER_DISABLED_BY_TEMPORARY_LOCKOUT"))
            .toList();
    assertEquals(List.of(), only, "nothing that did not happen");
    // Which of them Keycloak's database had written in time is luck; that one of them came is not.
    assertTrue(
        all.stream()
            .filter(e -> e.contains("relying.reported") && e.contains("\"recovered\":true"))
            .anyMatch(e -> cut.stream().anyMatch(line -> line.contains(idOf(e)))),
        "none of " + cut + " came back");
    for (Answered card : Stream.concat(cards.stream(), Stream.of(late, tooLate)).toList()) {
      assertEquals(
          List.of(),
          all.stream()
              .filter(e -> e.contains("relying.vouched") || isLogin(e))
              .filter(card::isIn)
              .toList());
    }
    assertEquals(1, all.stream().filter(e -> isLogin(e) && e.contains(anew.transaction())).count());
  }

  private static boolean isLogin(String entry) {
    return entry.contains("relying.reported") && entry.contains("\"kind\":\"LOGIN\"");
  }

  private static List<String> linesOf(Path file) {
    try {
      return Files.readString(file)
          .lines()
          .filter(line -> line.startsWith("{") && line.endsWith("}"))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private void logInUntilItDies(Map.Entry<String, String> who, AtomicBoolean alive) {
    try {
      while (alive.get()) {
        SsoBrowser browser = browser();
        SsoBrowser.Seen _ =
            browser.post(
                browser.login("payroll", "&acr_values=password"),
                "username",
                who.getKey(),
                "password",
                who.getValue());
      }
    } catch (UncheckedIOException e) {
      // It is dead.
    }
  }

  /** A login by card is under way at any moment, at first with its answer posted. */
  private void proveUntilItDies(List<Answered> cards, AtomicBoolean alive) {
    try {
      for (Answered card : cards) {
        SsoBrowser.Seen _ = card.post();
      }
      while (alive.get()) {
        SsoBrowser.Seen _ = browser().login("groupware", "");
      }
    } catch (UncheckedIOException e) {
      // It is dead.
    }
  }

  /** Entries of Keycloak's events in our realm by the events' ids. */
  private static Map<String, List<String>> ofTheRealm(List<String> entries) {
    return entries.stream()
        .filter(e -> e.contains("relying.reported") && e.contains("\"realm\":\"city\""))
        .collect(Collectors.groupingBy(KeycloakIT::idOf));
  }

  private static String idOf(String entry) {
    Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(entry);
    assertTrue(id.find(), entry);
    return id.group(1);
  }
}
