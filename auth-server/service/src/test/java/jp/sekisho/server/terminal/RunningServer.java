package jp.sekisho.server.terminal;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.Listeners;
import jp.sekisho.server.listener.RefusalCounter;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.RowSeal;

/**
 * A really started server in a directory of its own, with real ports, TLS, SQLite and logs; only
 * its clock is ours.
 */
public final class RunningServer implements AutoCloseable {
  public final MovingClock clock;
  public final ListenerSettings settings;
  public final ServerKeys keys;
  public final Installation installation;
  public final ApplicationContext context;
  public final List<Refusal> strangers = Collections.synchronizedList(new ArrayList<>());
  public final Observed observed = new Observed();
  private final Path root;

  /** An observer that writes down what it is told, and fails when it is told to. */
  public static final class Observed implements TerminalObserver {
    final List<String> told = Collections.synchronizedList(new ArrayList<>());
    volatile boolean failing;

    @Override
    public void onRecord(
        Change change, Terminal terminal, DeviceRecord record, EntryReceipt entry) {
      if (failing) {
        throw new IllegalStateException("observer fails");
      }
      told.add(
          "record "
              + record.seq()
              + (record.boot().equals(terminal.boot()) ? "" : " of a new boot"));
    }

    @Override
    public void onSilent(Change change, String terminal) {
      told.add("silent " + terminal);
    }

    @Override
    public void onRevoked(Change change, Terminal terminal) {
      told.add("revoked " + terminal.id());
    }
  }

  private RunningServer(Instant now, boolean trial, boolean publishing)
      throws IOException, GeneralSecurityException {
    this(now, trial, publishing, config -> config);
  }

  private RunningServer(
      Instant now, boolean trial, boolean publishing, UnaryOperator<ServiceConfig> changed)
      throws IOException, GeneralSecurityException {
    clock = new MovingClock(now);
    root = Files.createTempDirectory("sekisho-server");
    DataDirectory directory = new DataDirectory(root.resolve("data"));
    PrivateFiles.createDirectory(directory.root());
    PrivateFiles.createDirectory(directory.keys());
    PrivateFiles.writeNew(directory.rowKey(), new byte[RowSeal.KEY_BYTES]);
    PrivateFiles.writeNew(directory.sourceKey(), new byte[32]);
    int people = Listeners.freePort();
    int agents = Listeners.freePort();
    ServiceConfig config =
        changed.apply(
            ServiceConfig.of(
                    (trial ? "http" : "https") + "://localhost:" + people,
                    trial,
                    List.of("localhost"),
                    "内線 1234")
                .withPorts(people, agents));
    keys = ServerKeys.createAll(directory.keys(), config.agentsHosts(), clock);
    settings =
        new ListenerSettings(
            List.of(URI.create(config.origin())),
            trial,
            people,
            trial ? null : directory.keys().resolve("server-tls.crt"),
            trial ? null : directory.keys().resolve("server-tls.key"),
            agents,
            config.agentsHosts(),
            config.helpLine());
    try (var database = Installation.database(directory, config)) {
      AuditLogs.create(
          database, directory.keys(), "localhost", List.of("mayor", "education", "system"));
    }
    installation = Installation.open(directory, config, clock);
    if (publishing) {
      publish();
    }
    RefusalCounter counter = (InetAddress _, Refusal refusal) -> strangers.add(refusal);
    context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .properties(Listeners.properties(settings))
            .properties(
                Map.of(
                    "sekisho.silence-sweep",
                    "1h",
                    "sekisho.trust-look",
                    "1s",
                    "sekisho.crl-first",
                    "1h",
                    "sekisho.open-log-requests",
                    "50",
                    "sekisho.publication-patience",
                    publishing ? "10s" : "100ms"))
            .singletons(installation, settings, keys, observed)
            .build();
    context.registerSingleton(RefusalCounter.class, counter);
    context.start();
    context.getBean(EmbeddedServer.class).start();
  }

  /** A server whose clock shows the time of now. */
  public static RunningServer start() throws IOException, GeneralSecurityException {
    return new RunningServer(Instant.now(), true, true);
  }

  /** A server whose clock shows another time. */
  public static RunningServer startAt(Instant now) throws IOException, GeneralSecurityException {
    return new RunningServer(now, true, true);
  }

  /** The same, with other settings. */
  public static RunningServer startAt(Instant now, UnaryOperator<ServiceConfig> changed)
      throws IOException, GeneralSecurityException {
    return new RunningServer(now, true, true, changed);
  }

  /** A server that is no trial: TLS for people too, with the certificate of the agents' port. */
  public static RunningServer startTls() throws IOException, GeneralSecurityException {
    return new RunningServer(Instant.now(), false, true);
  }

  /** A server that publishes nothing before {@link #publish}. */
  public static RunningServer startWithoutPublishing()
      throws IOException, GeneralSecurityException {
    return new RunningServer(Instant.now(), true, false);
  }

  /** Begins to number and publish entries in the background. */
  public void publish() {
    installation
        .logs()
        .start(broken -> {
          throw broken;
        });
  }

  /** A ticket's token for {@code terminal} of the mayor's 機関. */
  public String token(String terminal) {
    return token(terminal, "mayor");
  }

  private String token(String terminal, String organ) {
    return switch (context.getBean(Tickets.class).make(terminal, organ, Duration.ofHours(24))) {
      case Tickets.Made.Ticket(var ticket, _) -> ticket.token();
      case Tickets.Made.Refused(var why) -> throw new AssertionError(why);
    };
  }

  /** A freshly enrolled, pending terminal. */
  public Agent enrolled(String terminal) throws Exception {
    return enrolled(terminal, "mayor");
  }

  private Agent enrolled(String terminal, String organ) throws Exception {
    Agent agent = Agent.stranger(this, terminal);
    var answer =
        agent.post(
            "/agent/v1/enroll", new EnrollRequest(token(terminal, organ), agent.csr(), "0.1.0"));
    if (answer.statusCode() != 200) {
      throw new AssertionError(new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return agent.with(WireJson.read(answer.body(), EnrollReply.class));
  }

  /** An active terminal. */
  public Agent active(String terminal) throws Exception {
    return active(terminal, "mayor");
  }

  /** An active terminal of that 機関. */
  public Agent active(String terminal, String organ) throws Exception {
    Agent agent = enrolled(terminal, organ);
    Registration.Outcome outcome =
        context.getBean(Registration.class).confirm(terminal, agent.fingerprint());
    if (outcome != Registration.Outcome.DONE) {
      throw new AssertionError(outcome);
    }
    return agent;
  }

  /** A relying service with a certificate. */
  public Agent service(String name, String realm, String origin) throws Exception {
    Agent key = Agent.stranger(this, name);
    return switch (context.getBean(RelyingServices.class).certify(name, realm, origin, key.csr())) {
      case RelyingServices.Outcome.Certified(_, var certificate) -> key.showing(certificate);
      case RelyingServices.Outcome.Refused(var why) -> throw new AssertionError(why);
    };
  }

  /** The terminal's row. */
  public Terminal row(String terminal) {
    return installation
        .transactions()
        .read(handle -> context.getBean(Terminals.class).find(handle, terminal))
        .orElseThrow();
  }

  /** {@code type} or {@code type reason} of a log's entries, oldest first. */
  public List<String> entries(String log) {
    return newest(log).reversed().stream().map(RunningServer::named).toList();
  }

  /** The newest entries of a log, oldest first. */
  public List<Entry> published(String log) {
    return newest(log).reversed();
  }

  /** The newest entries of a log as they stand in it. */
  public List<String> texts(String log) {
    return newest(log).stream()
        .map(entry -> new String(entry.bytes(), StandardCharsets.UTF_8))
        .toList();
  }

  /** Waits until an entry's {@code type} or {@code type reason} is {@code wanted}. */
  public void awaitEntry(String log, String wanted) throws InterruptedException {
    awaitEntry(log, wanted, entry -> named(entry).equals(wanted));
  }

  /** Waits until an entry is as wanted. */
  public void awaitEntry(String log, String what, Predicate<Entry> wanted)
      throws InterruptedException {
    Instant end = Instant.now().plusSeconds(60);
    while (newest(log).stream().noneMatch(wanted)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(what + " is not in " + entries(log));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static String named(Entry entry) {
    return entry.reason() == null ? entry.type() : entry.type() + " " + entry.reason();
  }

  /** At most 200, newest first; one that is not intact fails the test. */
  private List<Entry> newest(String log) {
    installation.logs().integrateNow();
    List<Entry> entries = new ArrayList<>();
    for (LogRow row : installation.logs().page(log, null, Long.MAX_VALUE, 200)) {
      if (row instanceof LogRow.Intact(_, Entry entry)) {
        entries.add(entry);
      } else {
        throw new AssertionError(row);
      }
    }
    return entries;
  }

  @Override
  public void close() throws IOException {
    context.close();
    installation.close();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
