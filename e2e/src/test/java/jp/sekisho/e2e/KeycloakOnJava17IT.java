package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oldest Java that Keycloak 26.7 runs on: it starts with the provider, and a card logs in. */
@Tag("pcsc")
@Tag("keycloak")
@Tag("torture")
class KeycloakOnJava17IT {
  @TempDir static Path directory;

  @Test
  void keycloakOnJava17TakesACard() throws IOException {
    String java = System.getProperty("sekisho.jdk17", "");
    if (!Files.isExecutable(Path.of(java, "bin", "java"))) {
      throw new AssertionError(
          "no JDK 17 (openjdk-17-jdk-headless): run ./dev torture, or Maven with -Djdk17.home");
    }
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
              java);
      try (Keycloak keycloak = Keycloak.start(town.programs(), settings, town.agentsPort())) {
        keycloak.await();
        Page page = new Page(keycloak.origin(), town.agent());
        Programs.await("the origin", Duration.ofSeconds(90), page::answersThisUser);
        town.insert(Town.CLERK);
        town.typePin(Town.PIN);
        SsoBrowser browser = new SsoBrowser(keycloak.origin(), redirect, town.agent());
        SsoBrowser.Seen back = browser.prove(browser.login("groupware", ""));
        JsonNode claims = browser.claims("groupware", back.code().orElseThrow());
        assertEquals("hanako", claims.path("preferred_username").asText(), claims.toString());
        assertEquals("card", claims.path("acr").asText(), claims.toString());
      }
    }
  }
}
