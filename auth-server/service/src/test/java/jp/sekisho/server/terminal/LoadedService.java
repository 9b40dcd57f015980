package jp.sekisho.server.terminal;

import io.micronaut.context.ApplicationContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.listener.DeviceCa;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.Listeners;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.RowSeal;
import org.jspecify.annotations.Nullable;

/**
 * The delivered program as a process of its own, with people who are logged in and terminals that
 * are enrolled: what is done to it, is done to a real service.
 *
 * <p>Past 400 lines: start, load and the count of what was acknowledged belong to one process.
 */
final class LoadedService implements AutoCloseable {
  static final String MEDIUM = "M-0007";

  /** A service that has not opened its ports by then never will. */
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  private static final Path JAR = Path.of("target", "sekisho-server.jar").toAbsolutePath();

  /** The program's classes, parsed: kept for the next test, made anew when the jar is. */
  private static final Path ARCHIVE = Path.of("target", "loaded-service.jsa").toAbsolutePath();

  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100001,関 一,mayor,0101,市民課,主事,2026-04-01,,CLERK
      100002,関 二,mayor,0101,市民課,主事,2026-04-01,,CLERK
      200001,監査 花子,mayor,0901,監査委員事務局,主査,2026-04-01,,AUDITOR
      """;

  /** A device with its certificate. */
  record Device(String id, HttpClient client) {}

  final DataDirectory directory;
  final ServiceConfig config;
  private final ServerKeys keys;
  private final Path errors;
  private final Path archive;
  private final Path served;
  private @Nullable Process process;
  private @Nullable Inside inside;

  /** Makes an installation in {@code root}. */
  LoadedService(Path root, @Nullable String database) throws IOException, GeneralSecurityException {
    this(root, database, root.resolve("data"));
  }

  /** As {@link #LoadedService(Path, String)}; the process finds the installation elsewhere. */
  LoadedService(Path root, @Nullable String database, Path served)
      throws IOException, GeneralSecurityException {
    this.served = served;
    directory = new DataDirectory(root.resolve("data"));
    errors = root.resolve("serve.err");
    archive = ARCHIVE;
    for (Path path : List.of(directory.root(), directory.keys(), directory.staffTrust())) {
      PrivateFiles.createDirectory(path);
    }
    PrivateFiles.writeNew(directory.rowKey(), new byte[RowSeal.KEY_BYTES]);
    PrivateFiles.writeNew(directory.sourceKey(), new byte[32]);
    ServiceConfig plain =
        ServiceConfig.of(
                "http://localhost:" + Listeners.freePort(), true, List.of("localhost"), "内線 1234")
            .withPorts(0, 0);
    URI origin = URI.create(plain.origin());
    config =
        new ServiceConfig(
            plain.origin(),
            true,
            origin.getPort(),
            Listeners.freePort(),
            plain.agentsHosts(),
            plain.helpLine(),
            plain.addressMatch(),
            plain.staffCa(),
            plain.staffCrl(),
            plain.staffOcsp(),
            database);
    config.write(directory.config());
    keys = ServerKeys.createAll(directory.keys(), config.agentsHosts(), Clock.systemUTC());
    try (var opened = Installation.database(directory, config)) {
      AuditLogs.create(opened, directory.keys(), config.host(), List.of("mayor", "system"));
      int _ =
          opened
              .writer()
              .<Integer, RuntimeException>write(
                  h -> h.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
    }
  }

  /** Something to prepare, with the service's own parts and without its ports. */
  interface Preparation<T> {
    T run(Installation installation, ApplicationContext context) throws Exception;
  }

  /** Several preparations. */
  interface Preparations {
    void run() throws Exception;
  }

  /** The parts of the service while they are open. */
  private record Inside(Installation installation, ApplicationContext context) {}

  /** Makes several preparations with the parts of the service opened once. */
  void together(Preparations all) throws Exception {
    boolean _ =
        prepare((installation, context) -> {
          inside = new Inside(installation, context);
          try {
            all.run();
          } finally {
            inside = null;
          }
          return true;
        });
  }

  /** Prepares while no process runs. */
  <T> T prepare(Preparation<T> preparation) throws Exception {
    Inside open = inside;
    if (open != null) {
      return preparation.run(open.installation(), open.context());
    }
    ListenerSettings settings =
        new ListenerSettings(
            List.of(URI.create(config.origin())),
            true,
            config.peoplePort(),
            null,
            null,
            config.agentsPort(),
            config.agentsHosts(),
            config.helpLine());
    try (Installation installation = Installation.open(directory, config, Clock.systemUTC());
        ApplicationContext context =
            ApplicationContext.builder()
                .deduceEnvironment(false)
                .banner(false)
                .properties(Listeners.properties(settings))
                .properties(Map.of("sekisho.silence-sweep", "1h"))
                .singletons(installation, settings, keys)
                .build()) {
      context.start();
      return preparation.run(installation, context);
    }
  }

  /** Employs two clerks and an auditor and registers a medium. */
  void employ() throws Exception {
    boolean done =
        prepare((installation, context) -> {
          Media.Outcome _ =
              context
                  .getBean(Media.class)
                  .register(MEDIUM, "mayor", Base64Url.encode(new byte[32]));
          return new PersonImport(
                      installation.transactions(),
                      installation.seal(),
                      _ -> 1,
                      installation.clock())
                  .run(PERSONS.getBytes(StandardCharsets.UTF_8), false)
              instanceof PersonImport.Outcome.Done;
        });
    if (!done) {
      throw new AssertionError("nobody was employed");
    }
  }

  /** An active terminal. */
  Device enrol(String id) throws Exception {
    return prepare((_, context) -> {
      KeyPair pair = Agent.newPair("secp256r1");
      if (!(context.getBean(Tickets.class).make(id, "mayor", Duration.ofHours(1))
              instanceof Tickets.Made.Ticket(var ticket, _)
          && context
                  .getBean(Enrolment.class)
                  .enroll(
                      new EnrollRequest(
                          ticket.token(), Agent.csr(pair, "SHA256withECDSA"), "0.1.0"))
              instanceof Enrolment.Outcome.Certified(var reply)
          && context.getBean(Registration.class).confirm(id, reply.fingerprint())
              == Registration.Outcome.DONE)) {
        throw new AssertionError(id);
      }
      X509Certificate certificate = DeviceCa.parse(Base64Url.decode(reply.certificates().get(0)));
      return new Device(
          id,
          Agent.client(
              keys.serverCa().certificate(),
              Instant.now(),
              pair.getPrivate(),
              List.of(certificate),
              "TLSv1.3"));
    });
  }

  /** The cookie of a person's session at a terminal, as a login makes it. */
  String session(String person, String terminal) throws Exception {
    Token token = Token.random();
    String _ =
        prepare((installation, context) ->
            installation
                .transactions()
                .write(change -> {
                  var login =
                      change.record(
                          new Entry.Subject(
                              "mayor", person, null, terminal, Session.nameOf(token.hash())),
                          new LoginEvent.Succeeded(
                              "t", Purpose.LOGIN, "s", "g", "k", true, "staff-piv", "normal"));
                  context
                      .getBean(Sessions.class)
                      .open(
                          change,
                          login,
                          token,
                          new Sessions.Opening(
                              person,
                              "mayor",
                              null,
                              terminal,
                              Agent.BOOT,
                              "t-" + person,
                              "normal",
                              InetAddress.getLoopbackAddress()));
                  return person;
                }));
    return SessionCookies.SESSION + "=" + token.secret();
  }

  /**
   * Starts and ends the service in good order once, so that the JVM keeps its classes parsed; not
   * again where that was done since the program was built.
   */
  void warmUp() throws IOException, InterruptedException {
    if (!Files.exists(ARCHIVE)
        || Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(JAR)) < 0) {
      start();
      end();
    }
  }

  /** Starts the process and waits until its ports are open. */
  void start() throws IOException {
    start(List.of());
  }

  /** As {@link #start()}, run by another command that takes the rest of the line as its own. */
  void start(List<String> before) throws IOException {
    List<String> line = new ArrayList<>(before);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    line.addAll(
        List.of(
            "-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off"));
    line.addAll(List.of("-jar", JAR.toString()));
    line.addAll(List.of("serve", "--data", served.toString(), "--json"));
    Process started =
        new ProcessBuilder(line)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start();
    process = started;
    BufferedReader lines = started.inputReader();
    // A read cannot be interrupted; the end of the process ends it.
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            started::destroyForcibly,
            CompletableFuture.delayedExecutor(START_LIMIT.toSeconds(), TimeUnit.SECONDS));
    for (int i = 0; i < 2; i++) {
      if (lines.readLine() == null) {
        throw new AssertionError("the service did not start: " + Files.readString(errors));
      }
    }
    late.cancel(false);
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    Process running = process;
    if (running != null && !running.destroyForcibly().waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the process lives on");
    }
    process = null;
  }

  /** Ends the service in good order, and waits for the command around it. */
  void end() throws InterruptedException {
    Process running = process;
    if (running != null) {
      List<ProcessHandle> inside = running.descendants().toList();
      (inside.isEmpty() ? List.of(running.toHandle()) : inside).forEach(ProcessHandle::destroy);
      if (!running.waitFor(120, TimeUnit.SECONDS)) {
        throw new AssertionError("the service does not end");
      }
    }
    process = null;
  }

  /** The process started last. */
  long pid() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("nothing runs");
    }
    return running.pid();
  }

  /** Whether the process has not ended by itself. */
  boolean isAlive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** What the service wrote to its own log. */
  String errors() throws IOException {
    return Files.readString(errors);
  }

  /** Sends to the agents' port. */
  HttpResponse<byte[]> post(Device device, String path, byte[] body)
      throws IOException, InterruptedException {
    return device
        .client()
        .send(
            HttpRequest.newBuilder(URI.create("https://localhost:" + config.agentsPort() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Where people reach it. */
  String origin() {
    return config.origin();
  }

  /** Sends to the people's port. */
  HttpResponse<byte[]> send(
      HttpClient http, String method, String path, byte[] body, @Nullable String cookie)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(config.origin() + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    if (method.equals("POST")) {
      request.header("Origin", config.origin());
    }
    if (cookie != null) {
      request.header("Cookie", cookie);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** The time of requests, in whole seconds. */
  static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      Process _ = running.destroyForcibly().onExit().join();
    }
    process = null;
  }
}
