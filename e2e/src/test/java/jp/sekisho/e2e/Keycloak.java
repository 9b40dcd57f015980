package jp.sekisho.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import jp.sekisho.protocol.Sha256;

/**
 * A real Keycloak as its distribution has it, with our provider and the realm file of its jar, on
 * loopback with a database file that outlives its death.
 *
 * <p>The built server is kept in {@code .dev/keycloak}, named by version and by the provider's
 * hash: building takes half a minute. Each run gets a tree of hard links to it.
 *
 * <p>Past 400 lines: building, starting, killing and its realm are one server.
 */
final class Keycloak implements AutoCloseable {
  static final String REALM = "city";
  static final String PASSWORD = "trial-password-1";

  private static final String PROVIDER = "auth-server/keycloak-spi/target/sekisho-keycloak.jar";

  /** Keycloak's database in a file. */
  private static final String FILE = "dev-file";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Programs programs;
  private final Path home;
  private final Settings settings;
  private Process process;

  private Keycloak(Programs programs, Path home, Settings settings) {
    this.programs = programs;
    this.home = home;
    this.settings = settings;
    this.process = run();
  }

  /**
   * What a Keycloak here is told.
   *
   * @param port of its pages
   * @param management port of its own
   * @param redirect where its applications want browsers back; a page that exists
   * @param staffNumbers by user name
   * @param keys directory that {@link Town#registerSso} filled
   * @param logout where an application hears of the end of a session
   * @param java home of the Java that it runs on
   */
  record Settings(
      int port,
      int management,
      String redirect,
      Map<String, String> staffNumbers,
      Path keys,
      String logout,
      String java) {}

  /** Starts one; it calls the service at {@code service}, a port of this machine. */
  static Keycloak start(Programs programs, Settings settings, int service) throws IOException {
    return start(programs, settings, service, List.of(realm(settings)), "");
  }

  /**
   * As {@link #start(Programs, Settings, int)}, with these realms, ours among them.
   *
   * @param database JDBC address of a PostgreSQL, whose superuser {@code postgres} has no password;
   *     empty: a file, inside Keycloak's own process
   */
  static Keycloak start(
      Programs programs, Settings settings, int service, List<ObjectNode> realms, String database)
      throws IOException {
    Path home = link(built(programs, database.isEmpty() ? FILE : "postgres"));
    Path imported = Files.createDirectories(home.resolve("data").resolve("import"));
    for (ObjectNode realm : realms) {
      String name = realm.get("realm").asText();
      JSON.writeValue(imported.resolve("realm-" + name + ".json").toFile(), realm);
    }
    Map<String, String> ours =
        Map.of(
            "service",
            "https://localhost:" + service,
            "certificate",
            settings.keys().resolve("keycloak.crt").toString(),
            "key",
            settings.keys().resolve("key.pem").toString(),
            "trust",
            settings.keys().resolve("server-ca.crt").toString(),
            "realm",
            REALM,
            "help-line",
            Town.HELP_LINE);
    // In the file, which is UTF-8 whatever the locale of this process is; a link to the built
    // one's.
    Path conf = home.resolve("conf").resolve("keycloak.conf");
    Files.deleteIfExists(conf);
    StringBuilder lines = new StringBuilder("cache=local\n");
    lines.append(
        database.isEmpty()
            // What is committed is written before the next line of code, not half a second later.
            ? "db-url-properties=;WRITE_DELAY=0\n"
            : "db-url=" + database + "\ndb-username=postgres\n");
    ours.forEach((name, value) ->
        lines.append("spi-authenticator--sekisho-card--" + name + "=" + value + "\n"));
    Files.writeString(conf, lines);
    return new Keycloak(programs, home, settings);
  }

  private Process run() {
    List<String> command = onJava(settings.java());
    command.addAll(
        List.of("KC_BOOTSTRAP_ADMIN_USERNAME=admin", "KC_BOOTSTRAP_ADMIN_PASSWORD=" + PASSWORD));
    command.addAll(
        List.of(home.resolve("bin/kc.sh").toString(), "start", "--optimized", "--import-realm"));
    command.addAll(
        List.of(
            "--http-enabled=true",
            "--http-host=127.0.0.1",
            "--http-port=" + settings.port(),
            "--http-management-host=127.0.0.1",
            "--http-management-port=" + settings.management(),
            "--hostname=" + origin()));
    return programs.start("keycloak", command);
  }

  /** With what tests tell Java besides: theirs end before its second compiler pays. */
  private static List<String> onJava(String home) {
    return new ArrayList<>(
        List.of(
            "env",
            "JAVA_HOME=" + home,
            "JAVA_OPTS_APPEND=" + System.getProperty("sekisho.keycloak.java", "")));
  }

  /** Kills it as a power failure would: the server itself, not only the script it hangs from. */
  void kill() {
    List<ProcessHandle> all = Programs.family(process);
    all.forEach(ProcessHandle::destroyForcibly);
    Programs.await(
        "its end", Duration.ofSeconds(60), () -> all.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** Starts it again after {@link #kill}. */
  void restart() {
    process = run();
  }

  /**
   * As {@link #restart}, with one of the jar's providers switched off: an administrator of the
   * machine does this by a build.
   */
  void restartWithout(String provider) throws IOException {
    // The build must not write through the links to the kept one.
    Path linked = home.resolve("lib").resolve("quarkus");
    Path own = home.resolve("lib").resolve("own");
    programs.run(List.of("cp", "-r", linked.toString(), own.toString())).expectOk();
    delete(linked);
    Files.move(own, linked);
    build(
        programs,
        home,
        "keycloak-build-without",
        settings.java(),
        FILE,
        "--" + provider + "--enabled=false");
    restart();
  }

  /** Its directory. */
  Path home() {
    return home;
  }

  /** Copies a file out of the provider's jar. */
  static Path unpack(String name, Path to) throws IOException {
    try (ZipFile jar = new ZipFile(provider().toFile());
        InputStream in = jar.getInputStream(jar.getEntry(name))) {
      Files.write(to, in.readAllBytes());
      return to;
    }
  }

  /** Where the provider keeps events that the service does not hold yet. */
  Path spool() {
    return home.resolve("data").resolve("sekisho-events").resolve("events");
  }

  /** Waits until it serves logins. */
  void await() {
    Programs.await(
        "Keycloak",
        Duration.ofMinutes(8),
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("Keycloak ended; see keycloak.log");
          }
          return answers(origin() + "/realms/" + REALM);
        });
  }

  /** Its processes: the server, and the script that it hangs from. */
  List<ProcessHandle> processes() {
    return Programs.family(process);
  }

  String origin() {
    return "http://127.0.0.1:" + settings.port();
  }

  /** Whether there is a page. */
  static boolean answers(String url) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
                  HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Path provider() {
    return Programs.root().resolve(PROVIDER);
  }

  /** The built server, made once for each provider and kind of database. */
  private static Path built(Programs programs, String database) throws IOException {
    String named = System.getProperty("sekisho.keycloak.dist");
    if (named == null || !Files.isRegularFile(Path.of(named))) {
      throw new AssertionError(
          "no Keycloak: run this by Maven, which fetches org.keycloak:keycloak-quarkus-dist");
    }
    String version = Path.of(named).getFileName().toString().replaceAll(".*-dist-|\\.tar\\.gz", "");
    byte[] hash = Sha256.of(Files.readAllBytes(provider()));
    Path cache = Programs.root().resolve(".dev").resolve("keycloak");
    String name = version + "-" + HexFormat.of().formatHex(hash).substring(0, 16);
    Path ready = cache.resolve(database.equals(FILE) ? name : name + "-" + database);
    Files.createDirectories(cache.getParent());
    // Two tests that start at once build once.
    try (FileChannel lock =
            FileChannel.open(
                cache.resolveSibling("keycloak.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock _ = lock.lock()) {
      if (!Files.isDirectory(ready)) {
        deleteOthers(cache, name); // of other providers: 190 MB each
        unpackAndBuild(programs, named, cache, ready, database);
      }
    }
    return ready;
  }

  private static void unpackAndBuild(
      Programs programs, String named, Path cache, Path ready, String database) throws IOException {
    Path work = Files.createDirectories(cache.resolve("work"));
    programs
        .run(List.of("tar", "xzf", named, "-C", work.toString(), "--strip-components=1"))
        .expectOk();
    Files.copy(provider(), work.resolve("providers").resolve("sekisho-keycloak.jar"));
    build(programs, work, "keycloak-build", System.getProperty("java.home"), database);
    Files.move(work, ready);
  }

  private static void build(
      Programs programs, Path home, String name, String java, String database, String... more)
      throws IOException {
    List<String> command = onJava(java);
    command.addAll(List.of(home.resolve("bin/kc.sh").toString(), "build"));
    command.addAll(List.of("--db=" + database, "--cache=local"));
    command.addAll(List.of(more));
    Process build = programs.start(name, command);
    Programs.await("the build of Keycloak", Duration.ofMinutes(8), () -> !build.isAlive());
    if (build.exitValue() != 0) {
      throw new AssertionError(Files.readString(programs.log(name)));
    }
  }

  private static Path link(Path built) throws IOException {
    Path run = Files.createTempDirectory(built.getParent(), "run");
    Path home = run.resolve("home");
    try {
      Process copy =
          new ProcessBuilder("cp", "-al", built.toString(), home.toString()).inheritIO().start();
      if (!copy.waitFor(60, TimeUnit.SECONDS) || copy.exitValue() != 0) {
        throw new AssertionError("cp -al " + built);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return home;
  }

  /** The jar's own realm file, with applications and people of this test. */
  static ObjectNode realm(Settings settings) throws IOException {
    ObjectNode realm;
    try (ZipFile jar = new ZipFile(provider().toFile());
        InputStream in = jar.getInputStream(jar.getEntry("sekisho/realm-city.json"))) {
      realm = (ObjectNode) JSON.readTree(in);
    }
    ArrayNode clients = realm.putArray("clients");
    client(clients, "groupware", settings.redirect())
        .putObject("attributes")
        .put("backchannel.logout.url", settings.logout())
        .put("backchannel.logout.session.required", "true");
    client(clients, "records", settings.redirect())
        .putObject("attributes")
        .put("minimum.acr.value", "card");
    bind(realm, client(clients, "payroll", settings.redirect()), "sekisho step-up");
    bind(realm, client(clients, "mobile", settings.redirect()), "sekisho passkey");
    bind(realm, client(clients, "guarded", settings.redirect()), "sekisho terminal");
    client(clients, "named", settings.redirect());
    client(clients, "twofold", settings.redirect());
    ArrayNode users = realm.putArray("users");
    settings
        .staffNumbers()
        .forEach((name, number) -> {
          ObjectNode user = users.addObject();
          user.put("username", name).put("enabled", true);
          user.putObject("attributes").putArray("staffNumber").add(number);
          user.putArray("credentials")
              .addObject()
              .put("type", "password")
              .put("value", PASSWORD)
              .put("temporary", false);
        });
    return realm;
  }

  /** The same realm by another name, for the same server: ids there are unique. */
  static ObjectNode copy(ObjectNode realm, String name) throws IOException {
    ObjectNode copy = (ObjectNode) JSON.readTree(realm.toString().replace("5ec15a", "5ec15b"));
    copy.put("realm", name);
    return copy;
  }

  /**
   * A realm with its flow by card a second time, where the user name is the staff number, for the
   * application {@code client}.
   */
  static ObjectNode withNames(ObjectNode realm, String client) throws IOException {
    String alias = "sekisho name";
    for (String part : List.of("authenticationFlows", "authenticatorConfig")) {
      ArrayNode all = (ArrayNode) realm.get(part);
      for (JsonNode one : all.valueStream().toList()) {
        if (one.get("alias").asText().startsWith("sekisho card")) {
          all.add(
              JSON.readTree(
                  one.toString()
                      .replace("sekisho card", alias)
                      .replace("5ec15a0000", "5ec15a0001")
                      .replace("staffNumber", "username")));
        }
      }
    }
    bind(realm, client, alias);
    return realm;
  }

  /**
   * A realm where the application {@code client} is entered by card, after a look at the terminal,
   * or else by password: a flow that nobody should make, for what Keycloak makes of a condition
   * within an alternative.
   */
  static ObjectNode withTwoWays(ObjectNode realm, String client) {
    ArrayNode flows = (ArrayNode) realm.get("authenticationFlows");
    String top = "two ways";
    String card = top + " - card";
    String state = top + " - state";
    ArrayNode ways = flow(flows, top, true);
    ways.addObject().put("flowAlias", card).put("requirement", "ALTERNATIVE");
    ways.addObject()
        .put("authenticator", "auth-username-password-form")
        .put("requirement", "ALTERNATIVE");
    ArrayNode steps = flow(flows, card, false);
    steps.addObject().put("flowAlias", state).put("requirement", "CONDITIONAL");
    steps.addObject().put("authenticator", "sekisho-card").put("requirement", "REQUIRED");
    ArrayNode looks = flow(flows, state, false);
    looks
        .addObject()
        .put("authenticator", "sekisho-terminal-state")
        .put("requirement", "REQUIRED")
        .put("authenticatorConfig", state);
    looks
        .addObject()
        .put("authenticator", "deny-access-authenticator")
        .put("requirement", "REQUIRED");
    ((ArrayNode) realm.get("authenticatorConfig"))
        .addObject()
        .put("alias", state)
        .putObject("config")
        .put("sekisho.when", "enforcing");
    for (ArrayNode each : List.of(ways, steps, looks)) {
      int priority = 0;
      for (JsonNode step : each) {
        ((ObjectNode) step)
            .put("authenticatorFlow", step.has("flowAlias"))
            .put("priority", ++priority);
      }
    }
    bind(realm, client, top);
    return realm;
  }

  private static ArrayNode flow(ArrayNode flows, String alias, boolean top) {
    return flows
        .addObject()
        .put("id", UUID.nameUUIDFromBytes(alias.getBytes(StandardCharsets.UTF_8)).toString())
        .put("alias", alias)
        .put("providerId", "basic-flow")
        .put("topLevel", top)
        .put("builtIn", false)
        .putArray("authenticationExecutions");
  }

  private static void bind(JsonNode realm, String client, String alias) {
    for (JsonNode one : realm.get("clients")) {
      if (one.get("clientId").asText().equals(client)) {
        bind(realm, (ObjectNode) one, alias);
      }
    }
  }

  private static void bind(JsonNode realm, ObjectNode client, String alias) {
    for (JsonNode flow : realm.get("authenticationFlows")) {
      if (flow.get("alias").asText().equals(alias)) {
        client
            .putObject("authenticationFlowBindingOverrides")
            .put("browser", flow.get("id").asText());
        return;
      }
    }
    throw new AssertionError("no flow " + alias);
  }

  private static ObjectNode client(ArrayNode clients, String id, String redirect) {
    ObjectNode client = clients.addObject();
    client.put("clientId", id).put("enabled", true).put("publicClient", true);
    client.put("protocol", "openid-connect").put("standardFlowEnabled", true);
    client.putArray("redirectUris").add(redirect);
    client.put("directAccessGrantsEnabled", true); // the realm's client policy must stop it
    ObjectNode amr = client.putArray("protocolMappers").addObject();
    amr.put("name", "amr").put("protocol", "openid-connect");
    amr.put("protocolMapper", "oidc-amr-mapper");
    amr.putObject("config").put("id.token.claim", "true").put("access.token.claim", "true");
    return client;
  }

  @Override
  public void close() {
    Programs.stop(process);
    try {
      delete(home.resolveSibling(".").normalize());
    } catch (IOException e) {
      // The next build of another provider clears the whole place.
    }
  }

  private static void deleteOthers(Path cache, String name) throws IOException {
    if (Files.exists(cache)) {
      try (Stream<Path> kept = Files.list(cache)) {
        for (Path one : kept.toList()) {
          if (!one.getFileName().toString().startsWith(name)) {
            delete(one);
          }
        }
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
