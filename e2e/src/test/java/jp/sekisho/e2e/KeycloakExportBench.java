package jp.sekisho.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The peer of {@code ./dev bench audit}: how fast a Keycloak as it is delivered, on PostgreSQL,
 * gives out 100,000 events by its administration API, in the three ways there are. Nothing of ours
 * takes part. Arguments: a directory for logs, the distribution's archive.
 */
final class KeycloakExportBench {
  private static final int EVENTS = 100_000;
  private static final int RUNS = 3;
  private static final String PASSWORD = "trial-password-1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final PrintStream out;
  private final String origin;

  private KeycloakExportBench(PrintStream out, int port) {
    this.out = out;
    this.origin = "http://127.0.0.1:" + port;
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    Path archive = Path.of(arguments[1]);
    int port = freePort();
    try (Programs programs = new Programs(directory, Map.of());
        EmbeddedPostgres server = EmbeddedPostgres.start()) {
      Path home = built(programs, directory, archive);
      Process keycloak =
          programs.start(
              "keycloak",
              command(
                  home,
                  "start",
                  "--optimized",
                  "--http-enabled=true",
                  "--http-host=127.0.0.1",
                  "--http-port=" + port,
                  "--http-management-host=127.0.0.1",
                  "--http-management-port=" + freePort(),
                  "--hostname=http://127.0.0.1:" + port,
                  "--db-url=" + server.getJdbcUrl("postgres", "postgres"),
                  "--db-username=postgres"));
      new KeycloakExportBench(out, port).all(server, keycloak);
    }
    System.exit(0);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static List<String> command(Path home, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "KC_BOOTSTRAP_ADMIN_USERNAME=admin",
                "KC_BOOTSTRAP_ADMIN_PASSWORD=" + PASSWORD,
                home.resolve("bin/kc.sh").toString()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private static Path built(Programs programs, Path directory, Path archive) throws IOException {
    Path home = Files.createDirectories(directory.resolve("home"));
    programs
        .run(
            List.of(
                "tar", "xzf", archive.toString(), "-C", home.toString(), "--strip-components=1"))
        .expectOk();
    Process build =
        programs.start("keycloak-build", command(home, "build", "--db=postgres", "--cache=local"));
    Programs.await("the build of Keycloak", Duration.ofMinutes(8), () -> !build.isAlive());
    if (build.exitValue() != 0) {
      throw new AssertionError(Files.readString(programs.log("keycloak-build")));
    }
    return home;
  }

  private void all(EmbeddedPostgres server, Process keycloak) throws Exception {
    Programs.await(
        "Keycloak",
        Duration.ofMinutes(8),
        () -> {
          if (!keycloak.isAlive()) {
            throw new AssertionError("Keycloak ended; see keycloak.log");
          }
          return Keycloak.answers(origin + "/realms/master");
        });
    fill(server);
    out.println(
        "| Keycloak's event export, "
            + EVENTS
            + " events, PostgreSQL | events/s, median | n | Keycloak's CPU each |");
    out.println("|---|---|---|---|");
    int _ = paged(10_000); // to warm up
    row("`?first=N&max=10000`", keycloak, () -> paged(10_000));
    row("`?first=N&max=1000`", keycloak, () -> paged(1_000));
    row(
        "`direction=asc&dateFrom=<last>&max=1000`, the one that loses no row",
        keycloak,
        this::keyset);
  }

  /** Logins as Keycloak's own store writes them, ten milliseconds apart. */
  private static void fill(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      int made =
          statement.executeUpdate(
              "insert into event_entity (id, client_id, details_json_long_value, ip_address, realm_id,"
                  + " session_id, event_time, type, user_id)"
                  + " select gen_random_uuid()::text, 'groupware',"
                  + " '{\"auth_method\":\"openid-connect\",\"redirect_uri\":\"https://groupware.city.example/\","
                  + "\"consent\":\"no_consent_required\",\"code_id\":\"' || gen_random_uuid()"
                  + " || '\",\"username\":\"s-' || i % 3000 || '\"}',"
                  + " '10.1.2.3', (select id from realm where name = 'master'),"
                  + " gen_random_uuid()::text, 1795000000000 + 10 * i, 'LOGIN', gen_random_uuid()::text"
                  + " from generate_series(1, "
                  + EVENTS
                  + ") i");
      boolean _ = statement.execute("analyze event_entity");
      try (ResultSet rows = statement.executeQuery("select count(*) from event_entity")) {
        if (made != EVENTS || !rows.next()) {
          throw new IllegalStateException("only " + made + " events were made");
        }
      }
    }
  }

  private void row(String what, Process keycloak, LongSupplier export) {
    double[] rates = new double[RUNS];
    Duration cpu = cpu(keycloak);
    long events = 0;
    for (int run = 0; run < RUNS; run++) {
      long begun = System.nanoTime();
      long got = export.getAsLong();
      rates[run] = got / ((System.nanoTime() - begun) / 1e9);
      events += got;
    }
    Arrays.sort(rates);
    out.printf(
        Locale.ROOT,
        "| %s | %,.0f | %d | %.0f µs |%n",
        what,
        rates[RUNS / 2],
        RUNS,
        cpu(keycloak).minus(cpu).toNanos() / 1e3 / events);
  }

  private static Duration cpu(Process keycloak) {
    return Programs.family(keycloak).stream()
        .map(one -> one.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private int paged(int max) {
    String token = token();
    int got = 0;
    while (got < EVENTS) {
      JsonNode page = get(token, "?first=" + got + "&max=" + max);
      if (page.isEmpty()) {
        throw new IllegalStateException("the events end at " + got);
      }
      got += page.size();
    }
    return got;
  }

  private long keyset() {
    String token = token();
    Set<String> seen = new HashSet<>();
    long last = 0;
    while (seen.size() < EVENTS) {
      int before = seen.size();
      for (JsonNode event : get(token, "?direction=asc&dateFrom=" + last + "&max=1000")) {
        last = event.path("time").asLong();
        boolean _ = seen.add(event.path("id").asText());
      }
      if (seen.size() == before) {
        throw new IllegalStateException("the events end at " + before);
      }
    }
    return seen.size();
  }

  /** A new one for each run: it lives for a minute. */
  private String token() {
    return send(HttpRequest.newBuilder(
                URI.create(origin + "/realms/master/protocol/openid-connect/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "grant_type=password&client_id=admin-cli&username=admin&password=" + PASSWORD)))
        .path("access_token")
        .asText();
  }

  private JsonNode get(String token, String query) {
    return send(
        HttpRequest.newBuilder(URI.create(origin + "/admin/realms/master/events" + query))
            .header("Authorization", "Bearer " + token)
            .GET());
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> answer =
          http.send(
              request.timeout(Duration.ofSeconds(60)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(answer.uri() + ": " + answer.statusCode());
      }
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
