package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.e2e.vm.VmOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The oldest Java that Keycloak 26.7 runs on: it starts with the provider, and a card logs in. On
 * it, too, what takes longer than {@code KeycloakIT} may: a terminal whose gates hold, and a
 * Keycloak whose listener is off.
 */
@Tag("pcsc")
@Tag("keycloak")
@Tag("vm")
@Tag("torture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakOnJava17IT {
  @TempDir static Path directory;
  private Town town;
  private LogoutDoor door;
  private Keycloak keycloak;
  private String redirect;

  @BeforeAll
  void start() throws IOException {
    String java = System.getProperty("sekisho.jdk17", "");
    if (!Files.isExecutable(Path.of(java, "bin", "java"))) {
      throw new AssertionError(
          "no JDK 17 (openjdk-17-jdk-headless): run ./dev torture, or Maven with -Djdk17.home");
    }
    town = Town.start(directory);
    door = new LogoutDoor();
    int port = Town.freePort();
    redirect = town.people() + "/health";
    Path keys = town.registerSso(Keycloak.REALM, "http://127.0.0.1:" + port);
    Map<String, String> numbers = Map.of("hanako", Town.CLERK, "sakurako", Town.COUNTER_CLERK);
    Keycloak.Settings settings =
        new Keycloak.Settings(port, Town.freePort(), redirect, numbers, keys, door.url(), java);
    keycloak = Keycloak.start(town.programs(), settings, town.agentsPort());
    keycloak.await();
    Page page = new Page(keycloak.origin(), town.agent());
    Programs.await("the origin", Duration.ofSeconds(90), page::answersThisUser);
  }

  @AfterAll
  void stop() {
    if (keycloak != null) {
      keycloak.close();
    }
    if (door != null) {
      door.close();
    }
    if (town != null) {
      town.close();
    }
  }

  private SsoBrowser browser() {
    return new SsoBrowser(keycloak.origin(), redirect, town.agent());
  }

  @Test
  @Order(1)
  void keycloakOnJava17TakesACard() {
    town.insert(Town.CLERK);
    town.typePin(Town.PIN);
    SsoBrowser browser = browser();
    SsoBrowser.Seen back = browser.prove(browser.login("groupware", ""));
    JsonNode claims = browser.claims("groupware", back.code().orElseThrow());
    assertEquals("hanako", claims.path("preferred_username").asText(), claims.toString());
    assertEquals("card", claims.path("acr").asText(), claims.toString());
  }

  @Test
  @Order(2)
  void anApplicationForGuardedTerminalsLetsOneInWhoseGatesHold() throws IOException {
    try (TerminalVm vm = TerminalVm.start(VmOptions.of("sso"))) {
      Counter counter = new Counter(vm, town, "T-0043", Town.COUNTER_CLERK);
      counter.insertCard();
      SsoBrowser browser = browser();
      SsoBrowser.Seen page = browser.login("guarded", "");
      String answer = counter.answer(page.transaction(), keycloak.origin()).answer();
      SsoBrowser.Seen back = browser.post(page, "answer", answer);
      JsonNode claims = browser.claims("guarded", back.code().orElseThrow());
      assertEquals("sakurako", claims.path("preferred_username").asText(), claims.toString());
      assertEquals("card", claims.path("acr").asText(), claims.toString());
      assertEquals("[\"sc\"]", claims.path("amr").toString(), claims.toString());
      assertTrue(browser.login("guarded", "").code().isPresent(), "single sign-on, too");
      counter.removeCard();
      Programs.await(
          "the end of the session",
          Duration.ofMinutes(2),
          () -> browser.login("guarded", "&prompt=none").error().equals("login_required"));
    }
  }

  @Test
  @Order(3)
  void aKeycloakWhoseListenerIsSwitchedOffLetsNobodyInAndIsAnAlarm() throws IOException {
    keycloak.kill();
    keycloak.restartWithout("spi-events-listener--sekisho-events");
    keycloak.await();
    assertEquals(503, browser().login("groupware", "").status());
    Programs.await(
        "the alarm",
        Duration.ofMinutes(4),
        () ->
            town.entries("system").stream()
                .anyMatch(e -> e.contains("relying.silent") && e.contains("\"keycloak\"")));
  }
}
