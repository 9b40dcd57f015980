package jp.sekisho.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.PostedAnswer;

/**
 * A browser at Keycloak's pages without a screen, and the application that it comes back to: what
 * the script of the page does, and what no script would do.
 *
 * <p>Keeps cookies by hand: Keycloak's are Secure on http://127.0.0.1 too, and java.net's store
 * would not send them back.
 */
final class SsoBrowser {
  /** A page of Keycloak, or where it sends the browser. */
  record Seen(int status, String body, Optional<String> location) {
    /** The code that an application gets; empty for any other page. */
    Optional<String> code() {
      return location.flatMap(to -> find(CODE, to));
    }

    /** The error that an application gets. */
    String error() {
      return location.flatMap(to -> find(ERROR, to)).orElse("");
    }

    /** The transaction of the card page. */
    String transaction() {
      return find(TRANSACTION, body).orElseThrow(() -> new AssertionError("no card page: " + this));
    }

    /** The challenge of Keycloak's own page for a passkey. */
    String challenge() {
      return find(CHALLENGE, body).orElseThrow(() -> new AssertionError("no challenge: " + this));
    }

    /** The refusal that the card page shows; empty without one. */
    String problem() {
      return find(PROBLEM, body).orElseThrow(() -> new AssertionError("no card page: " + this));
    }

    private String action() {
      return find(ACTION, body)
          .orElseThrow(() -> new AssertionError("no form: " + this))
          .replace("&amp;", "&");
    }
  }

  private static final Pattern CODE = Pattern.compile("[?&]code=([^&]+)");
  private static final Pattern ERROR = Pattern.compile("[?&]error=([^&]+)");
  private static final Pattern TRANSACTION = Pattern.compile("data-transaction=\"([^\"]+)\"");
  private static final Pattern CHALLENGE = Pattern.compile("challenge\\s*: *[\"']([\\w-]+)[\"']");
  private static final Pattern PROBLEM =
      Pattern.compile("role=\"alert\"[^>]* data-code=\"(\\w*)\"");
  private static final Pattern ACTION = Pattern.compile("<form[^>]* action=\"([^\"]+)\"");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final String realm;
  private final String redirect;
  private final Page agent;
  private final String origin;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  /**
   * @param keycloak origin of Keycloak
   * @param redirect where the application wants the browser back
   * @param agent base URL of the agent's loopback port
   */
  SsoBrowser(String keycloak, String redirect, String agent) {
    this(
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build(),
        keycloak,
        Keycloak.REALM,
        redirect,
        agent);
  }

  /** As {@link #SsoBrowser(String, String, String)}, at another realm, over given connections. */
  SsoBrowser(HttpClient http, String keycloak, String realm, String redirect, String agent) {
    this.http = http;
    this.origin = keycloak;
    this.realm = keycloak + "/realms/" + realm;
    this.redirect = redirect;
    this.agent = new Page(keycloak, agent);
  }

  /** URL at which an application sends the browser to Keycloak; {@code more} as {@code &a=b}. */
  String loginUrl(String client, String more) {
    return realm
        + "/protocol/openid-connect/auth?response_type=code&scope=openid&state=s&client_id="
        + client
        + "&redirect_uri="
        + encode(redirect)
        + more;
  }

  Seen login(String client, String more) {
    return send(HttpRequest.newBuilder(URI.create(loginUrl(client, more))).GET());
  }

  /** Asks the terminal to answer the question of a page, as its script does. */
  Page.Answer askAgent(Seen page) {
    return agent.askAgent(page.transaction(), origin);
  }

  /** Has card and PIN answer a page and posts what the terminal says. */
  Seen prove(Seen page) {
    return post(page, "answer", askAgent(page).as(PostedAnswer.class).answer());
  }

  /** Posts one field, or several as {@code name, value, name, value}, to a page's form. */
  Seen post(Seen page, String... fields) {
    return send(form(page.action(), fields));
  }

  /** Posts to the token endpoint and reads its answer. */
  JsonNode token(String... fields) {
    Seen seen = send(form(realm + "/protocol/openid-connect/token", fields));
    try {
      return JSON.readTree(seen.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The application's side of a login: the code's ID token, its claims. */
  JsonNode claims(String client, String code) {
    return claims(idToken(client, code));
  }

  /** What an ID token says. */
  static JsonNode claims(String idToken) {
    try {
      return JSON.readTree(Base64.getUrlDecoder().decode(idToken.split("\\.", -1)[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The person logs out at the application that has this ID token. */
  Seen logout(String idToken) {
    return send(form(realm + "/protocol/openid-connect/logout", "id_token_hint", idToken));
  }

  /** Another set of tokens for the refresh token of this one; {@code error} where it is over. */
  JsonNode refresh(String client, JsonNode tokens) {
    return token(
        "grant_type",
        "refresh_token",
        "client_id",
        client,
        "refresh_token",
        tokens.path("refresh_token").asText());
  }

  /** Status of a call of Keycloak with the access token of these. */
  int callWith(JsonNode tokens) {
    return send(HttpRequest.newBuilder(URI.create(realm + "/protocol/openid-connect/userinfo"))
            .header("Authorization", "Bearer " + tokens.path("access_token").asText())
            .GET())
        .status();
  }

  /** The application's side of a login: the code's ID token. */
  String idToken(String client, String code) {
    return tokens(client, code).path("id_token").asText();
  }

  /** The application's side of a login: what it gets for the code. */
  JsonNode tokens(String client, String code) {
    JsonNode tokens =
        token(
            "grant_type",
            "authorization_code",
            "client_id",
            client,
            "code",
            code,
            "redirect_uri",
            redirect);
    if (tokens.path("id_token").asText().isEmpty()) {
      throw new AssertionError(tokens.toString());
    }
    return tokens;
  }

  private static HttpRequest.Builder form(String url, String... fields) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < fields.length; i += 2) {
      body.append(i == 0 ? "" : "&").append(fields[i]).append('=').append(encode(fields[i + 1]));
    }
    return HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Optional<String> find(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  private Seen send(HttpRequest.Builder request) {
    StringBuilder sent = new StringBuilder();
    cookies.forEach(
        (k, v) -> sent.append(sent.isEmpty() ? "" : "; ").append(k).append('=').append(v));
    if (!sent.isEmpty()) {
      request.header("Cookie", sent.toString());
    }
    try {
      HttpResponse<String> answer =
          http.send(
              request.timeout(Duration.ofSeconds(100)).build(),
              HttpResponse.BodyHandlers.ofString());
      for (String line : answer.headers().allValues("set-cookie")) {
        for (HttpCookie cookie : HttpCookie.parse(line)) {
          if (cookie.getMaxAge() == 0 || cookie.getValue().isEmpty()) {
            cookies.remove(cookie.getName());
          } else {
            cookies.put(cookie.getName(), cookie.getValue());
          }
        }
      }
      Seen seen =
          new Seen(answer.statusCode(), answer.body(), answer.headers().firstValue("location"));
      // Keycloak sends a browser on within itself; the application's address is not ours to open.
      return seen.location().filter(to -> to.startsWith(origin + "/")).isPresent()
          ? send(HttpRequest.newBuilder(URI.create(seen.location().get())).GET())
          : seen;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
