package jp.sekisho.e2e;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** Keycloak's administrator, by its administration API. */
final class SsoAdmin {
  /** Events of programs at work, which are not for our log. */
  private static final Set<String> NOISE =
      Set.of(
          "CODE_TO_TOKEN", "REFRESH_TOKEN", "INTROSPECT_TOKEN", "USER_INFO_REQUEST", "CLIENT_INFO");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration RENEW = Duration.ofSeconds(20);
  private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

  /** The flows that the provider's realm file brings. */
  static final List<String> FLOWS =
      List.of("sekisho card", "sekisho step-up", "sekisho terminal", "sekisho passkey");

  private final HttpClient http = HttpClient.newHttpClient();
  private final String origin;
  private final String realm;
  private String token = "";
  private long tokenFrom;

  SsoAdmin(String origin) {
    this(origin, Keycloak.REALM);
  }

  /** As {@link #SsoAdmin(String)}, of another realm. */
  SsoAdmin(String origin, String name) {
    this.origin = origin;
    this.realm = origin + "/admin/realms/" + name;
  }

  /** A token lives for a minute, which on a busy machine is soon over. */
  private String token() {
    if (token.isEmpty() || System.nanoTime() - tokenFrom > RENEW.toNanos()) {
      tokenFrom = System.nanoTime();
      token =
          send(HttpRequest.newBuilder(
                      URI.create(origin + "/realms/master/protocol/openid-connect/token"))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "grant_type=password&client_id=admin-cli&username=admin&password="
                              + Keycloak.PASSWORD)))
              .path("access_token")
              .asText();
    }
    return token;
  }

  private HttpRequest.Builder at(String path) {
    return of(realm + path.replace(" ", "%20"));
  }

  private HttpRequest.Builder of(String url) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Authorization", "Bearer " + token())
        .header("Content-Type", "application/json");
  }

  private JsonNode send(HttpRequest.Builder request) {
    HttpResponse<String> answer = answer(request);
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(answer.uri() + ": " + answer.statusCode() + " " + answer.body());
    }
    try {
      return answer.body().isEmpty() ? JSON.missingNode() : JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> answer(HttpRequest.Builder request) {
    try {
      return http.send(
          request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Ids of all events that Keycloak itself keeps of its realm, changes by administrators too. */
  List<String> storedEvents() {
    List<String> ids = new ArrayList<>();
    for (JsonNode event : send(at("/events?max=10000").GET())) {
      if (!NOISE.contains(event.path("type").asText())) {
        ids.add(event.path("id").asText());
      }
    }
    send(at("/admin-events?max=10000").GET()).forEach(event -> ids.add(event.path("id").asText()));
    return ids;
  }

  private String id(String user) {
    return StreamSupport.stream(
            send(at("/users?exact=true&username=" + user).GET()).spliterator(), false)
        .map(found -> found.path("id").asText())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no user " + user + " at " + origin));
  }

  /** Failures that Keycloak's lock-out counts against a user. */
  int failures(String user) {
    return send(at("/attack-detection/brute-force/users/" + id(user)).GET())
        .path("numFailures")
        .asInt();
  }

  /** Whether Keycloak has locked a user out for now. */
  boolean isLocked(String user) {
    return send(at("/attack-detection/brute-force/users/" + id(user)).GET())
        .path("disabled")
        .asBoolean();
  }

  /** Switches a user on or off. */
  void enable(String user, boolean enabled) {
    String path = "/users/" + id(user);
    ObjectNode changed = (ObjectNode) send(at(path).GET());
    changed.put("enabled", enabled);
    JsonNode _ = send(at(path).PUT(HttpRequest.BodyPublishers.ofString(changed.toString())));
  }

  /** Adds a user. */
  void addUser(String name) {
    JsonNode _ =
        send(
            at("/users")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"username\":\"" + name + "\",\"enabled\":true}")));
  }

  /** Adds an application that wants direct grants; whether it then has them. */
  boolean addClientWithDirectGrants(String id) {
    JsonNode _ =
        send(
            at("/clients")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"clientId\":\"" + id + "\",\"directAccessGrantsEnabled\":true}")));
    JsonNode found = send(at("/clients?clientId=" + id).GET());
    if (found.size() != 1 || !found.path(0).path("directAccessGrantsEnabled").isBoolean()) {
      throw new AssertionError(found.toString());
    }
    return found.path(0).path("directAccessGrantsEnabled").asBoolean();
  }

  /** Adds a role; the status of the answer. */
  int addRole(String name, String description) {
    return answer(
            at("/roles")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"name\":\"" + name + "\",\"description\":\"" + description + "\"}")))
        .statusCode();
  }

  /** Adds a realm as an administrator does who knows nothing of us. */
  void addRealm(String name) {
    JsonNode _ =
        send(
            of(origin + "/admin/realms")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"realm\":\"" + name + "\",\"enabled\":true}")));
  }

  /** The steps of a flow with their settings, from the first to the last, all levels deep. */
  List<String> flow(String alias) {
    List<String> steps = new ArrayList<>();
    for (JsonNode step : send(at("/authentication/flows/" + alias + "/executions").GET())) {
      String config = step.path("authenticationConfig").asText();
      steps.add(
          step.path("level")
              + " "
              + step.path("requirement").asText()
              + " "
              + (step.path("authenticationFlow").asBoolean()
                  ? step.path("displayName").asText() + " " + step.path("description").asText()
                  : step.path("providerId").asText() + " " + step.path("alias").asText())
              + (config.isEmpty()
                  ? ""
                  : " "
                      + new TreeMap<>(
                          JSON.convertValue(
                              send(at("/authentication/config/" + config).GET()).path("config"),
                              STRINGS))));
    }
    return steps;
  }

  /** Languages of the realm's pages, the one that nobody asked for first. */
  List<String> languages() {
    JsonNode all = send(at("").GET());
    Set<String> languages = new LinkedHashSet<>();
    if (all.path("internationalizationEnabled").asBoolean()) {
      languages.add(all.path("defaultLocale").asText());
      all.path("supportedLocales")
          .valueStream()
          .map(JsonNode::asText)
          .sorted()
          .forEach(languages::add);
    }
    return List.copyOf(languages);
  }

  /** What beside flows the realm file sets that decides who gets in and what is told. */
  List<String> settings() {
    JsonNode all = send(at("").GET());
    List<String> settings = new ArrayList<>();
    for (String name :
        List.of(
            "eventsEnabled",
            "eventsExpiration",
            "adminEventsEnabled",
            "adminEventsDetailsEnabled",
            "registrationAllowed",
            "resetPasswordAllowed",
            "rememberMe",
            "editUsernameAllowed",
            "bruteForceProtected",
            "failureFactor",
            "accessTokenLifespan")) {
      settings.add(name + " " + all.path(name));
    }
    settings.add(all.path("attributes").path("acr.loa.map").asText());
    settings.add(send(at("/client-policies/policies").GET()).toString());
    settings.add(send(at("/client-policies/profiles").GET()).toString());
    return settings;
  }

  /** Makes a flow the one for browsers. */
  void bindBrowser(String alias) {
    ObjectNode changed = (ObjectNode) send(at("").GET());
    changed.put("browserFlow", alias);
    JsonNode _ = send(at("").PUT(HttpRequest.BodyPublishers.ofString(changed.toString())));
  }

  /** Removes a flow with all that is in it; whether Keycloak did. */
  boolean removeFlow(String alias) {
    for (JsonNode flow : send(at("/authentication/flows").GET())) {
      if (flow.path("alias").asText().equals(alias)) {
        return answer(at("/authentication/flows/" + flow.path("id").asText()).DELETE()).statusCode()
            == 204;
      }
    }
    throw new AssertionError("no flow " + alias);
  }
}
