package jp.sekisho.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code ./dev bench keycloak DIRECTORY}: what a login costs Keycloak's process, in milliseconds of
 * CPU: by card through our provider, by Keycloak's own WebAuthn step, and by a form that asks for
 * nothing but the name, which is Keycloak's own session work. Same flow around the step, same run,
 * in turn. Prints rows for {@code docs/performance.md}.
 */
final class KeycloakBench {
  private static final int ROUNDS = 6;
  private static final int LOGINS = 25;
  private static final int WARM = 60;
  private static final Pattern CHALLENGE = Pattern.compile("challenge : \"([^\"]+)\"");
  private static final Pattern USER = Pattern.compile("userid : \"([^\"]+)\"");

  /** Flows beside the shipped one, by the step that stands in the card's place. */
  private static final Map<String, String> OTHERS =
      Map.of("bench-name", "auth-username-form", "bench-key", "webauthn-authenticator-passwordless");

  /** Ticks of {@code /proc/PID/stat}, which are 10 ms on every Linux of ours. */
  private static final int TICK_MS = 10;

  private final Keycloak keycloak;
  private final Town town;
  private final String redirect;
  private final SoftPasskey key;
  private final PrintStream out;

  private KeycloakBench(Keycloak keycloak, Town town, String redirect, PrintStream out) {
    this.keycloak = keycloak;
    this.town = town;
    this.redirect = redirect;
    this.key = new SoftPasskey(keycloak.origin());
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Path directory = Path.of(arguments[0]);
    try (Town town = Town.start(directory);
        LogoutDoor door = new LogoutDoor()) {
      int port = Town.freePort();
      String redirect = town.people() + "/health";
      Path keys = town.registerSso(Keycloak.REALM, "http://127.0.0.1:" + port);
      Keycloak.Settings settings =
          new Keycloak.Settings(
              port,
              Town.freePort(),
              redirect,
              Map.of("hanako", Town.CLERK),
              keys,
              door.url(),
              System.getProperty("java.home"));
      try (Keycloak keycloak =
          Keycloak.start(
              town.programs(), settings, town.agentsPort(), realm -> add(realm, redirect))) {
        keycloak.await();
        Page page = new Page(keycloak.origin(), town.agent());
        Programs.await("the origin", Duration.ofSeconds(90), page::answersThisUser);
        town.insert(Town.CLERK);
        town.typePin(Town.PIN);
        new KeycloakBench(keycloak, town, redirect, out).all();
      }
    }
    System.exit(0);
  }

  /** The shipped card flow once more for each other step, with an application of its own. */
  private static void add(ObjectNode realm, String redirect) {
    ArrayNode flows = (ArrayNode) realm.get("authenticationFlows");
    List<JsonNode> shipped = new ArrayList<>();
    flows.forEach(flow -> {
      if (flow.get("alias").asText().startsWith("sekisho card")) {
        shipped.add(flow);
      }
    });
    int number = 70;
    for (Map.Entry<String, String> other : OTHERS.entrySet()) {
      for (JsonNode flow : shipped) {
        ObjectNode copy = flow.deepCopy();
        copy.put("alias", flow.get("alias").asText().replace("sekisho card", other.getKey()));
        copy.put("id", flow.get("id").asText().replaceFirst("..$", "" + number++));
        for (JsonNode step : copy.get("authenticationExecutions")) {
          ObjectNode execution = (ObjectNode) step;
          if (step.has("flowAlias")) {
            execution.put(
                "flowAlias",
                step.get("flowAlias").asText().replace("sekisho card", other.getKey()));
          }
          if (step.path("authenticator").asText().equals("sekisho-card")) {
            execution.put("authenticator", other.getValue());
            execution.remove("authenticatorConfig");
          }
        }
        flows.add(copy);
      }
      Keycloak.bind(
          realm,
          Keycloak.client((ArrayNode) realm.get("clients"), other.getKey(), redirect),
          other.getKey());
    }
    ((ObjectNode) realm.get("users").get(0))
        .putArray("requiredActions")
        .add("webauthn-register-passwordless");
  }

  private SsoBrowser browser() {
    return new SsoBrowser(keycloak.origin(), redirect, town.agent());
  }

  private static String find(Pattern pattern, String body) {
    Matcher found = pattern.matcher(body);
    if (!found.find()) {
      throw new AssertionError(pattern + " is not in " + body);
    }
    return found.group(1);
  }

  private void register() {
    SsoBrowser browser = browser();
    SsoBrowser.Seen form = browser.login("payroll", "&acr_values=password");
    SsoBrowser.Seen page =
        browser.post(form, "username", "hanako", "password", Keycloak.PASSWORD);
    SsoBrowser.Seen back =
        browser.post(
            page, key.register(find(CHALLENGE, page.body()), find(USER, page.body())));
    if (back.code().isEmpty()) {
      throw new AssertionError("not registered: " + back);
    }
  }

  private void login(String client) {
    SsoBrowser browser = browser();
    SsoBrowser.Seen page = browser.login(client, "");
    SsoBrowser.Seen back =
        switch (client) {
          case "groupware" -> browser.prove(page);
          case "bench-name" -> browser.post(page, "username", "hanako");
          default -> browser.post(page, key.answer(find(CHALLENGE, page.body())));
        };
    JsonNode _ = browser.claims(client, back.code().orElseThrow(() -> new AssertionError(client + back)));
  }

  private long ticks() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + keycloak.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  private void all() throws IOException {
    register();
    Map<String, List<Double>> costs = new LinkedHashMap<>();
    for (String client : List.of("groupware", "bench-key", "bench-name")) {
      costs.put(client, new ArrayList<>());
      for (int i = 0; i < WARM; i++) {
        login(client);
      }
    }
    long idleFrom = ticks();
    try {
      TimeUnit.SECONDS.sleep(15);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    double idle = (ticks() - idleFrom) * TICK_MS / 15.0;
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, List<Double>> cost : costs.entrySet()) {
        long from = ticks();
        long clock = System.nanoTime();
        for (int i = 0; i < LOGINS; i++) {
          login(cost.getKey());
        }
        double seconds = (System.nanoTime() - clock) / 1e9;
        cost.getValue().add(((ticks() - from) * TICK_MS - idle * seconds) / LOGINS);
      }
    }
    out.println("| login at Keycloak: CPU of its process, ms | median | best | worst | n |");
    out.println("|---|---|---|---|---|");
    row("by card through `sekisho-card`", costs.get("groupware"));
    row("**peer** Keycloak's own WebAuthn step", costs.get("bench-key"));
    row("a form that asks for the name only", costs.get("bench-name"));
    out.printf(
        Locale.ROOT, "idle, polling and signs of life included: %.1f ms each second%n", idle);
  }

  private void row(String what, List<Double> rounds) {
    List<Double> sorted = new ArrayList<>(rounds);
    Collections.sort(sorted);
    out.printf(
        Locale.ROOT,
        "| %s | %.1f | %.1f | %.1f | %d rounds of %d |%n",
        what,
        sorted.get(sorted.size() / 2),
        sorted.getFirst(),
        sorted.getLast(),
        ROUNDS,
        LOGINS);
  }
}
