package jp.sekisho.agent.sync;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RenewRequest;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * The agents' port of the service (docs/protocol.md). TLS 1.3 only; the name of the host is checked
 * by the JDK; no redirect is followed; at most a mebibyte of an answer is read (eight of signed
 * files); every call ends within its time limit, the body included. Nothing is retried here.
 * Thread-safe.
 */
public final class ServiceClient {
  /** Longest call while a person waits. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** For what may be megabytes over a thin line, while nobody waits. */
  private static final Duration LARGE_TIMEOUT = Duration.ofMinutes(2);

  private final URI server;
  private final Duration timeout;
  private volatile HttpClient http;

  public ServiceClient(URI server, SSLContext tls) {
    this(server, tls, TIMEOUT);
  }

  /**
   * @param timeout longest call, connecting and the whole body included
   */
  public ServiceClient(URI server, SSLContext tls, Duration timeout) {
    this.server = server;
    this.timeout = timeout;
    this.http = client(tls);
  }

  /** Uses another certificate from the next call on; calls under way end with the old one. */
  public void reload(SSLContext tls) {
    http = client(tls);
  }

  private HttpClient client(SSLContext tls) {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    return HttpClient.newBuilder()
        .sslContext(tls)
        .sslParameters(parameters)
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(timeout)
        .build();
  }

  /**
   * Completes a TLS handshake and asks nothing, so that a check leaves no trace in the log.
   *
   * @return why it did not succeed; empty when it did
   */
  public static Optional<String> shakeHands(URI server, SSLContext tls, Duration timeout) {
    try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket()) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {"TLSv1.3"});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setServerNames(
          server.getHost().matches("[0-9.]+")
              ? List.of()
              : List.of(new SNIHostName(server.getHost())));
      int millis = Math.toIntExact(timeout.toMillis());
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), millis);
      socket.startHandshake();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getClass().getSimpleName());
    }
  }

  /** Exchanges a ticket's token for a certificate. */
  public Reply<EnrollReply> enroll(EnrollRequest request) {
    return post("/agent/v1/enroll", WireJson.write(request), EnrollReply.class);
  }

  /** A new certificate for the same key. */
  public Reply<EnrollReply> renew(RenewRequest request) {
    return post("/agent/v1/renew", WireJson.write(request), EnrollReply.class);
  }

  /**
   * What a transaction asks; binds it to this terminal.
   *
   * @param transaction base64url of 16 bytes, checked by the caller
   */
  public Reply<TransactionDetails> fetch(String transaction) {
    return post(
        "/agent/v1/transactions/" + transaction + "/fetch", new byte[0], TransactionDetails.class);
  }

  /** Hands over records. */
  public Reply<EventAck> events(EventBatch batch) {
    return post("/agent/v1/events", WireJson.write(batch), EventAck.class);
  }

  /** The sign of life. */
  public Reply<HeartbeatReply> heartbeat(Heartbeat heartbeat) {
    return post("/agent/v1/heartbeat", WireJson.write(heartbeat), HeartbeatReply.class);
  }

  /** The grants of this terminal: approved and active ones. */
  public Reply<GrantList> grants() {
    return exchange(
        HttpRequest.newBuilder(server.resolve("/agent/v1/grants")).GET(), GrantList.class);
  }

  /** Who is logged in online at this terminal. */
  public Reply<OnlineLogins> logins() {
    return exchange(
        HttpRequest.newBuilder(server.resolve("/agent/v1/logins")).GET(), OnlineLogins.class);
  }

  /**
   * Asks to use a grant now.
   *
   * @param grant base64url of 16 bytes, checked by the caller
   */
  public Reply<Activated> activate(String grant, ActivateRequest request) {
    return post(
        "/agent/v1/grants/" + grant + "/activate", WireJson.write(request), Activated.class);
  }

  private <T> Reply<T> post(String path, byte[] body, Class<T> type) {
    return exchange(
        HttpRequest.newBuilder(server.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
        type);
  }

  /**
   * The signed files for this terminal.
   *
   * @param tag of the bundle already held; null without one
   * @return the bundle's bytes; empty when it is still the one held
   */
  public Reply<Optional<byte[]>> policy(@Nullable String tag) {
    return changed("/agent/v1/policy", tag, TrustBundle.MAX_BYTES);
  }

  /**
   * What the service judges cards by.
   *
   * @param tag of the list already held; null without one
   * @return the list's bytes; empty when it is still the one held
   */
  public Reply<Optional<byte[]>> cardTrust(@Nullable String tag) {
    return changed("/agent/v1/card-trust", tag, WireJson.MAX_BYTES);
  }

  /**
   * A certificate or a revocation list of it; nobody waits for it.
   *
   * @param name base64url SHA-256, for the caller to compare
   * @param largest in bytes; a larger one is {@link Reply.Unreachable}
   */
  public Reply<byte[]> cardTrustPart(String name, int largest) {
    return exchange(
        HttpRequest.newBuilder(server.resolve("/agent/v1/card-trust/" + name))
            .GET()
            .header("Accept", "application/octet-stream, application/json"),
        largest,
        LARGE_TIMEOUT,
        (status, body) -> status == 200 ? new Reply.Ok<>(body) : refusal(status, body));
  }

  private Reply<Optional<byte[]>> changed(String path, @Nullable String tag, int limit) {
    HttpRequest.Builder call = HttpRequest.newBuilder(server.resolve(path)).GET();
    if (tag != null) {
      call.header("If-None-Match", '"' + tag + '"');
    }
    return exchange(
        call.header("Accept", "application/octet-stream, application/json"),
        limit,
        timeout,
        (status, body) ->
            switch (status) {
              case 200 -> new Reply.Ok<>(Optional.of(body));
              case 304 -> new Reply.Ok<>(Optional.empty());
              default -> refusal(status, body);
            });
  }

  private <T> Reply<T> exchange(HttpRequest.Builder call, Class<T> type) {
    return exchange(
        call.header("Accept", "application/json"),
        WireJson.MAX_BYTES,
        timeout,
        (status, body) -> read(status, body, type));
  }

  /** Makes a reply of an answer. */
  private interface Reading<T> {
    Reply<T> read(int status, byte[] body);
  }

  private <T> Reply<T> exchange(
      HttpRequest.Builder call, int limit, Duration within, Reading<T> reading) {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.sendAsync(call.timeout(within).build(), info -> new LimitedBody(limit));
    try {
      // The request's own timeout ends with the headers; this one covers a slow body too.
      HttpResponse<byte[]> response = exchange.get(within.toMillis(), TimeUnit.MILLISECONDS);
      return reading.read(response.statusCode(), response.body());
    } catch (ExecutionException e) {
      return new Reply.Unreachable<>(why(e.getCause()));
    } catch (TimeoutException | CancellationException e) {
      exchange.cancel(true);
      return new Reply.Unreachable<>("no answer within " + within.toMillis() + " ms");
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      return new Reply.Unreachable<>("interrupted");
    }
  }

  private static String why(@Nullable Throwable cause) {
    return cause == null ? "unknown" : cause.getClass().getSimpleName();
  }

  /** A refusal as far as this version needs it: the code stays text, a newer service knows more. */
  private record WireRefusal(String refusal) {}

  private static <T> Reply<T> read(int status, byte[] body, Class<T> type) {
    if (status != 200) {
      return refusal(status, body);
    }
    try {
      return new Reply.Ok<>(WireJson.read(body, type));
    } catch (MalformedException e) {
      return new Reply.Unreachable<>("HTTP " + status + ", " + e.getMessage());
    }
  }

  private static <T> Reply<T> refusal(int status, byte[] body) {
    try {
      if (status >= 400 && status <= 599) {
        String code = WireJson.read(body, WireRefusal.class).refusal();
        if (code.matches("[A-Z][A-Z0-9_]{1,40}")) {
          return new Reply.Refused<>(known(code), code);
        }
      }
      return new Reply.Unreachable<>("HTTP " + status);
    } catch (MalformedException e) {
      return new Reply.Unreachable<>("HTTP " + status + ", " + e.getMessage());
    }
  }

  private static Refusal known(String code) {
    for (Refusal refusal : Refusal.values()) {
      if (refusal.name().equals(code)) {
        return refusal;
      }
    }
    return Refusal.INTERNAL;
  }
}
