package jp.sekisho.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * {@code ./dev bench keycloak [H2]}: what a login by our provider costs Keycloak in CPU, beside
 * Keycloak's own WebAuthn and beside a login that proves nothing, in one run of one server. The
 * difference to the latter is what the provider adds: two calls of the service, the user found by
 * attribute or by name, the event in the spool, on its way, and compared.
 *
 * <p>Keycloak runs as its distribution does, on PostgreSQL as a municipality would run it; with
 * {@code H2} its database is inside its process and so is that one's work. The service is a {@link
 * StandInService}. Each login is a new browser: page, answer, code, token, the same requests in all
 * flows. Flows take turns, a batch each, in another order each round, while they warm up and while
 * they are measured.
 *
 * <p>The CPU time of Keycloak's process over a batch is divided by its logins. What the provider's
 * own threads take comes later than the login that brought it about, in anybody's batch: it is
 * taken out of all batches and divided by the provider's logins as a whole.
 *
 * <p>With a file in the place of {@code H2} it is the peer of {@code ./dev bench login}: Keycloak's
 * own WebAuthn only, and how many times a login by passkey at our service, as that file says, it
 * costs.
 */
final class KeycloakBench {
  private static final int USERS = 20;
  private static final int WARM = 50;
  private static final int BATCH = 50;
  private static final int BATCHES = 24;
  private static final String PLAIN = "plain";

  /** Keycloak's own steps in the places of ours. */
  private static final Map<String, String> OWN_STEPS =
      Map.of(
          "sekisho-card", "auth-username-form",
          "sekisho-passkey", "webauthn-authenticator-passwordless");

  /** How a login is proved. */
  private enum Flow {
    /** By nothing: what any login costs. */
    NAME("a name and no proof: Keycloak's session work", PLAIN, "groupware"),
    CARD("`sekisho-card`, staff number in an attribute", Keycloak.REALM, "groupware"),
    CARD_BY_NAME("`sekisho-card`, staff number = user name", Keycloak.REALM, "named"),
    WEBAUTHN("Keycloak's own WebAuthn (passwordless)", PLAIN, "mobile");

    private final String text;
    private final String realm;
    private final String client;

    Flow(String text, String realm, String client) {
      this.text = text;
      this.realm = realm;
      this.client = client;
    }

    private boolean isOurs() {
      return realm.equals(Keycloak.REALM);
    }
  }

  /** What one flow took: milliseconds each, of every batch or of every login. */
  private static final class Taken {
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> without = new ArrayList<>();
    private final List<Double> compiling = new ArrayList<>();
    private final List<Double> database = new ArrayList<>();
    private final List<Double> times = new ArrayList<>();
  }

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private final Map<String, String> numbers = new TreeMap<>();
  private final Map<String, SoftPasskey> passkeys = new TreeMap<>();
  private final String redirect = "http://127.0.0.1:9/";
  private final Keycloak keycloak;
  private final ThreadClock threads;
  private final List<ProcessHandle> database;
  private int logins;

  private KeycloakBench(
      Programs programs, Path directory, StandInService service, String url, long postgres)
      throws IOException, GeneralSecurityException {
    for (int i = 0; i < USERS; i++) {
      String number = Integer.toString(100_000 + i);
      numbers.put(number, number);
      passkeys.put(number, new SoftPasskey(idOf(number)));
    }
    Keycloak.Settings settings =
        new Keycloak.Settings(
            Town.freePort(),
            Town.freePort(),
            redirect,
            numbers,
            directory,
            redirect,
            System.getProperty("java.home"));
    keycloak =
        Keycloak.start(
            programs,
            settings,
            service.port(),
            List.of(
                Keycloak.withNames(Keycloak.realm(settings), Flow.CARD_BY_NAME.client),
                plain(settings)),
            url);
    keycloak.await();
    threads = new ThreadClock(keycloak.processes());
    // Its server and those that serve a connection each; Keycloak's has been opened by now.
    database =
        ProcessHandle.of(postgres)
            .map(server -> Stream.concat(server.children(), Stream.of(server)).toList())
            .orElse(List.of());
  }

  public static void main(String[] arguments) throws Exception {
    // Else the stand-in's answers, written in two pieces, wait 40 ms each for an acknowledgement:
    // Keycloak's cores fall asleep and what comes after costs more of their time.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Path directory = Path.of(arguments[0]);
    boolean h2 = arguments.length > 1 && arguments[1].equals("H2");
    Optional<Path> ours =
        arguments.length > 1 && !h2 ? Optional.of(Path.of(arguments[1])) : Optional.empty();
    try (Programs programs = new Programs(directory, Map.of());
        StandInService service = new StandInService(programs, directory)) {
      if (h2) {
        run(programs, directory, service, "", 0, ours);
      } else {
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
          run(
              programs,
              directory,
              service,
              server.getJdbcUrl("postgres", "postgres"),
              parentOfABackend(server),
              ours);
        }
      }
    }
    System.exit(0);
  }

  private static void run(
      Programs programs,
      Path directory,
      StandInService service,
      String url,
      long postgres,
      Optional<Path> ours)
      throws IOException, GeneralSecurityException {
    KeycloakBench bench = new KeycloakBench(programs, directory, service, url, postgres);
    try {
      if (ours.isPresent()) {
        bench.compare(ours.get());
      } else {
        bench.measure(service);
      }
    } finally {
      bench.keycloak.close();
    }
  }

  private static long parentOfABackend(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet backend = statement.executeQuery("select pg_backend_pid()")) {
      if (!backend.next()) {
        throw new SQLException("no process");
      }
      return ProcessHandle.of(backend.getLong(1))
          .flatMap(ProcessHandle::parent)
          .map(ProcessHandle::pid)
          .orElseThrow();
    }
  }

  private static String idOf(String name) {
    return "5ec15a00-0000-4000-8000-" + "0".repeat(12 - name.length()) + name;
  }

  /** The shipped realm again, with Keycloak's own steps in the places of ours. */
  private ObjectNode plain(Keycloak.Settings settings) throws IOException {
    ObjectNode realm = Keycloak.copy(Keycloak.realm(settings), PLAIN);
    for (JsonNode flow : realm.get("authenticationFlows")) {
      for (JsonNode step : flow.get("authenticationExecutions")) {
        String own = OWN_STEPS.get(step.path("authenticator").asText());
        if (own != null) {
          ((ObjectNode) step).put("authenticator", own);
        }
      }
    }
    realm
        .get("users")
        .forEach(user -> {
          String name = user.get("username").asText();
          ((ObjectNode) user).put("id", idOf(name));
          SoftPasskey passkey = passkeys.get(name);
          if (passkey != null) {
            ((ObjectNode) user)
                .putArray("credentials")
                .addObject()
                .put("type", "webauthn-passwordless")
                .put("userLabel", "bench")
                .put("secretData", "{}")
                .put("credentialData", passkey.credentialData());
          }
        });
    return realm;
  }

  private void measure(StandInService service) throws GeneralSecurityException {
    List<Flow> order = new ArrayList<>(List.of(Flow.values()));
    for (int round = 0; round < WARM; round++) {
      for (Flow flow : order) {
        for (int i = 0; i < BATCH; i++) {
          login(flow);
        }
      }
    }
    Duration idleFrom = cpu(keycloak.processes());
    threads.read();
    long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    Programs.await("ten idle seconds", Duration.ofSeconds(60), () -> System.nanoTime() > until);
    double idle = millis(cpu(keycloak.processes()).minus(idleFrom)) / 10;
    double idleOwn = threads.read().of(KeycloakBench::isOurs) / 10;
    long told = service.reported();
    double own = 0;
    ThreadClock.Spent all = threads.read();
    Map<Flow, Taken> taken = new EnumMap<>(Flow.class);
    for (Flow flow : Flow.values()) {
      taken.put(flow, new Taken());
    }
    for (int batch = 0; batch < BATCHES; batch++) {
      Collections.rotate(order, 1);
      for (Flow flow : order) {
        Taken of = taken.computeIfAbsent(flow, f -> new Taken());
        own += threads.read().of(KeycloakBench::isOurs);
        Duration before = cpu(keycloak.processes());
        Duration databaseBefore = cpu(database);
        for (int i = 0; i < BATCH; i++) {
          long from = System.nanoTime();
          login(flow);
          of.times.add((System.nanoTime() - from) / 1e6);
        }
        double cpu = millis(cpu(keycloak.processes()).minus(before));
        ThreadClock.Spent spent = threads.read();
        all = all.plus(spent);
        own += spent.of(KeycloakBench::isOurs);
        of.cpu.add(cpu / BATCH);
        of.without.add((cpu - spent.of(KeycloakBench::isOurs)) / BATCH);
        of.compiling.add(spent.of(name -> name.contains("Compiler")) / BATCH);
        of.database.add(millis(cpu(database).minus(databaseBefore)) / BATCH);
      }
    }
    print(taken);
    double ownEach =
        own / (BATCH * BATCHES * Stream.of(Flow.values()).filter(Flow::isOurs).count());
    System.out.printf(
        Locale.ROOT,
        "added by the provider: %.1f ms with the attribute, %.1f ms with the user name (aim: 2); of"
            + " it %.1f ms by its own threads. Keycloak's WebAuthn: %.1f ms. Idle: %.1f ms a"
            + " second, of it the provider's threads %.1f. Events told: %d%n",
        added(taken, Flow.CARD) + ownEach,
        added(taken, Flow.CARD_BY_NAME) + ownEach,
        ownEach,
        added(taken, Flow.WEBAUTHN),
        idle,
        idleOwn,
        service.reported() - told);
    System.out.println("CPU of the whole measurement by threads, ms: " + all);
  }

  private static Taken of(Map<Flow, Taken> taken, Flow flow) {
    return taken.computeIfAbsent(flow, f -> new Taken());
  }

  /**
   * What a flow takes more than the base, each round by itself: from round to round the machine
   * changes by more than that.
   */
  private static double added(Map<Flow, Taken> taken, Flow flow) {
    List<Double> differences = new ArrayList<>();
    for (int batch = 0; batch < BATCHES; batch++) {
      differences.add(of(taken, flow).without.get(batch) - of(taken, Flow.NAME).without.get(batch));
    }
    return at(differences, 0.5);
  }

  private static boolean isOurs(String thread) {
    return thread.startsWith("sekisho");
  }

  private void print(Map<Flow, Taken> taken) {
    System.out.println(
        "| login at Keycloak, one caller | CPU of Keycloak each, median of "
            + BATCHES
            + " batches (least to most) | of it compiling | CPU of PostgreSQL | p50 | p95 | n |");
    System.out.println("|---|---|---|---|---|---|---|");
    taken.forEach((flow, of) ->
        System.out.println(
            String.format(
                Locale.ROOT,
                "| %s | %.1f ms (%.1f to %.1f) | %.1f ms | %s | %.1f ms | %.1f ms | %d |",
                flow.text,
                at(of.cpu, 0.5),
                Collections.min(of.cpu),
                Collections.max(of.cpu),
                at(of.compiling, 0.5),
                database.isEmpty()
                    ? "inside"
                    : String.format(Locale.ROOT, "%.1f ms", at(of.database, 0.5)),
                at(of.times, 0.5),
                at(of.times, 0.95),
                of.times.size())));
  }

  /** Beside our figures: a line each, what was measured, a tab and the milliseconds. */
  private void compare(Path ours) throws GeneralSecurityException, IOException {
    for (int i = 0; i < WARM * BATCH; i++) {
      login(Flow.WEBAUTHN);
    }
    Taken own = new Taken();
    for (int batch = 0; batch < BATCHES; batch++) {
      Duration before = cpu(keycloak.processes());
      for (int i = 0; i < BATCH; i++) {
        login(Flow.WEBAUTHN);
      }
      own.cpu.add(millis(cpu(keycloak.processes()).minus(before)) / BATCH);
    }
    double each = at(own.cpu, 0.5);
    System.out.printf(
        Locale.ROOT,
        "**peer** %s, one caller after %d to warm up: %.1f ms of CPU each, its database's apart,"
            + " median of %d batches of %d (%.1f to %.1f)%n",
        Flow.WEBAUTHN.text,
        WARM * BATCH,
        each,
        BATCHES,
        BATCH,
        Collections.min(own.cpu),
        Collections.max(own.cpu));
    for (String line : Files.readAllLines(ours)) {
      String[] parts = line.split("\t", -1);
      double times = each / Double.parseDouble(parts[1]);
      System.out.printf(
          Locale.ROOT,
          "%s: %s ms, %.1f times less (aim: 18)%s%n",
          parts[0],
          parts[1],
          times,
          times < 18 ? " MISSED" : "");
    }
  }

  private void login(Flow flow) throws GeneralSecurityException {
    String name = Integer.toString(100_000 + logins++ % USERS);
    SsoBrowser browser =
        new SsoBrowser(http, keycloak.origin(), flow.realm, redirect, "http://127.0.0.1:9");
    SsoBrowser.Seen page = browser.login(flow.client, "");
    String[] fields =
        switch (flow) {
          case NAME -> new String[] {"username", name};
          case CARD, CARD_BY_NAME -> new String[] {"answer", numbers.getOrDefault(name, "")};
          case WEBAUTHN -> {
            SoftPasskey passkey = passkeys.get(name);
            if (passkey == null) {
              throw new IllegalStateException(name);
            }
            yield passkey.answer(page.challenge(), keycloak.origin(), "127.0.0.1");
          }
        };
    SsoBrowser.Seen back = browser.post(page, fields);
    String who =
        browser
            .claims(
                flow.client, back.code().orElseThrow(() -> new AssertionError(flow + ": " + back)))
            .path("preferred_username")
            .asText();
    if (!who.equals(name)) {
      throw new AssertionError(flow + ": " + who + " in place of " + name);
    }
  }

  private static Duration cpu(Collection<ProcessHandle> processes) {
    return processes.stream()
        .flatMap(one -> one.info().totalCpuDuration().stream())
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  private static double at(List<Double> values, double quantile) {
    List<Double> sorted = values.stream().sorted().toList();
    int at = (int) (quantile * (sorted.size() - 1));
    // The median of an even number lies between two.
    return quantile == 0.5 && sorted.size() % 2 == 0
        ? (sorted.get(at) + sorted.get(at + 1)) / 2
        : sorted.get(at);
  }
}
