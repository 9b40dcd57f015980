package jp.sekisho.keycloak;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RelyingEventsMissing;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.RelyingQuestion;
import jp.sekisho.protocol.RelyingRecordsTaken;
import jp.sekisho.protocol.RelyingSessionsEnded;
import jp.sekisho.protocol.RelyingTerminal;
import jp.sekisho.protocol.WireJson;
import org.apache.http.HttpEntity;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.ssl.DefaultHostnameVerifier;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.ContentType;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.jspecify.annotations.Nullable;

/**
 * Sekisho's service as this provider calls it: HTTP/1.1 over TLS 1.3 with our certificate, never
 * redirected, never twice, no proxy. Thread-safe; one for the life of Keycloak.
 *
 * <p>By the client that Keycloak itself calls out with: it works in the thread that asks, which
 * waits anyway. Java's own hands each call from thread to thread, which cost more than the call.
 *
 * <p>Every call ends within its time, whatever the other side does: connecting within {@link
 * #CONNECT}, the whole answer, body included, within {@link #WHOLE}, at most {@value #MAX_BODY}
 * bytes of it.
 *
 * <p>What it sends is written as the wire's records are, but from maps: each record would be a
 * kilobyte of the jar. What it reads are the records.
 */
final class SekishoService {
  static final Duration CONNECT = Duration.ofSeconds(2);
  static final Duration WHOLE = Duration.ofSeconds(5);
  static final int MAX_BODY = 256 * 1024;

  /**
   * Calls that a page waits for, at a time: each holds one of Keycloak's some fifty workers, which
   * serve all of its realms, and anybody can ask for a login page.
   */
  static final int PAGES = 16;

  /**
   * How long a page waits to be one of them: many at once are no fault, a service that hangs is.
   */
  private static final Duration PATIENCE = Duration.ofMillis(250);

  /** {@code RelyingRecords.MOST} of the wire, whose class is not in the jar. */
  static final int MOST = 500;

  private static final String ROUTES = "/agent/v1/services/";

  /** What is nobody's fault at the terminal: a person can do nothing about it but call. */
  private static final Set<String> OURS =
      Set.of(
          "SERVICE_REALM",
          "SERVICE_REVOKED",
          "DEVICE_CERT_MISSING",
          "DEVICE_CERT_FOREIGN",
          "DEVICE_CERT_EXPIRED",
          "NOT_FOUND",
          "INPUT_TOO_LARGE");

  private final URI base;
  private final String realm;
  private final CloseableHttpClient http;
  private final ScheduledThreadPoolExecutor ends = Daemons.of(1, "sekisho-calls");
  private final Semaphore pages = new Semaphore(PAGES);

  /**
   * The service of {@code settings}.
   *
   * @throws IOException when a file cannot be read or is not of its form
   */
  SekishoService(ServiceSettings settings) throws IOException, GeneralSecurityException {
    this.base = settings.service;
    this.realm = settings.realm;
    int connect = (int) CONNECT.toMillis();
    PoolingHttpClientConnectionManager connections =
        new PoolingHttpClientConnectionManager(
            RegistryBuilder.<ConnectionSocketFactory>create()
                .register(
                    "https",
                    new SSLConnectionSocketFactory(
                        ClientTls.of(settings), new DefaultHostnameVerifier()))
                .build());
    // Of one that was closed meanwhile it hears before it puts a call there: none is made twice.
    connections.setValidateAfterInactivity(1);
    // A page each, and the threads that send, compare and look.
    connections.setMaxTotal(PAGES + 4);
    connections.setDefaultMaxPerRoute(PAGES + 4);
    this.http =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            // One that showed a certificate is else somebody's own, and no other call may have it:
            // each would begin with a handshake.
            .disableConnectionState()
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectTimeout(connect)
                    .setConnectionRequestTimeout(connect)
                    .setSocketTimeout((int) WHOLE.toMillis())
                    .build())
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .build();
    ends.setRemoveOnCancelPolicy(true);
  }

  /** The realm that the certificate is registered for. */
  String realm() {
    return realm;
  }

  /**
   * Asks for a transaction; its parts have the form that an address and a page need. As {@code
   * RelyingAsk} of the wire, of our realm.
   */
  Reply<RelyingQuestion> ask(
      String client, String session, String source, @Nullable String back, Locale language) {
    Map<String, Object> asked = new HashMap<>();
    asked.put("realm", realm);
    asked.put("client", client);
    asked.put("session", session);
    asked.put("source", source);
    if (back != null) {
      asked.put("back", back);
    }
    return about(
        forPage("transactions", asked, RelyingQuestion.class, language),
        said ->
            said.transaction().matches("[\\w-]{22}")
                && (said.page() == null || said.page().matches("https?://[\\w.:-]+/[\\w./-]*")));
  }

  /**
   * Hands on an answer; what is said agrees with what was asked. As {@code RelyingAnswer} of the
   * wire, of our realm.
   *
   * @param transaction id of the question, base64url of 16 bytes
   */
  Reply<RelyingProof> answer(
      String transaction,
      String client,
      String session,
      String secret,
      String answer,
      Locale language) {
    return about(
        forPage(
            "transactions/" + transaction + "/answer",
            Map.of(
                "realm", realm,
                "client", client,
                "session", session,
                "secret", secret,
                "answer", answer),
            RelyingProof.class,
            language),
        proof ->
            proof.realm().equals(realm)
                && proof.session().equals(session)
                && proof.transaction().equals(transaction));
  }

  /** Which sessions ended since. */
  Reply<RelyingSessionsEnded> ended(long after) {
    return post(
        "sessions/ended",
        Map.of("realm", realm, "after", after),
        RelyingSessionsEnded.class,
        Locale.ENGLISH);
  }

  /**
   * Hands over lines of a spool; none is a sign of life.
   *
   * @param spool its id
   */
  Reply<RelyingRecordsTaken> take(String spool, List<String> records) {
    return post(
        "events",
        Map.of("realm", realm, "spool", spool, "records", records),
        RelyingRecordsTaken.class,
        Locale.ENGLISH);
  }

  /** Which of these events the log has not; at most {@link #MOST}. */
  Reply<RelyingEventsMissing> missing(List<String> ids) {
    return post(
        "events/held",
        Map.of("realm", realm, "ids", ids),
        RelyingEventsMissing.class,
        Locale.ENGLISH);
  }

  /**
   * The state of the terminal of a session; what is said is about that session.
   *
   * @param source address of the browser
   */
  Reply<RelyingTerminal> terminal(String session, String source) {
    return about(
        forPage(
            "terminals/state",
            Map.of("realm", realm, "session", session, "source", source),
            RelyingTerminal.class,
            Locale.ENGLISH),
        said -> said.realm().equals(realm) && said.session().equals(session));
  }

  /** What is said, if it is about what was asked. */
  private static <T> Reply<T> about(Reply<T> reply, Predicate<T> asked) {
    return reply.match(
        said ->
            asked.test(said) ? reply : Reply.unavailable("the answer is not about what was asked"),
        refused -> reply,
        why -> reply);
  }

  /** As {@link #post}, for a page, which is one of few. */
  private <T> Reply<T> forPage(String route, Object body, Class<T> type, Locale language) {
    try {
      if (!pages.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return Reply.unavailable(PAGES + " logins wait for an answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.unavailable("interrupted");
    }
    try {
      return post(route, body, type, language);
    } finally {
      pages.release();
    }
  }

  private <T> Reply<T> post(String route, Object body, Class<T> type, Locale language) {
    HttpPost call = new HttpPost(base.resolve(ROUTES + route));
    call.setHeader("Accept-Language", language.getLanguage().equals("ja") ? "ja" : "en");
    call.setEntity(new ByteArrayEntity(WireJson.write(body), ContentType.APPLICATION_JSON));
    // The client's times are those of one reading each; headers or a body that trickle end, too.
    Future<?> end = ends.schedule(call::abort, WHOLE.toMillis(), TimeUnit.MILLISECONDS);
    try (CloseableHttpResponse answer = http.execute(call)) {
      return read(answer, type);
    } catch (IOException | RuntimeException e) {
      return Reply.unavailable(
          call.isAborted() ? "no answer within " + WHOLE.toSeconds() + " s" : e.toString());
    } finally {
      boolean unused = end.cancel(false);
    }
  }

  private static <T> Reply<T> read(CloseableHttpResponse answer, Class<T> type) throws IOException {
    HttpEntity entity = answer.getEntity();
    byte[] body = new byte[0];
    if (entity != null) {
      // Not closed before the answer is: what is left of a body over the limit is not waited for.
      body = entity.getContent().readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        return Reply.unavailable("over " + MAX_BODY + " bytes");
      }
    }
    int status = answer.getStatusLine().getStatusCode();
    try {
      if (status == 200 || status == 201) {
        return Reply.said(WireJson.read(body, type));
      }
      Refused refused = WireJson.read(body, Refused.class);
      return status >= 500 || OURS.contains(refused.refusal()) || !refused.isNamed()
          ? Reply.unavailable("refused " + refused.refusal())
          : Reply.refused(refused);
    } catch (MalformedException e) {
      return Reply.unavailable("status " + status + ": " + e.getMessage());
    }
  }
}
