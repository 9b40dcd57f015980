package jp.sekisho.e2e;

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
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Keycloak's administrator, by its administration API. */
final class SsoAdmin {
  /** Events of programs at work, which are not for our log. */
  private static final Set<String> NOISE =
      Set.of(
          "CODE_TO_TOKEN", "REFRESH_TOKEN", "INTROSPECT_TOKEN", "USER_INFO_REQUEST", "CLIENT_INFO");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String origin;
  private final String realm;
  private final String token;

  SsoAdmin(String origin) {
    this.origin = origin;
    this.realm = origin + "/admin/realms/" + Keycloak.REALM;
    this.token =
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

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create(realm + path))
        .header("Authorization", "Bearer " + token)
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

  /** Adds a role; the status of the answer. */
  int addRole(String name, String description) {
    return answer(
            at("/roles")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"name\":\"" + name + "\",\"description\":\"" + description + "\"}")))
        .statusCode();
  }
}
