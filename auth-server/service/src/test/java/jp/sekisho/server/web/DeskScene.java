package jp.sekisho.server.web;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.Listeners;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.session.SampleSession;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.RowSeal;
import org.jspecify.annotations.Nullable;

/** A really started service with two 機関 and their offices filled, asked over HTTP. */
final class DeskScene implements AutoCloseable {
  static final String CLERK = "100042";
  static final String ADMIN = "100001";
  static final String APPROVER = "100031";
  static final String COUNCIL_ADMIN = "400001";
  static final String COUNCILLOR = "400042";

  /** What one session may ask in a minute. */
  static final int SESSION_REQUESTS = 300;

  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100001,管理 一郎,mayor,joho,情報政策課,係長,2026-04-01,2036-03-31,CLERK;ADMIN
      100031,承認 三郎,mayor,shimin,市民課,課長,2026-04-01,2036-03-31,CLERK;APPROVER
      100007,監査 花子,mayor,kansa,監査課,書記,2026-04-01,2036-03-31,AUDITOR
      100009,署名 次郎,mayor,joho,情報政策課,課長,2026-04-01,2036-03-31,POLICY_OFFICER
      100042,関 所太郎,mayor,shimin,市民課,主事,2026-04-01,2036-03-31,CLERK
      400001,議会 管理,assembly,gikai,議会事務局,書記,2026-04-01,2036-03-31,CLERK;ADMIN
      400042,議会 太郎,assembly,gikai,議会事務局,書記,2026-04-01,2036-03-31,CLERK
      """;

  final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
  final TestCa ca = new TestCa("Staff CA", clock.instant());
  final Installation installation;
  final ApplicationContext context;
  private final HttpClient http = HttpClient.newHttpClient();

  /** What an installation went through before the service of the scene starts. */
  interface Past {
    void of(DataDirectory directory, ServiceConfig config, Clock clock) throws IOException;
  }

  DeskScene(Path root) throws IOException, GeneralSecurityException {
    this(root, (_, _, _) -> {});
  }

  DeskScene(Path root, Past past) throws IOException, GeneralSecurityException {
    DataDirectory directory = new DataDirectory(root.resolve("data"));
    PrivateFiles.createDirectory(directory.root());
    PrivateFiles.createDirectory(directory.keys());
    PrivateFiles.writeNew(directory.rowKey(), new byte[RowSeal.KEY_BYTES]);
    PrivateFiles.writeNew(directory.sourceKey(), new byte[32]);
    ca.writeTrust(directory.staffTrust(), List.of());
    int port = Listeners.freePort();
    int agents = Listeners.freePort();
    ServiceConfig config =
        ServiceConfig.of("http://localhost:" + port, true, List.of("localhost"), "内線 1234")
            .withPorts(port, agents);
    ServerKeys keys = ServerKeys.createAll(directory.keys(), config.agentsHosts(), clock);
    try (var database = Installation.database(directory, config)) {
      AuditLogs.create(
          database, directory.keys(), "localhost", List.of("mayor", "assembly", "system"));
      database
          .writer()
          .write(h ->
              h.execute(
                  "insert into organ (id, name) values ('mayor', '市長部局'), ('assembly', '議会')"));
    }
    past.of(directory, config, clock);
    installation = Installation.open(directory, config, clock);
    order(PERSONS);
    ListenerSettings settings =
        new ListenerSettings(
            List.of(URI.create(config.origin())),
            true,
            port,
            null,
            null,
            agents,
            config.agentsHosts(),
            config.helpLine());
    context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .properties(Listeners.properties(settings))
            .properties(Map.of("sekisho.session-requests", SESSION_REQUESTS))
            .singletons(installation, settings, keys)
            .build();
    context.start();
    context.getBean(EmbeddedServer.class).start();
  }

  /** Takes a personnel file as the console does. */
  void order(String file) {
    PersonImport.Outcome outcome =
        new PersonImport(installation.transactions(), installation.seal(), _ -> 1, clock)
            .run(file.getBytes(StandardCharsets.UTF_8), false);
    if (!(outcome instanceof PersonImport.Outcome.Done)) {
      throw new AssertionError(outcome);
    }
  }

  /** A session as a login makes it; its secret. */
  Token session(String person) {
    return session(person, null);
  }

  /** As {@link #session(String)}, in a post. */
  Token session(String person, @Nullable String post) {
    return session(person, post, "T-" + person);
  }

  /** As {@link #session(String, String)}, at another terminal. */
  Token session(String person, @Nullable String post, String terminal) {
    String organ = person.startsWith("4") ? "assembly" : "mayor";
    return SampleSession.open(
        context, person, organ, post, terminal, InetAddress.getLoopbackAddress());
  }

  /** What a step-up by card leaves. */
  void prove(Token session, String action) {
    context.getBean(StepUps.class).add(Session.nameOf(session.hash()), action, true, false);
  }

  HttpResponse<String> get(String path, @Nullable Token session) {
    return get(path, session, Map.of());
  }

  HttpResponse<String> get(String path, @Nullable Token session, Map<String, String> headers) {
    HttpRequest.Builder request = request(path, session).GET();
    headers.forEach(request::header);
    return send(request);
  }

  HttpResponse<String> post(String path, Token session, byte[] body) {
    return send(
        request(path, session)
            .header("Origin", installation.config().origin())
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  HttpResponse<String> post(String path, Token session, Object wire) {
    return post(path, session, wire, Map.of());
  }

  HttpResponse<String> post(String path, Token session, Object wire, Map<String, String> headers) {
    HttpRequest.Builder request =
        request(path, session)
            .header("Origin", installation.config().origin())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(WireJson.write(wire)));
    headers.forEach(request::header);
    return send(request);
  }

  private HttpRequest.Builder request(String path, @Nullable Token session) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(installation.config().origin() + path))
            .timeout(Duration.ofSeconds(60));
    return session == null
        ? request
        : request.header("Cookie", SessionCookies.SESSION + "=" + session.secret());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static Refusal refusal(HttpResponse<String> response) throws Exception {
    RefusalBody body =
        WireJson.read(response.body().getBytes(StandardCharsets.UTF_8), RefusalBody.class);
    if (body.refusal().httpStatus() != response.statusCode()) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return body.refusal();
  }

  /** All entries of a log, newest first. */
  List<Entry> entries(String log) {
    installation.logs().integrateNow();
    return installation.logs().page(log, null, Long.MAX_VALUE, AuditLogs.MAX_PAGE).stream()
        .map(row -> ((LogRow.Intact) row).entry())
        .toList();
  }

  @Override
  public void close() {
    context.close();
    installation.close();
  }
}
