package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.RelyingQuestion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.common.ClientConnection;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.sessions.RootAuthenticationSessionModel;

/**
 * What a step makes of the service's proof where it is not enough. That a good one lets in, and
 * what a page looks like, is KeycloakIT's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepAuthenticatorTest {
  private static final String TRANSACTION = "AAECAwQFBgcICQoLDA0ODw";

  /** What of a context lets somebody in, or names them. */
  private static final List<String> IN = List.of("success", "setUser", "attempted");

  @TempDir static Path directory;
  private FakeService service;
  private final FakeKeycloak keycloak = new FakeKeycloak();
  private EventsListenerFactory events;
  private CardAuthenticatorFactory card;
  private final Map<String, String> notes = new HashMap<>();
  private final Map<String, String> config = new HashMap<>();
  private final Map<String, Object> shown = new HashMap<>();
  private final List<String> done = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private final Map<String, String> details = new HashMap<>();
  private @Nullable UserModel before;

  @BeforeAll
  void serve() throws Exception {
    service = new FakeService();
    Path spool = Files.createTempDirectory(directory, "spool");
    card = new CardAuthenticatorFactory();
    card.init(service.scope());
    keycloak.providers.put(CardAuthenticatorFactory.ID, card);
    events = new EventsListenerFactory();
    events.init(
        Fake.of(
            Config.Scope.class,
            Map.of(
                "get",
                (Fake.Answer)
                    asked -> asked[0].equals("spool") ? spool.toString() : "staffNumber")));
    events.postInit(keycloak.factory());
    keycloak.providers.put(EventsListenerFactory.ID, events);
    keycloak.context.put("resolveLocale", Locale.JAPANESE);
  }

  @AfterAll
  void stop() {
    events.close();
    card.close();
    service.close();
  }

  @BeforeEach
  @AfterEach
  void clear() {
    for (Map<?, ?> each : List.of(notes, config, shown, details)) {
      each.clear();
    }
    done.clear();
    errors.clear();
  }

  /** Answers the question of a page, with what the service then says. */
  private void answered(boolean byPasskey, Object said) {
    notes.put("sekisho.transaction", TRANSACTION);
    notes.put("sekisho.secret", "secret");
    service.on("transactions/" + TRANSACTION + "/answer", asked -> said);
    service.on(
        "transactions",
        asked ->
            new RelyingQuestion(
                "AQECAwQFBgcICQoLDA0ODw",
                "next",
                "2026-11-22",
                asked.has("back") ? "https://auth.city.example:8443/relying/x" : null));
    SekishoService client = card.service();
    (byPasskey
            ? StepAuthenticator.byPasskey(client, "1234")
            : StepAuthenticator.byCard(client, "1234"))
        .action(context());
  }

  private static RelyingProof proof(String acr) {
    return proof(acr, "100042");
  }

  private static RelyingProof proof(String acr, String person) {
    return new RelyingProof(
        "city", "sid", TRANSACTION, person, "mayor", "T-1", acr, List.of("sc"), 7);
  }

  private AuthenticationFlowContext context() {
    Map<String, Object> login = new HashMap<>();
    login.put("getAuthNote", (Fake.Answer) asked -> notes.get(String.valueOf(asked[0])));
    login.put("removeAuthNote", (Fake.Answer) asked -> without(String.valueOf(asked[0])));
    login.put("setAuthNote", (Fake.Answer) asked -> note(asked));
    login.put("getClient", Fake.of(ClientModel.class, Map.of("getClientId", "groupware")));
    login.put(
        "getParentSession", Fake.of(RootAuthenticationSessionModel.class, Map.of("getId", "sid")));
    MultivaluedMap<String, String> form = new MultivaluedHashMap<>();
    form.add("answer", "an answer");
    AuthenticatorConfigModel settings = new AuthenticatorConfigModel();
    settings.setConfig(config);
    Map<String, @Nullable Object> answers = new HashMap<>();
    answers.put("getAuthenticationSession", Fake.of(AuthenticationSessionModel.class, login));
    answers.put(
        "getHttpRequest", Fake.of(HttpRequest.class, Map.of("getDecodedFormParameters", form)));
    answers.put("getSession", keycloak.session());
    answers.put("getRealm", keycloak.realm);
    answers.put("getUser", before);
    answers.put("getAuthenticatorConfig", settings);
    answers.put("getEvent", new HeardEvent(keycloak, errors, details));
    answers.put(
        "getConnection", Fake.of(ClientConnection.class, Map.of("getRemoteAddr", "192.0.2.7")));
    answers.put("generateAccessCode", "code");
    answers.put("getActionUrl", URI.create("https://sso.city.example/form"));
    answers.put("form", page());
    keycloak.providers.put(LoginFormsProvider.class, page());
    for (String end : List.of("forceChallenge", "failureChallenge", "success", "setUser")) {
      answers.put(
          end,
          (Fake.Answer)
              asked -> {
                done.add(end);
                return null;
              });
    }
    return Fake.of(AuthenticationFlowContext.class, answers);
  }

  private @Nullable Object note(Object[] asked) {
    notes.put(String.valueOf(asked[0]), String.valueOf(asked[1]));
    return null;
  }

  private @Nullable Object without(String note) {
    notes.remove(note);
    return null;
  }

  private LoginFormsProvider page() {
    Map<String, @Nullable Object> answers = new HashMap<>();
    answers.put("getMessage", (Fake.Answer) asked -> asked[0]);
    answers.put(
        "setAttribute",
        (Fake.Answer)
            asked -> {
              shown.put(String.valueOf(asked[0]), asked[1]);
              return page();
            });
    for (String whose : List.of("setAuthenticationSession", "setUser")) {
      answers.put(whose, (Fake.Answer) asked -> page());
    }
    answers.put(
        "setError",
        (Fake.Answer)
            asked -> {
              shown.put("error", asked[0]);
              return page();
            });
    answers.put(
        "createForm",
        (Fake.Answer)
            asked -> {
              shown.put("page", asked[0]);
              return null;
            });
    answers.put(
        "createErrorPage",
        (Fake.Answer)
            asked -> {
              shown.put("page", asked[0]);
              return null;
            });
    return Fake.of(LoginFormsProvider.class, answers);
  }

  /** A part of what the page says went wrong. */
  private String problem(String part) {
    return shown.get("sekishoProblem") instanceof Map<?, ?> problem
        ? String.valueOf(problem.get(part))
        : "";
  }

  private void assertRefused(String error, String code) {
    assertEquals(List.of(error), errors);
    assertEquals(code, details.get("reason"));
    assertEquals(code, problem("code"));
    assertTrue(done.stream().noneMatch(IN::contains), done.toString());
    assertEquals("next", notes.get("sekisho.secret"), "a new question, the old one is used up");
  }

  @ParameterizedTest
  @CsvSource({
    "false, urn:sekisho:acr:card-low, sekisho-card.ftl",
    "true, urn:sekisho:acr:passkey-low, sekisho-passkey.ftl"
  })
  void aProofOfLowAssuranceIsRefusedUnlessTheStepTakesIt(
      boolean byPasskey, String acr, String page) {
    answered(byPasskey, proof(acr));
    assertRefused(StepAuthenticator.REFUSED, "ASSURANCE_LOW");
    assertEquals("sekishoLow.what", problem("what"));
    assertEquals(page, shown.get("page"));
    clear();
    config.put(CardAuthenticatorFactory.LOW, "true");
    answered(byPasskey, proof(acr));
    assertRefused(StepAuthenticator.NO_USER, "NOT_ENROLLED"); // it goes on, to a user of nobody
  }

  @ParameterizedTest
  @CsvSource({
    "false, urn:sekisho:acr:passkey",
    "false, urn:sekisho:acr:passkey-low",
    "true, urn:sekisho:acr:card",
    "true, urn:sekisho:acr:card-low",
    "false, urn:sekisho:acr:something-newer"
  })
  void aProofOfTheOtherMethodIsAnErrorPageAndLetsNobodyIn(boolean byPasskey, String acr) {
    config.put(CardAuthenticatorFactory.LOW, "true");
    answered(byPasskey, proof(acr));
    assertEquals(List.of(StepAuthenticator.UNAVAILABLE), errors);
    assertEquals("sekishoUnavailable", shown.get("error"));
    assertEquals(List.of("forceChallenge"), done);
    assertFalse(notes.containsKey("sekisho.transaction"), "and the question is used up");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefusalOfTheServiceIsShownInItsWordsWithANewQuestion(boolean byPasskey) {
    answered(byPasskey, Refusal.AUTHENTICATOR_SUSPENDED);
    assertRefused(StepAuthenticator.REFUSED, "AUTHENTICATOR_SUSPENDED");
    assertTrue(problem("what").contains("。"), shown.toString());
  }

  /** Somebody who is switched off is refused otherwise than somebody who is not there. */
  @ParameterizedTest
  @CsvSource({"ab-42, PERSON_NOT_CURRENT", "AB-42, NOT_ENROLLED"})
  void theUserNameIsTheStaffNumberToTheLetterAndNoAttributeIsSearched(String person, String code) {
    UserModel off =
        Fake.of(
            UserModel.class,
            Map.of("getId", "u-1", "getUsername", "ab-42", "isEnabled", false, "getEmail", ""));
    keycloak.users.put("getUserByUsername", off);
    keycloak.users.remove("searchForUserByUserAttributeStream");
    config.put(CardAuthenticatorFactory.ATTRIBUTE, "username");
    try {
      answered(false, proof("urn:sekisho:acr:card", person));
    } finally {
      keycloak.users.put("getUserByUsername", null);
      keycloak.users.put("searchForUserByUserAttributeStream", (Fake.Answer) a -> Stream.empty());
    }
    assertEquals(code, details.get("reason"));
    assertTrue(done.stream().noneMatch(IN::contains), done.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"isEditUsernameAllowed", "isRegistrationAllowed"})
  void wherePeopleChooseTheirUserNamesItIsNoStaffNumberAndNobodyIsAsked(String setting) {
    keycloak.settings.put(setting, true);
    config.put(CardAuthenticatorFactory.ATTRIBUTE, "username");
    try {
      StepAuthenticator.byCard(card.service(), "1234").authenticate(context());
      assertEquals(List.of(StepAuthenticator.UNAVAILABLE), errors);
      assertEquals(List.of("forceChallenge"), done);
      assertFalse(notes.containsKey("sekisho.transaction"));
    } finally {
      keycloak.settings.put(setting, false);
    }
  }

  @Test
  void anAnswerWithoutAQuestionIsRefusedAndNotHandedOn() {
    answered(false, Refusal.INTERNAL);
    clear();
    StepAuthenticator.byCard(card.service(), "1234").action(context());
    assertRefused(StepAuthenticator.REFUSED, "TRANSACTION_UNKNOWN");
  }

  /** Of failures of nobody in particular only some are in the log. */
  @Test
  void whatFailsAtAStepUpIsAnEventOfWhoIsLoggedIn() {
    before = Fake.of(UserModel.class, Map.of("getId", "u-1"));
    try {
      for (Object said :
          List.of(Refusal.AUTHENTICATOR_SUSPENDED, proof("urn:sekisho:acr:passkey"))) {
        clear();
        answered(false, said);
        assertEquals("u-1", details.get("user"), errors.toString());
      }
      clear();
      StepAuthenticator.byCard(null, "1234").authenticate(context());
      assertEquals(List.of(StepAuthenticator.UNAVAILABLE), errors);
      assertEquals("u-1", details.get("user"));
    } finally {
      before = null;
    }
  }
}
