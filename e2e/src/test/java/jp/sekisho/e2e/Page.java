package jp.sekisho.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import jp.sekisho.protocol.ConfirmedReport;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.PasskeyAnswer;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.TransactionCreated;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * The login page's script without a browser, for doing what the script would never do: replay,
 * another cookie, another origin.
 *
 * <p>Keeps cookies by hand: java.net's cookie store does not send Secure cookies to
 * http://localhost, a browser does.
 */
final class Page {
  /** An answer of either side. */
  record Answer(int status, String body) {
    <T> T as(Class<T> type) {
      try {
        return WireJson.read(body.getBytes(StandardCharsets.UTF_8), type);
      } catch (MalformedException e) {
        throw new AssertionError("status " + status + ": " + body, e);
      }
    }

    /** The refusal's code. */
    String refusal() {
      return as(RefusalBody.class).refusal().name();
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(5))
          .cookieHandler(new CookieManager(null, (uri, cookie) -> false))
          .build();
  private final String people;
  private final String agent;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  /**
   * @param people origin of the service
   * @param agent base URL of the agent's loopback port
   */
  Page(String people, String agent) {
    this.people = people;
    this.agent = agent;
  }

  /** Forgets every cookie, as another browser would. */
  void forgetCookies() {
    cookies.clear();
  }

  String newTransaction(String purpose) {
    return newTransaction(purpose, null);
  }

  /**
   * As the pages ask.
   *
   * @param subject the request that is approved, or null
   */
  String newTransaction(String purpose, @Nullable String subject) {
    return ask(purpose, subject).as(TransactionCreated.class).transaction();
  }

  /** Does what the card button of a page does; fails unless it succeeds. */
  void prove(String purpose, @Nullable String subject) {
    String transaction = newTransaction(purpose, subject);
    Answer done = postAnswer(transaction, askAgent(transaction, people).as(PostedAnswer.class));
    if (done.status() != 200) {
      throw new AssertionError(purpose + ": " + done);
    }
  }

  /** Asks the service for a transaction and returns whatever it says. */
  Answer ask(String purpose, @Nullable String subject) {
    return post(
        people + "/authn/v1/transactions",
        people,
        WireJson.write(new NewTransaction(purpose, subject)));
  }

  Answer askAgent(String transaction, String origin) {
    return post(agent + "/v1/login", origin, WireJson.write(new LoopbackLogin(transaction, null)));
  }

  Answer postAnswer(String transaction, PostedAnswer answer) {
    return post(
        people + "/authn/v1/transactions/" + transaction + "/answer",
        people,
        WireJson.write(answer));
  }

  /** Asks the agent to vouch for a transaction before a passkey answers it. */
  Answer vouch(String transaction, String origin) {
    return post(
        agent + "/v1/passkey", origin, WireJson.write(new LoopbackLogin(transaction, null)));
  }

  /** Posts a passkey's answer. */
  Answer postPasskey(String transaction, PasskeyAnswer answer) {
    return post(
        people + "/authn/v1/transactions/" + transaction + "/passkey",
        people,
        WireJson.write(answer));
  }

  /** What a button of an exception's page does: {@code reject withdraw revoke return}. */
  Answer step(String grant, String step) {
    return post(people + "/api/v1/grants/" + grant + "/" + step, people, new byte[0]);
  }

  /** Confirms another's report of an 緊急時の例外措置. */
  Answer confirmEmergency(String emergency, ConfirmedReport shown) {
    return post(
        people + "/api/v1/emergencies/" + emergency + "/confirm", people, WireJson.write(shown));
  }

  /** What the agent says of terminal and reader. */
  LoopbackStatus status() {
    return send(HttpRequest.newBuilder(URI.create(agent + "/v1/status")).GET(), people)
        .as(LoopbackStatus.class);
  }

  /** Whether the agent knows a seat of this test's user. */
  boolean answersThisUser() {
    return send(HttpRequest.newBuilder(URI.create(agent + "/v1/status")).GET(), people).status()
        == 200;
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(URI.create(people + path)).GET(), null);
  }

  private Answer post(String url, String origin, byte[] body) {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
        origin);
  }

  private Answer send(HttpRequest.Builder request, @Nullable String origin) {
    if (origin != null) {
      request.header("Origin", origin);
    }
    StringBuilder sent = new StringBuilder();
    cookies.forEach(
        (k, v) -> sent.append(sent.isEmpty() ? "" : "; ").append(k).append('=').append(v));
    if (!sent.isEmpty()) {
      request.header("Cookie", sent.toString());
    }
    try {
      HttpResponse<String> response =
          http.send(
              request.timeout(Duration.ofSeconds(100)).build(),
              HttpResponse.BodyHandlers.ofString());
      for (String line : response.headers().allValues("set-cookie")) {
        for (HttpCookie cookie : HttpCookie.parse(line)) {
          cookies.put(cookie.getName(), cookie.getValue());
        }
      }
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
