package jp.sekisho.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RelyingAnswer;
import jp.sekisho.protocol.RelyingEventsMissing;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.RelyingQuestion;
import jp.sekisho.protocol.RelyingRecord;
import jp.sekisho.protocol.RelyingRecords;
import jp.sekisho.protocol.RelyingRecordsTaken;
import jp.sekisho.protocol.RelyingSessionsEnded;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;

/**
 * Stands for the service where only Keycloak is measured: TLS with both certificates and the wire
 * of {@code docs/adr/0015-relying-services.md}, and every answer is believed at once: it is the
 * staff number.
 */
final class StandInService implements AutoCloseable {
  private static final String ROUTES = "/agent/v1/services/";
  private static final String WORD = "changeit";

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong reported = new AtomicLong();

  /**
   * Makes its keys and those of Keycloak in {@code keys}, named as {@link Town#registerSso} does.
   */
  StandInService(Programs programs, Path keys) throws IOException, GeneralSecurityException {
    pair(programs, keys.resolve("server.key"), keys.resolve("server-ca.crt"), "localhost");
    pair(programs, keys.resolve("key.pem"), keys.resolve("keycloak.crt"), "keycloak");
    Path store = keys.resolve("server.p12");
    String pack =
        "openssl pkcs12 -export -passout pass:"
            + WORD
            + " -inkey "
            + keys.resolve("server.key")
            + " -in "
            + keys.resolve("server-ca.crt")
            + " -out "
            + store;
    programs.run(List.of(pack.split(" ", -1))).expectOk();
    SSLContext tls = tls(store, keys.resolve("keycloak.crt"));
    // Else the second half of an answer waits 40 ms for the other side to own up to the first.
    String _ = System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters both = tls.getDefaultSSLParameters();
            both.setNeedClientAuth(true);
            parameters.setSSLParameters(both);
          }
        });
    server.setExecutor(threads);
    server.createContext(
        ROUTES,
        exchange -> {
          try (exchange) {
            answer(exchange);
          } catch (MalformedException e) {
            throw new IOException(e);
          }
        });
    server.start();
  }

  private static void pair(Programs programs, Path key, Path certificate, String name) {
    String make =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj"
            + " /CN="
            + name
            + " -addext subjectAltName=DNS:"
            + name
            + " -keyout "
            + key
            + " -out "
            + certificate;
    programs.run(List.of(make.split(" ", -1))).expectOk();
  }

  private static SSLContext tls(Path own, Path client)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream store = Files.newInputStream(own);
        InputStream certificate = Files.newInputStream(client)) {
      keys.load(store, WORD.toCharArray());
      trusted.setCertificateEntry(
          "keycloak", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
    }
    KeyManagerFactory shown =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    shown.init(keys, WORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Events of Keycloak that came. */
  long reported() {
    return reported.get();
  }

  private void answer(HttpExchange exchange) throws IOException, MalformedException {
    String route = exchange.getRequestURI().getPath().substring(ROUTES.length());
    byte[] body = exchange.getRequestBody().readAllBytes();
    Object said =
        switch (route) {
          case "transactions" -> question();
          case "sessions/ended" -> new RelyingSessionsEnded(System.currentTimeMillis(), List.of());
          case "events" -> taken(WireJson.read(body, RelyingRecords.class));
          case "events/held" -> new RelyingEventsMissing(List.of());
          default -> proof(route, WireJson.read(body, RelyingAnswer.class));
        };
    byte[] answer = WireJson.write(said);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(route.equals("transactions") ? 201 : 200, answer.length);
    exchange.getResponseBody().write(answer);
  }

  private RelyingQuestion question() {
    byte[] random =
        Sha256.of(Long.toString(asked.incrementAndGet()).getBytes(StandardCharsets.US_ASCII));
    byte[] id = Arrays.copyOf(random, 16);
    return new RelyingQuestion(
        Base64Url.encode(id), Base64Url.encode(random), "2126-03-31T00:00:00Z", null);
  }

  private static RelyingProof proof(String route, RelyingAnswer given) {
    return new RelyingProof(
        given.realm(),
        given.session(),
        route.split("/", -1)[1],
        given.answer(),
        "mayor",
        "T-0042",
        RelyingProof.CARD,
        RelyingProof.CARD_AND_PIN,
        System.currentTimeMillis());
  }

  private RelyingRecordsTaken taken(RelyingRecords batch) throws MalformedException {
    reported.addAndGet(batch.records().size());
    return new RelyingRecordsTaken(
        batch.records().isEmpty() ? 0 : RelyingRecord.parse(batch.records().getLast()).seq());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
