package jp.sekisho.agent.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import jp.sekisho.agent.loopback.LoopbackServer;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.RenewRequest;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.DeviceRecord;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/**
 * The agents' port of a service, as docs/protocol.md has it: TLS 1.3, client certificates of its
 * own CA, the five routes, the chain of records checked. Keeps what it was told.
 */
public final class FakeService implements AutoCloseable {
  public static final String TERMINAL = "T-0042";
  public static final String ORIGIN = "https://auth.city.example";

  /** Whom this service tells people to call. */
  public static final String HELP_LINE = "内線 1234";

  public static final String CHECKPOINT = "log.example/mayor/1\n1\nAAAA\n\n— log.example AAAA\n";

  static {
    try {
      // Its limits are read once per JVM, before the first use of the JDK's server.
      java.lang.invoke.MethodHandles.lookup().ensureInitialized(LoopbackServer.class);
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What was last said at each route. */
  public final Map<String, byte[]> bodies = new ConcurrentHashMap<>();

  /** Answers a route instead of the usual way. */
  public interface Instead {
    void answer(HttpExchange exchange) throws IOException;
  }

  public final TestPki serverCa = new TestPki("server CA");
  public final TestPki deviceCa = new TestPki("device CA");
  public final String token = Base64Url.encode(new byte[16]);
  public final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
  public final List<DeviceRecord> records = new CopyOnWriteArrayList<>();
  public final List<EnrollRequest> enrolments = new CopyOnWriteArrayList<>();

  /** Route → what is done instead. */
  public final Map<String, Instead> overrides = new ConcurrentHashMap<>();

  public final Map<String, TransactionDetails> transactions = new ConcurrentHashMap<>();

  public volatile String state = "active";
  public volatile Duration certificateLife = Duration.ofDays(90);
  public volatile Duration ahead = Duration.ZERO;

  /** Null = as many as it holds. */
  public volatile @Nullable Long acknowledgedInHeartbeat;

  /** Who is logged in online. */
  public volatile OnlineLogins logins = new OnlineLogins(List.of());

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private FakeService(HttpsServer server) {
    this.server = server;
  }

  /** For https://localhost, on a free port. */
  public static FakeService start() throws IOException {
    return start("localhost", "TLSv1.3");
  }

  /**
   * On a free port.
   *
   * @param name in the server's certificate
   * @param protocol the only one spoken
   */
  public static FakeService start(String name, String protocol) throws IOException {
    FakeService service =
        new FakeService(
            HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    service.open(name, protocol);
    return service;
  }

  private void open(String name, String protocol) {
    SSLContext tls = tls(name);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
            ssl.setProtocols(new String[] {protocol});
            ssl.setWantClientAuth(true);
            parameters.setSSLParameters(ssl);
          }
        });
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  public URI uri() {
    return URI.create("https://localhost:" + server.getAddress().getPort());
  }

  public EnrollmentTicket ticket() {
    return new EnrollmentTicket(uri(), token, null, hash(serverCa.certificate()));
  }

  public static String hash(X509Certificate certificate) {
    try {
      return Sha256.text(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A transaction of the login page. */
  public String transaction(String purpose) {
    byte[] id = new byte[16];
    byte[] nonce = new byte[32];
    java.util.concurrent.ThreadLocalRandom.current().nextBytes(id);
    java.util.concurrent.ThreadLocalRandom.current().nextBytes(nonce);
    String transaction = Base64Url.encode(id);
    transactions.put(
        transaction,
        new TransactionDetails(
            transaction,
            Base64Url.encode(nonce),
            purpose,
            ORIGIN,
            Instant.now().plus(ahead).plusSeconds(90).toString(),
            null,
            null));
    return transaction;
  }

  public static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  public static Instead refusing(Refusal refusal) {
    return exchange -> refuse(exchange, refusal);
  }

  private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
    answer(
        exchange,
        refusal.httpStatus(),
        WireJson.write(RefusalBody.of(refusal, Locale.ENGLISH, Map.of())));
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String route = path.startsWith("/agent/v1/transactions/") ? "fetch" : path.substring(10);
    bodies.put(route, body);
    try {
      Instead override = overrides.get(route);
      if (override != null) {
        override.answer(exchange);
        return;
      }
      if (!route.equals("enroll") && !isOurDevice(exchange)) {
        refuse(exchange, Refusal.DEVICE_CERT_MISSING);
        return;
      }
      switch (route) {
        case "enroll" -> enroll(exchange, body);
        case "renew" ->
            answer(
                exchange,
                200,
                WireJson.write(certify(WireJson.read(body, RenewRequest.class).csr())));
        case "fetch" -> fetch(exchange, path.split("/", -1)[4]);
        case "events" -> events(exchange, body);
        case "heartbeat" -> heartbeat(exchange, body);
        case "logins" -> answer(exchange, 200, WireJson.write(logins));
        default -> refuse(exchange, Refusal.NOT_FOUND);
      }
    } catch (MalformedException e) {
      refuse(exchange, Refusal.INPUT_MALFORMED);
    }
  }

  private void enroll(HttpExchange exchange, byte[] body) throws IOException, MalformedException {
    EnrollRequest request = WireJson.read(body, EnrollRequest.class);
    enrolments.add(request);
    if (!request.token().equals(token)) {
      refuse(exchange, Refusal.TICKET_INVALID);
      return;
    }
    answer(exchange, 200, WireJson.write(certify(request.csr())));
  }

  public EnrollReply certify(String csr) throws MalformedException {
    try {
      PublicKey key = new JcaPKCS10CertificationRequest(Base64Url.decode(csr)).getPublicKey();
      Instant now = Instant.now();
      X509Certificate device =
          deviceCa.issue(
              key,
              TERMINAL,
              now.minusSeconds(600),
              now.plus(certificateLife),
              new GeneralName(GeneralName.uniformResourceIdentifier, Names.terminalUri(TERMINAL)));
      return new EnrollReply(
          TERMINAL,
          "mayor",
          state,
          List.of(
              Base64Url.encode(device.getEncoded()),
              Base64Url.encode(deviceCa.certificate().getEncoded())),
          Fingerprint.of(key.getEncoded()),
          List.of(ORIGIN),
          now.toString(),
          HELP_LINE);
    } catch (GeneralSecurityException | IOException e) {
      throw new MalformedException("csr");
    }
  }

  private void fetch(HttpExchange exchange, String id) throws IOException {
    TransactionDetails details = transactions.get(id);
    if (details == null) {
      refuse(exchange, Refusal.TRANSACTION_UNKNOWN);
    } else {
      answer(exchange, 200, WireJson.write(details));
    }
  }

  private void events(HttpExchange exchange, byte[] body) throws IOException, MalformedException {
    EventBatch batch = WireJson.read(body, EventBatch.class);
    List<DeviceRecord> incoming = new ArrayList<>();
    for (String text : batch.records()) {
      incoming.add(DeviceRecord.parse(Base64Url.decode(text)));
    }
    synchronized (records) {
      for (DeviceRecord record : incoming) {
        int held = records.size();
        if (record.seq() <= held) {
          if (!records.get((int) record.seq() - 1).hash().equals(record.hash())) {
            refuse(exchange, Refusal.EVENT_FORK);
            return;
          }
          continue;
        }
        String prev = held == 0 ? DeviceRecord.GENESIS : records.get(held - 1).hash();
        if (record.seq() != held + 1 || !record.prev().equals(prev)) {
          refuse(exchange, Refusal.EVENT_GAP);
          return;
        }
        records.add(record);
      }
      DeviceRecord last = records.get(records.size() - 1);
      answer(
          exchange,
          200,
          WireJson.write(
              new EventAck(last.seq(), last.hash(), "log", last.seq(), CHECKPOINT, List.of())));
    }
  }

  private void heartbeat(HttpExchange exchange, byte[] body)
      throws IOException, MalformedException {
    heartbeats.add(WireJson.read(body, Heartbeat.class));
    Long acknowledged = acknowledgedInHeartbeat;
    answer(
        exchange,
        200,
        WireJson.write(
            new HeartbeatReply(
                state,
                Instant.now().plus(ahead).toString(),
                30,
                acknowledged == null ? records.size() : acknowledged,
                List.of(ORIGIN),
                CHECKPOINT,
                List.of(),
                HELP_LINE)));
  }

  private boolean isOurDevice(HttpExchange exchange) {
    try {
      Certificate[] peer = ((HttpsExchange) exchange).getSSLSession().getPeerCertificates();
      peer[0].verify(deviceCa.certificate().getPublicKey());
      return true;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private SSLContext tls(String name) {
    try {
      KeyPair keys = TestPki.newKeys();
      Instant now = Instant.now();
      X509Certificate leaf =
          serverCa.issue(
              keys.getPublic(),
              name,
              now.minusSeconds(60),
              now.plusSeconds(86400),
              new GeneralName(GeneralName.dNSName, name));
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server",
          keys.getPrivate(),
          new char[0],
          new Certificate[] {leaf, serverCa.certificate()});
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), new TrustManager[] {new AnyClient()}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Judged per route instead, so that an expired certificate can renew. */
  private static final class AnyClient implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** Bytes of a text, for overrides. */
  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
