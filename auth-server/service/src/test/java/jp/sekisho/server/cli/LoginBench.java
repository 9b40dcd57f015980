package jp.sekisho.server.cli;

import io.micronaut.context.ApplicationContext;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.PasskeyAnswer;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.TransactionCreated;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.listener.Listeners;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.policy.OnlineKey;
import jp.sekisho.server.policy.PolicyImport;
import jp.sekisho.server.terminal.Registration;
import jp.sekisho.server.terminal.Tickets;
import jp.sekisho.server.web.SamplePolicy;
import jp.sekisho.server.webauthn.Assertion;
import jp.sekisho.server.webauthn.PasskeyScene;
import jp.sekisho.server.webauthn.SoftAuthenticator;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./dev bench login}: whole logins over HTTP and TLS with a durable log, by card (RSA-2048
 * and the terminal's statement) and by passkey (ES256 and the terminal's statement), on SQLite and
 * PostgreSQL: 32 callers, each one person at one terminal, a question, its fetch and its answer in
 * turn. The service is a process of its own, whose CPU time is divided by the logins it opened; the
 * callers share the machine with it. First as fast as they go, then at the rate aimed at. Before,
 * it is warmed up, and what a login cost in the first and the last of those windows is printed;
 * behind each row stands what the kinds of threads of the service took of its CPU.
 *
 * <p>{@code -Dsekisho.bench.java=…} adds arguments to the service's Java, such as a profiler's;
 * {@code -Dsekisho.bench.out=FILE} writes the figures by passkey for the comparison with Keycloak.
 *
 * <p>Longer than other classes, for it holds both sides of a login and stands alone.
 */
public final class LoginBench {
  private static final int CALLERS = 32;
  private static final Duration WARM = Duration.ofSeconds(10);
  private static final int WARM_MOST = 20;

  /**
   * Milliseconds a login that the compilers may take when a service that runs for months is meant.
   */
  private static final double COMPILERS = 0.05;

  /** A service runs for months: less than so many logins leave its compiler unsettled. */
  private static final int WARM_LOGINS = Integer.getInteger("sekisho.bench.warm", 30_000);

  private static final Duration MEASURED = Duration.ofSeconds(12);

  /** What the service is to be run with (docs/operating.md), and what is asked for here. */
  private static final List<String> JAVA =
      Stream.of(
              List.of(
                  "-XX:+UseSerialGC",
                  "-XX:+UseCompactObjectHeaders",
                  "-Xmx512m",
                  "--enable-native-access=ALL-UNNAMED"),
              List.of(System.getProperty("sekisho.bench.java", "").split(" ")))
          .flatMap(List::stream)
          .filter(argument -> !argument.isEmpty())
          .toList();

  private static final String BOOT = Base64Url.encode(new byte[16]);

  private LoginBench() {}

  /** How somebody proves who they are. */
  private enum By {
    CARD(500, 0.8),
    PASSKEY(800, 1.0);

    final int rate;
    final double cpu;

    By(int rate, double cpu) {
      this.rate = rate;
      this.cpu = cpu;
    }
  }

  /** One caller: a person with card and passkey at a terminal. */
  private record Caller(
      String person,
      String terminal,
      KeyPair card,
      X509Certificate certificate,
      SoftAuthenticator passkey,
      KeyPair device) {}

  /** What happened in a window. */
  private record Window(
      List<Long> times, double seconds, Duration cpu, Map<String, Double> threads) {
    /** The service's, in milliseconds a login. */
    double cpuEach() {
      return cpu.toNanos() / 1e6 / times.size();
    }

    /** What of it the compilers took. */
    double compilersEach() {
      return threads.getOrDefault("compilers", 0.0) / times.size();
    }
  }

  /** Runs on the databases named, both without arguments. */
  public static void main(String[] args) throws Exception {
    List<String> databases = args.length == 0 ? List.of("SQLite", "PostgreSQL") : List.of(args);
    System.out.println(
        "| logins, " + CALLERS + " callers | per second | CPU each | p50 | p99 | n |");
    System.out.println("|---|---|---|---|---|---|");
    for (String database : databases) {
      Path directory = Files.createTempDirectory("sekisho-bench");
      try {
        if (database.equals("SQLite")) {
          measure(directory, database, null);
        } else {
          try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            measure(directory, database, server.getJdbcUrl("postgres", "postgres"));
          }
        }
      } finally {
        delete(directory);
      }
    }
  }

  private static void measure(Path directory, String name, @Nullable String database)
      throws Exception {
    DataDirectory data = new DataDirectory(directory.resolve("data"));
    int people = Listeners.freePort();
    int agents = Listeners.freePort();
    ServiceConfig config =
        new ServiceConfig(
            "http://localhost:" + people,
            true,
            people,
            agents,
            List.of("localhost"),
            "内線 1",
            AddressMatch.FLAG,
            null,
            null,
            null,
            database);
    Clock clock = Clock.systemUTC();
    NewInstallation.create(data, config, Map.of("mayor", "市長部局"), "bench", false, clock);
    TestCa ca = new TestCa("Staff CA", clock.instant());
    ca.writeTrust(data.staffTrust(), List.of());
    List<String> tickets = new ArrayList<>();
    List<Caller> callers = furnish(data, clock, ca, tickets);
    X509Certificate serverCa =
        ServerKeys.load(data.keys(), config.agentsHosts(), clock).serverCa().certificate();
    Process service = serve(data, directory.resolve("service.log"));
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        certificates.add(enrol(serverCa, agents, callers.get(i), tickets.get(i)));
      }
      confirm(data, clock, callers);
      for (By by : By.values()) {
        warmUp(
            name,
            by,
            () -> run(service, callers, certificates, serverCa, people, agents, by, WARM, 0));
        Window fast =
            run(service, callers, certificates, serverCa, people, agents, by, MEASURED, 0);
        row(name + ", " + by + ", as fast as they go", fast, by, false);
        Window paced =
            run(service, callers, certificates, serverCa, people, agents, by, MEASURED, by.rate);
        row(name + ", " + by + ", at " + by.rate + " a second", paced, by, true);
      }
    } catch (Exception | AssertionError e) {
      System.err.println(Files.readString(directory.resolve("service.log")));
      throw e;
    } finally {
      service.destroy();
      service.waitFor();
    }
  }

  /** One window. */
  @FunctionalInterface
  private interface Warm {
    Window run() throws Exception;
  }

  /**
   * Until the compilers have settled: a login costs no less than in the window before, and they do
   * hardly anything more, or {@value #WARM_MOST} windows are over.
   */
  private static void warmUp(String name, By by, Warm warm) throws Exception {
    double first = 0;
    double before = Double.MAX_VALUE;
    int logins = 0;
    int windows = 0;
    boolean settled = false;
    while (windows < WARM_MOST && !settled) {
      Window window = warm.run();
      windows++;
      logins += window.times().size();
      first = windows == 1 ? window.cpuEach() : first;
      settled =
          logins >= WARM_LOGINS
              && window.cpuEach() > before * 0.97
              && window.compilersEach() < COMPILERS;
      before = window.cpuEach();
    }
    System.out.printf(
        "| %s, %s, warming up: %d logins, %.2f ms of CPU each in the first %d s and %.2f ms in the"
            + " last | | | | | |%n",
        name, by, logins, first, WARM.toSeconds(), before);
  }

  /** People, cards, passkeys, a policy and tickets, before the service runs. */
  private static List<Caller> furnish(
      DataDirectory data, Clock clock, TestCa ca, List<String> tickets) throws Exception {
    List<Caller> callers = new ArrayList<>();
    try (Installation installation = Installation.open(data, clock);
        ApplicationContext context = ServiceContext.of(installation).start()) {
      StringBuilder persons =
          new StringBuilder(
              "staff_number,name,organ,division,division_name,post,from,until,roles\n");
      for (int i = 0; i < CALLERS; i++) {
        persons.append("1").append(1000 + i).append(",職員 ").append(i);
        persons.append(",mayor,shimin,市民課,主事,2020-04-01,,CLERK\n");
      }
      PersonImport.Outcome taken =
          new PersonImport(installation.transactions(), installation.seal(), _ -> 1, clock)
              .run(persons.toString().getBytes(StandardCharsets.UTF_8), false);
      if (!(taken instanceof PersonImport.Outcome.Done)) {
        throw new AssertionError(taken);
      }
      KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
      rsa.initialize(2048);
      CardRegistry registry = context.getBean(CardRegistry.class);
      for (int i = 0; i < CALLERS; i++) {
        String person = "1" + (1000 + i);
        String terminal = "T-" + (1000 + i);
        KeyPair card = rsa.generateKeyPair();
        X509Certificate certificate = ca.issue(person, card.getPublic());
        if (!(registry.register(person, certificate.getEncoded())
            instanceof CardRegistry.Outcome.Registered)) {
          throw new AssertionError(person);
        }
        SoftAuthenticator passkey = new SoftAuthenticator(installation.config().origin());
        PasskeyScene.put(installation, Entry.Subject.person("mayor", person), person, passkey);
        if (!(context.getBean(Tickets.class).make(terminal, "mayor", Duration.ofHours(1))
            instanceof Tickets.Made.Ticket(var ticket, var _))) {
          throw new AssertionError(terminal);
        }
        tickets.add(ticket.token());
        callers.add(new Caller(person, terminal, card, certificate, passkey, p256()));
      }
      PasskeyScene.list(installation);
      importPolicy(installation, clock);
      installation.logs().integrateNow();
    }
    return callers;
  }

  private static KeyPair p256() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static void importPolicy(Installation installation, Clock clock) throws Exception {
    FileSigner officer = FileSigner.of(p256());
    byte[] root =
        new Root(
                1,
                List.of(new Root.Officer("S-3001", officer.key())),
                OnlineKey.open(installation.directory().keys()).key(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of())
            .bytes();
    PolicyImport.Outcome outcome =
        PolicyImport.of(installation)
            .importFiles(
                sign(TrustKind.ROOT, root, officer, clock.instant()),
                sign(
                    TrustKind.POLICY,
                    SamplePolicy.bytes(List.of(LoginFactors.CARD_PIN, LoginFactors.PASSKEY)),
                    officer,
                    clock.instant()));
    if (!(outcome instanceof PolicyImport.Outcome.Imported)) {
      throw new AssertionError(outcome);
    }
  }

  private static SignedFile sign(TrustKind kind, byte[] body, FileSigner officer, Instant now)
      throws Exception {
    Instant at = now.truncatedTo(ChronoUnit.SECONDS);
    return SignedFile.sign(
        TrustHeader.of(
            kind, null, 1, at, at.plus(kind.maxLife()), true, List.of(officer.key().id()), body),
        body,
        List.of(officer));
  }

  /** As the shipped program runs; its ports are open when this returns. */
  private static Process serve(DataDirectory data, Path log) throws IOException {
    Process started =
        new ProcessBuilder(
                Stream.of(
                        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                        JAVA,
                        List.of(
                            "-cp",
                            System.getProperty("java.class.path"),
                            "jp.sekisho.server.launch.Main",
                            "serve",
                            "--json",
                            "--data",
                            data.root().toString()))
                    .flatMap(List::stream)
                    .toList())
            .redirectError(log.toFile())
            .start();
    BufferedReader ports = started.inputReader();
    String line = "";
    while (!line.contains("\"agents\"")) { // a profiler says something before
      line = ports.readLine();
      if (line == null) {
        throw new AssertionError("the service did not start: " + Files.readString(log));
      }
    }
    return started;
  }

  private static X509Certificate enrol(
      X509Certificate serverCa, int port, Caller caller, String token) throws Exception {
    byte[] csr =
        new JcaPKCS10CertificationRequestBuilder(
                new X500Name("CN=" + caller.terminal()), caller.device().getPublic())
            .build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(caller.device().getPrivate()))
            .getEncoded();
    try (Line line = new Line(tls(serverCa, null, null, port, place(0)), "localhost:" + port)) {
      byte[] answer =
          line.post(
              "/agent/v1/enroll",
              WireJson.write(new EnrollRequest(token, Base64Url.encode(csr), "bench")),
              200);
      EnrollReply reply = WireJson.read(answer, EnrollReply.class);
      return (X509Certificate)
          java.security.cert.CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new java.io.ByteArrayInputStream(
                      Base64Url.decode(reply.certificates().getFirst())));
    }
  }

  private static void confirm(DataDirectory data, Clock clock, List<Caller> callers)
      throws Exception {
    try (Installation installation = Installation.open(data, clock);
        ApplicationContext context = ServiceContext.of(installation).start()) {
      Registration register = context.getBean(Registration.class);
      for (Caller caller : callers) {
        Registration.Outcome outcome =
            register.confirm(
                caller.terminal(),
                jp.sekisho.protocol.Fingerprint.of(caller.device().getPublic().getEncoded()));
        if (outcome != Registration.Outcome.DONE) {
          throw new AssertionError(outcome);
        }
      }
      installation.logs().integrateNow();
    }
  }

  private static Window run(
      Process service,
      List<Caller> callers,
      List<X509Certificate> certificates,
      X509Certificate serverCa,
      int people,
      int agents,
      By by,
      Duration window,
      int rate)
      throws Exception {
    ConcurrentLinkedQueue<Long> times = new ConcurrentLinkedQueue<>();
    AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    CountDownLatch ready = new CountDownLatch(CALLERS);
    CountDownLatch go = new CountDownLatch(1);
    AtomicReference<Long> end = new AtomicReference<>(0L);
    // One login each; without a rate there is always one left.
    Semaphore turns = new Semaphore(rate == 0 ? Integer.MAX_VALUE : 0);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Caller caller = callers.get(i);
      X509Certificate certificate = certificates.get(i);
      InetAddress place = place(i);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try (Line page = new Line(plain(people, place), "localhost:" + people);
                    Line agent =
                        new Line(
                            tls(serverCa, caller.device(), certificate, agents, place),
                            "localhost:" + agents)) {
                  ready.countDown();
                  go.await();
                  while (turns.tryAcquire(end.get() - System.nanoTime(), TimeUnit.NANOSECONDS)
                      && System.nanoTime() - end.get() < 0) {
                    long begun = System.nanoTime();
                    login(page, agent, caller, by, "http://localhost:" + people);
                    times.add(System.nanoTime() - begun);
                  }
                } catch (Exception | AssertionError e) {
                  failed.compareAndSet(null, e);
                  ready.countDown();
                }
              }));
    }
    ready.await();
    Map<String, Double> threadsBefore = threads(service);
    Duration before = cpu(service);
    long begun = System.nanoTime();
    end.set(begun + window.toNanos());
    go.countDown();
    try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
      if (rate != 0) {
        var _ =
            clock.scheduleAtFixedRate(
                turns::release, 0, 1_000_000_000L / rate, TimeUnit.NANOSECONDS);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    Throwable failure = failed.get();
    if (failure != null) {
      throw new AssertionError("a login failed", failure);
    }
    Duration cpu = cpu(service).minus(before);
    Map<String, Double> kinds = threads(service);
    threadsBefore.forEach((kind, ms) -> kinds.merge(kind, -ms, Double::sum));
    return new Window(times.stream().sorted().toList(), seconds, cpu, kinds);
  }

  private static void login(Line page, Line agent, Caller caller, By by, String origin)
      throws Exception {
    byte[] created =
        page.post(
            "/authn/v1/transactions",
            WireJson.write(new NewTransaction("login", null)),
            201,
            "Origin",
            origin);
    String cookie = page.cookie();
    String id = WireJson.read(created, TransactionCreated.class).transaction();
    TransactionDetails asked =
        WireJson.read(
            agent.post("/agent/v1/transactions/" + id + "/fetch", new byte[0], 200),
            TransactionDetails.class);
    boolean card = by == By.CARD;
    byte[] answer = card ? byCard(asked, caller) : byPasskey(asked, caller);
    byte[] _ =
        page.post(
            "/authn/v1/transactions/" + id + (card ? "/answer" : "/passkey"),
            answer,
            200,
            "Origin",
            origin,
            "Cookie",
            cookie);
  }

  private static byte[] byCard(TransactionDetails asked, Caller caller) throws Exception {
    byte[] der = caller.certificate().getEncoded();
    CardStatement said =
        new CardStatement(
            asked.origin(),
            asked.transaction(),
            asked.nonce(),
            Purpose.LOGIN,
            caller.terminal(),
            CardStatement.certificateHash(der),
            asked.detail());
    byte[] signature = TestCa.sign(caller.card().getPrivate(), said.bytes());
    TerminalStatement device =
        new TerminalStatement(
            asked.origin(),
            asked.transaction(),
            asked.nonce(),
            Purpose.LOGIN,
            caller.terminal(),
            BOOT,
            TerminalStatement.answerHash(said.bytes(), signature),
            CardKind.STAFF_PIV);
    CardAnswer answer =
        new CardAnswer(
            Base64Url.encode(said.bytes()),
            Base64Url.encode(signature),
            Base64Url.encode(der),
            Base64Url.encode(device.bytes()),
            Base64Url.encode(TestCa.sign(caller.device().getPrivate(), device.bytes())));
    return WireJson.write(new PostedAnswer(answer.opaque()));
  }

  private static byte[] byPasskey(TransactionDetails asked, Caller caller) {
    TerminalStatement device =
        new TerminalStatement(
            asked.origin(),
            asked.transaction(),
            asked.nonce(),
            Purpose.LOGIN,
            caller.terminal(),
            BOOT,
            null,
            null);
    byte[] signature = TestCa.sign(caller.device().getPrivate(), device.bytes());
    Assertion given =
        caller.passkey().answer(TerminalStatement.challenge(device.bytes(), signature));
    return WireJson.write(
        new PasskeyAnswer(
            Base64Url.encode(given.credentialId()),
            Base64Url.encode(given.authenticatorData()),
            Base64Url.encode(given.clientDataJson()),
            Base64Url.encode(given.signature()),
            Base64Url.encode(given.userHandle()),
            Base64Url.encode(device.bytes()),
            Base64Url.encode(signature)));
  }

  private static Duration cpu(Process process) {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** What each kind of thread has taken, milliseconds; one that ended is no longer in it. */
  private static Map<String, Double> threads(Process process) throws IOException {
    Map<String, Double> kinds = new TreeMap<>();
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc", "" + process.pid(), "task"))) {
      for (Path task : tasks) {
        try {
          String stat = Files.readString(task.resolve("stat"));
          int name = stat.lastIndexOf(')');
          // utime and stime, in hundredths of a second.
          String[] fields = stat.substring(name + 2).split(" ", -1);
          kinds.merge(
              kind(stat.substring(stat.indexOf('(') + 1, name)),
              10.0 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])),
              Double::sum);
        } catch (NoSuchFileException e) {
          // It has ended since the listing.
        }
      }
    }
    return kinds;
  }

  private static String kind(String thread) {
    String name = thread.replaceAll("[#0-9-]+$", "").strip();
    return switch (name) {
      case "C1 CompilerThre", "C2 CompilerThre" -> "compilers";
      case "GC Thread", "VM Thread", "VM Periodic Tas", "G1 Main Marker", "G1 Conc", "G1 Service" ->
          "collector and VM";
      case "ForkJoinPool" -> "requests";
      case "default-eventLo" -> "network";
      default -> name;
    };
  }

  private static void row(String what, Window window, By by, boolean rated) {
    List<Long> times = window.times();
    double cpu = window.cpuEach();
    double p99 = at(times, 99);
    if (by == By.PASSKEY) {
      compared(what, cpu);
    }
    boolean missed = cpu > by.cpu || (rated && p99 > 80);
    System.out.printf(
        "| %s | %.0f | %.2f ms | %.1f ms | %.1f ms | %d |%s%n",
        what,
        times.size() / window.seconds(),
        cpu,
        at(times, 50),
        p99,
        times.size(),
        missed ? " MISSED" : "");
    StringJoiner parts = new StringJoiner(" · ");
    window.threads().entrySet().stream()
        .map(kind -> Map.entry(kind.getKey(), kind.getValue() / times.size()))
        .filter(kind -> kind.getValue() >= 0.005)
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(kind -> parts.add(String.format("%s %.2f", kind.getKey(), kind.getValue())));
    System.out.println("|   of it, ms: " + parts + " | | | | | |");
  }

  /** For the comparison with Keycloak's WebAuthn. */
  private static void compared(String what, double cpu) {
    String file = System.getProperty("sekisho.bench.out", "");
    if (!file.isEmpty()) {
      try {
        Files.writeString(
            Path.of(file),
            "%s\t%.2f%n".formatted(what, cpu),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static double at(List<Long> sorted, int percent) {
    return sorted.get((sorted.size() - 1) * percent / 100) / 1e6;
  }

  /** Each terminal's own address: what one address may ask in a minute is limited. */
  private static InetAddress place(int caller) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + caller)});
  }

  private static Socket plain(int port, InetAddress from) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 30_000);
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static Socket tls(
      X509Certificate serverCa,
      @Nullable KeyPair key,
      @Nullable X509Certificate shown,
      int port,
      InetAddress from)
      throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server-ca", serverCa);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    if (key != null && shown != null) {
      keys.setKeyEntry("device", key.getPrivate(), new char[0], new X509Certificate[] {shown});
    }
    own.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
    Socket plain = plain(port, from);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
    socket.startHandshake();
    return socket;
  }

  /** A connection that is kept: one request at a time, as little work of the caller as can be. */
  private static final class Line implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final String host;
    private String cookie = "";

    Line(Socket socket, String host) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.host = host;
    }

    String cookie() {
      return cookie;
    }

    byte[] post(String path, byte[] body, int status, String... headers) throws IOException {
      StringBuilder head = new StringBuilder("POST ").append(path).append(" HTTP/1.1\r\nHost: ");
      head.append(host).append("\r\nContent-Type: application/json\r\nContent-Length: ");
      head.append(body.length).append("\r\n");
      for (int i = 0; i < headers.length; i += 2) {
        head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
      }
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
      request.writeBytes(body);
      socket.getOutputStream().write(request.toByteArray());
      int length = 0;
      String first = line();
      for (String next = line(); !next.isEmpty(); next = line()) {
        String name = next.toLowerCase(java.util.Locale.ROOT);
        if (name.startsWith("content-length:")) {
          length = Integer.parseInt(next.substring(15).strip());
        } else if (name.startsWith("set-cookie:")) {
          cookie = next.substring(11, next.indexOf(';')).strip();
        }
      }
      byte[] answer = in.readNBytes(length);
      if (!first.contains(" " + status + " ")) {
        throw new AssertionError(
            path + ": " + first + " " + new String(answer, StandardCharsets.UTF_8));
      }
      return answer;
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("the service closed the connection");
        }
        if (c != '\r') {
          line.write(c);
        }
      }
      return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
