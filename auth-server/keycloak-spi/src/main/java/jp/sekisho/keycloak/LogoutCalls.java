package jp.sekisho.keycloak;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.services.util.ResolveRelative;

/**
 * Tells applications that a session is over: OpenID Connect Back-Channel Logout 1.0, for each that
 * has an address for it. Prepared while the session exists, sent after its end has committed, so
 * that an application that hangs keeps nobody's session alive. Thread-safe.
 *
 * <p>Three tries within the two minutes that a token lives; what none of them brought, or what
 * could not be prepared, is an event {@code LOGOUT_ERROR}.
 */
final class LogoutCalls implements AutoCloseable {
  /** Error of the event when an application could not be told. */
  static final String FAILED = "backchannel_logout_failed";

  /** Before the second try and the third. */
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(2), Duration.ofSeconds(20));

  private static final Logger LOG = Logger.getLogger(LogoutCalls.class);

  private static final Duration WHOLE = Duration.ofSeconds(5);

  private final Jobs jobs;
  private final List<Duration> pauses;
  private final Consumer<EventBuilder> report;
  // The platform's trust, which Keycloak extends by its own truststore.
  private final HttpClient http =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(WHOLE)
          .build();
  private final ScheduledThreadPoolExecutor threads = Daemons.of(2, "sekisho-logout-calls");

  LogoutCalls(Jobs jobs) {
    this(jobs, PAUSES, event -> event.error(FAILED));
  }

  /**
   * @param pauses before each further try
   * @param report makes an event of what was built
   */
  LogoutCalls(Jobs jobs, List<Duration> pauses, Consumer<EventBuilder> report) {
    this.jobs = jobs;
    this.pauses = pauses;
    this.report = report;
  }

  /**
   * Whether a call could be made; says so where not: outside a request Keycloak knows its own
   * address only when it was told as a URL, and a token without its issuer is none.
   */
  static boolean canBeMade(KeycloakSession session, String name) {
    RealmModel realm = session.realms().getRealmByName(name);
    if (realm == null) {
      return true;
    }
    session.getContext().setRealm(realm);
    try {
      URI unused = session.getContext().getUri().getBaseUri();
      return true;
    } catch (RuntimeException e) {
      LOG.errorf(
          "no application can be told of a logout: set `hostname` to a URL, such as"
              + " https://sso.city.example, not to a bare name (%s)",
          e);
      return false;
    }
  }

  /** One application to be told. */
  static final class Call {
    private final String realm;
    private final String client;
    private final String user;
    private final String session;
    private final String url;
    private final String token;

    Call(String realm, ClientModel client, UserSessionModel session, String url, String token) {
      this.realm = realm;
      this.client = client.getId();
      this.user = session.getUser().getId();
      this.session = session.getId();
      this.url = url;
      this.token = token;
    }
  }

  /**
   * The calls that an end asks for, one to each application.
   *
   * @param over the sessions of one id that end, online and offline
   */
  List<Call> prepare(KeycloakSession session, RealmModel realm, List<UserSessionModel> over) {
    Map<String, AuthenticatedClientSessionModel> parts = new LinkedHashMap<>();
    over.forEach(one -> one.getAuthenticatedClientSessions().forEach(parts::putIfAbsent));
    List<Call> calls = new ArrayList<>();
    for (AuthenticatedClientSessionModel part : parts.values()) {
      ClientModel client = part.getClient();
      UserSessionModel of = part.getUserSession();
      try {
        session.getContext().setClient(client);
        String own = client.getAttribute(OIDCConfigAttributes.BACKCHANNEL_LOGOUT_URL);
        if (own != null && !own.isEmpty()) {
          String url = ResolveRelative.resolveRelativeUri(session, client.getRootUrl(), own);
          String token =
              session.tokens().encode(session.tokens().initLogoutToken(client, of.getUser(), part));
          calls.add(new Call(realm.getId(), client, of, url, token));
        }
      } catch (RuntimeException e) {
        // One application's settings, or this server's, must not keep the session alive.
        LOG.errorf(e, "no logout call to %s can be made", client.getClientId());
        boolean unused = failed(session, new Call(realm.getId(), client, of, "", ""));
      }
    }
    return calls;
  }

  /** Sends them, each by itself. */
  void send(List<Call> calls) {
    calls.forEach(call -> later(call, 0, Duration.ZERO));
  }

  private void later(Call call, int tries, Duration pause) {
    Future<?> unused =
        threads.schedule(() -> post(call, tries), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** No thread waits: an application that trickles would keep all others from being told. */
  private void post(Call call, int tries) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(call.url))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "logout_token=" + URLEncoder.encode(call.token, StandardCharsets.UTF_8)))
              .build();
      CompletableFuture<HttpResponse<Void>> exchange =
          http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
      Future<?> limit =
          threads.schedule(() -> exchange.cancel(true), WHOLE.toMillis(), TimeUnit.MILLISECONDS);
      Future<?> unused =
          exchange.whenCompleteAsync(
              (answer, failure) -> {
                limit.cancel(false);
                answered(call, tries, answer, failure);
              },
              threads);
    } catch (IllegalArgumentException e) {
      answered(call, tries, null, e);
    }
  }

  private void answered(
      Call call, int tries, @Nullable HttpResponse<Void> answer, @Nullable Throwable failure) {
    int status = answer == null ? 0 : answer.statusCode();
    if (status == 200 || status == 204) {
      return;
    }
    if (tries < pauses.size()) {
      later(call, tries + 1, pauses.get(tries));
      return;
    }
    LOG.errorf(failure, "%s did not take a logout: status %d", call.url, status);
    try {
      boolean unused = jobs.run(session -> failed(session, call));
    } catch (RuntimeException e) {
      LOG.errorf(e, "no event says that %s was not told of a logout", call.url);
    }
  }

  /** Whether there is an event of it. */
  private boolean failed(KeycloakSession session, Call call) {
    RealmModel realm = session.realms().getRealm(call.realm);
    if (realm == null) {
      return false;
    }
    session.getContext().setRealm(realm);
    EventBuilder event =
        new EventBuilder(realm, session).event(EventType.LOGOUT_ERROR).session(call.session);
    ClientModel client = realm.getClientById(call.client);
    UserModel user = session.users().getUserById(realm, call.user);
    if (client != null) {
      event = event.client(client);
    }
    if (user != null) {
      event = event.user(user);
    }
    report.accept(event);
    return true;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
