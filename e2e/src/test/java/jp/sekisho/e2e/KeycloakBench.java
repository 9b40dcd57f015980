package jp.sekisho.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code ./dev bench keycloak}: what a login by our provider costs Keycloak in CPU, beside
 * Keycloak's own WebAuthn and beside a login that proves nothing, in one run of one server. The
 * difference to the latter is what the provider adds: two calls of the service, the user found by
 * an attribute, the event in the spool and on its way.
 *
 * <p>Keycloak runs as its distribution does, the service is a {@link StandInService}. Each login is
 * a new browser: page, answer, code, token. Flows take turns, a batch each, and the CPU time of
 * Keycloak's process over a batch is divided by its logins.
 */
final class KeycloakBench {
  private static final int USERS = 20;
  private static final int WARM = 1500;
  private static final int BATCH = 50;
  private static final int BATCHES = 16;
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
    CARD("`sekisho-card`", Keycloak.REALM, "groupware"),
    WEBAUTHN("Keycloak's own WebAuthn (passwordless)", PLAIN, "mobile");

    private final String text;
    private final String realm;
    private final String client;

    Flow(String text, String realm, String client) {
      this.text = text;
      this.realm = realm;
      this.client = client;
    }
  }

  /** What one flow took. */
  private static final class Taken {
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> times = new ArrayList<>();
  }

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private final Map<String, String> numbers = new TreeMap<>();
  private final Map<String, SoftPasskey> passkeys = new TreeMap<>();
  private final String redirect = "http://127.0.0.1:9/";
  private final Keycloak keycloak;
  private int logins;

  private KeycloakBench(Programs programs, Path directory, StandInService service)
      throws IOException, GeneralSecurityException {
    for (int i = 0; i < USERS; i++) {
      String name = "user" + i;
      numbers.put(name, Integer.toString(100_000 + i));
      passkeys.put(name, new SoftPasskey(idOf(name)));
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
    keycloak = Keycloak.start(programs, settings, service.port(), List.of(plain(settings)));
    keycloak.await();
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    try (Programs programs = new Programs(directory, Map.of());
        StandInService service = new StandInService(programs, directory)) {
      KeycloakBench bench = new KeycloakBench(programs, directory, service);
      try {
        bench.measure(service);
      } finally {
        bench.keycloak.close();
      }
    }
    System.exit(0);
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
    for (Flow flow : Flow.values()) {
      for (int i = 0; i < WARM; i++) {
        login(flow);
      }
    }
    Duration idleFrom = keycloak.cpu();
    long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    Programs.await("ten idle seconds", Duration.ofSeconds(60), () -> System.nanoTime() > until);
    double idle = millis(keycloak.cpu().minus(idleFrom)) / 10;
    long told = service.reported();
    Map<Flow, Taken> taken = new EnumMap<>(Flow.class);
    for (int batch = 0; batch < BATCHES; batch++) {
      for (Flow flow : Flow.values()) {
        Taken of = taken.computeIfAbsent(flow, f -> new Taken());
        Duration before = keycloak.cpu();
        for (int i = 0; i < BATCH; i++) {
          long from = System.nanoTime();
          login(flow);
          of.times.add((System.nanoTime() - from) / 1e6);
        }
        of.cpu.add(millis(keycloak.cpu().minus(before)) / BATCH);
      }
    }
    System.out.println(
        "| login at Keycloak, one caller | CPU of Keycloak each, median of "
            + BATCHES
            + " batches (least to most) | p50 | p95 | n |");
    System.out.println("|---|---|---|---|---|");
    taken.forEach((flow, of) ->
        System.out.println(
            String.format(
                Locale.ROOT,
                "| %s | %.1f ms (%.1f to %.1f) | %.1f ms | %.1f ms | %d |",
                flow.text,
                at(of.cpu, 0.5),
                Collections.min(of.cpu),
                Collections.max(of.cpu),
                at(of.times, 0.5),
                at(of.times, 0.95),
                of.times.size())));
    System.out.println(
        String.format(
            Locale.ROOT,
            "added by the provider: %.1f ms (aim: 2); Keycloak idle with the provider: %.1f ms a second;"
                + " events told: %d",
            at(taken.computeIfAbsent(Flow.CARD, f -> new Taken()).cpu, 0.5)
                - at(taken.computeIfAbsent(Flow.NAME, f -> new Taken()).cpu, 0.5),
            idle,
            service.reported() - told));
  }

  private void login(Flow flow) throws GeneralSecurityException {
    String name = "user" + logins++ % USERS;
    SsoBrowser browser =
        new SsoBrowser(http, keycloak.origin(), flow.realm, redirect, "http://127.0.0.1:9");
    SsoBrowser.Seen page = browser.login(flow.client, "");
    String[] fields =
        switch (flow) {
          case NAME -> new String[] {"username", name};
          case CARD -> new String[] {"answer", numbers.getOrDefault(name, "")};
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
