package jp.sekisho.server.terminal;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.server.listener.DeviceCa;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A real TLS client with a device key: shows the certificate it is given, trusts only the server
 * CA.
 */
public final class Agent {
  /** Boot id of records and heartbeats unless another one is given. */
  public static final String BOOT = Base64Url.encode(new byte[16]);

  public final String terminal;
  public final KeyPair pair;
  private final RunningServer server;
  private final HttpClient client;
  private final List<DeviceRecord> written = new ArrayList<>();

  private Agent(RunningServer server, String terminal, KeyPair pair, List<X509Certificate> shown) {
    this.server = server;
    this.terminal = terminal;
    this.pair = pair;
    this.client = client(server, pair.getPrivate(), shown, "TLSv1.3");
  }

  /** A key without a certificate. */
  static Agent stranger(RunningServer server, String terminal) throws GeneralSecurityException {
    return new Agent(server, terminal, newPair("secp256r1"), List.of());
  }

  /** The same key with another certificate. */
  Agent showing(X509Certificate certificate) {
    return new Agent(server, terminal, pair, List.of(certificate));
  }

  /** The same key with the certificate of a reply. */
  Agent with(EnrollReply reply) throws GeneralSecurityException, MalformedException {
    return showing(DeviceCa.parse(Base64Url.decode(reply.certificates().get(0))));
  }

  static KeyPair newPair(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  static HttpClient client(
      RunningServer server, PrivateKey key, List<X509Certificate> shown, String protocol) {
    return client(
        server.keys.serverCa().certificate(), server.clock.instant(), key, shown, protocol);
  }

  /**
   * A client that trusts {@code serverCa} only, and whose clock stands at {@code at}: the port's
   * certificate was made by the clock of the test, which the JVM's knows nothing of.
   */
  static HttpClient client(
      X509Certificate serverCa,
      Instant at,
      PrivateKey key,
      List<X509Certificate> shown,
      String protocol) {
    try {
      PKIXBuilderParameters path =
          new PKIXBuilderParameters(Set.of(new TrustAnchor(serverCa, null)), null);
      path.setRevocationEnabled(false);
      path.setDate(Date.from(at));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(new CertPathTrustManagerParameters(path));
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] shows = {new Shows(key, shown.toArray(X509Certificate[]::new))};
      context.init(shown.isEmpty() ? null : shows, trust.getTrustManagers(), new SecureRandom());
      SSLParameters parameters = new SSLParameters();
      parameters.setProtocols(new String[] {protocol});
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .sslContext(context)
          .sslParameters(parameters)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String csr() {
    return csr(pair, "SHA256withECDSA");
  }

  static String csr(KeyPair pair, String algorithm) {
    try {
      return Base64Url.encode(
          new JcaPKCS10CertificationRequestBuilder(
                  new X500Principal("CN=somebody else"), pair.getPublic())
              .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  public String fingerprint() {
    return Fingerprint.of(pair.getPublic().getEncoded());
  }

  public HttpResponse<byte[]> post(String path, Object body)
      throws IOException, InterruptedException {
    return send("POST", path, WireJson.write(body));
  }

  public HttpResponse<byte[]> send(String method, String path, byte[] body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + server.settings.agentsPort() + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  /** A GET with headers, names and values in turn. */
  public HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + server.settings.agentsPort() + path))
            .timeout(Duration.ofSeconds(30));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  public HttpResponse<byte[]> events(DeviceRecord... records)
      throws IOException, InterruptedException {
    List<String> texts = new ArrayList<>();
    for (DeviceRecord record : records) {
      texts.add(Base64Url.encode(record.bytes()));
    }
    return post("/agent/v1/events", new EventBatch(texts, 0));
  }

  HttpResponse<byte[]> heartbeat(@Nullable String fault) throws IOException, InterruptedException {
    return heartbeat(fault, written.size());
  }

  /** Sequence number of the last record made. */
  long lastSeq() {
    return written.size();
  }

  /** A heartbeat that claims to have written records up to {@code lastSeq}. */
  HttpResponse<byte[]> heartbeat(@Nullable String fault, long lastSeq)
      throws IOException, InterruptedException {
    return post(
        "/agent/v1/heartbeat",
        new Heartbeat(
            "0.1.0", BOOT, lastSeq, 0, fault == null, fault, server.clock.instant().toString(), 0));
  }

  /** The next record of the terminal's chain. */
  public DeviceRecord record(AgentEvent event) {
    return record(BOOT, event);
  }

  DeviceRecord record(String boot, AgentEvent event) {
    return record(boot, event, Instant.now());
  }

  /** As {@link #record(AgentEvent)}, when the terminal's clock says {@code at}. */
  public DeviceRecord record(AgentEvent event, Instant at) {
    return record(BOOT, event, at);
  }

  private DeviceRecord record(String boot, AgentEvent event, Instant at) {
    DeviceRecord record = DeviceRecord.of(terminal, boot, written.size() + 1L, newest(), at, event);
    written.add(record);
    return record;
  }

  /** The next record, of a type by its name: of another module, or of a later version. */
  public DeviceRecord record(String type, Map<String, Object> data, Instant at) {
    DeviceRecord record =
        new DeviceRecord(terminal, BOOT, written.size() + 1L, newest(), at, type, null, data);
    written.add(record);
    return record;
  }

  private String newest() {
    return written.isEmpty() ? DeviceRecord.GENESIS : written.getLast().hash();
  }

  /** The refusal in an answer; its status must be the one the refusal carries. */
  public static Refusal refusal(HttpResponse<byte[]> answer) throws MalformedException {
    if (answer.request().method().equals("HEAD")) {
      throw new IllegalArgumentException("an answer to HEAD has no body");
    }
    RefusalBody body = WireJson.read(answer.body(), RefusalBody.class);
    if (answer.statusCode() != body.refusal().httpStatus() || body.text().what().isBlank()) {
      throw new AssertionError(answer.statusCode() + " " + body);
    }
    return body.refusal();
  }

  /** Shows its certificate to everybody, whatever issuers the server names. */
  private static final class Shows extends X509ExtendedKeyManager {
    private final PrivateKey key;
    private final X509Certificate[] chain;

    Shows(PrivateKey key, X509Certificate[] chain) {
      this.key = key;
      this.chain = chain;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
      return "device";
    }

    @Override
    public String chooseClientAlias(String[] types, Principal @Nullable [] issuers, Socket socket) {
      return "device";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain;
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {"device"};
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }
  }
}
