package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A realm that was there before the provider: what {@code docs/keycloak.md} has an administrator
 * do, with Keycloak's own {@code kcadm.sh}. Long, for each of its calls is a Java of its own.
 */
@Tag("keycloak")
@Tag("torture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeycloakRealmIT {
  private static final String REALM = "standing";

  @TempDir static Path directory;
  private Programs programs;
  private Keycloak keycloak;

  @BeforeAll
  void start() throws IOException {
    programs = new Programs(directory, Map.of());
    keycloak =
        Keycloak.start(
            programs,
            new Keycloak.Settings(
                Town.freePort(),
                Town.freePort(),
                "http://127.0.0.1/",
                Map.of(),
                directory,
                "http://127.0.0.1/",
                System.getProperty("java.home")),
            Town.freePort());
    keycloak.await();
  }

  @AfterAll
  void stop() {
    if (keycloak != null) {
      keycloak.close();
    }
    if (programs != null) {
      programs.close();
    }
  }

  private SsoAdmin admin(String realm) {
    return new SsoAdmin(keycloak.origin(), realm);
  }

  /** As the documentation has it; its configuration is not the developer's own. */
  private List<String> kcadm(String... words) {
    List<String> command =
        new ArrayList<>(List.of("env", "KC_OPTS=-XX:TieredStopAtLevel=1 -Duser.home=" + directory));
    command.add("JAVA_HOME=" + System.getProperty("java.home"));
    command.add(keycloak.home().resolve("bin/kcadm.sh").toString());
    command.addAll(List.of(words));
    return command;
  }

  private void makeFlows(String name, String... suffix) throws IOException {
    programs
        .run(
            kcadm(
                "config",
                "credentials",
                "--server",
                keycloak.origin(),
                "--realm",
                "master",
                "--user",
                "admin",
                "--password",
                Keycloak.PASSWORD))
        .expectOk();
    Path script = Keycloak.unpack("sekisho/realm-flows.sh", directory.resolve(name + ".sh"));
    List<String> command = new ArrayList<>(kcadm());
    command.set(command.size() - 1, "KCADM=" + command.get(command.size() - 1));
    command.addAll(List.of("sh", script.toString(), REALM));
    command.addAll(List.of(suffix));
    Process run = programs.start(name, command);
    Programs.await("the flows", Duration.ofMinutes(15), () -> !run.isAlive());
    assertEquals(0, run.exitValue(), Files.readString(programs.log(name)));
  }

  @Test
  void aRealmThatWasThereGetsTheFlowsOfTheFileAndAtAnUpgradeNewOnesBesideThoseInUse()
      throws IOException {
    admin("master").addRealm(REALM);
    makeFlows("first");
    SsoAdmin standing = admin(REALM);
    SsoAdmin imported = admin(Keycloak.REALM);
    for (String flow : SsoAdmin.FLOWS) {
      assertTrue(imported.flow(flow).size() >= 7, flow);
      assertEquals(imported.flow(flow), standing.flow(flow), flow);
    }
    assertEquals(imported.settings(), standing.settings());

    programs
        .run(
            kcadm(
                "update",
                "realms/" + REALM,
                "-s",
                "internationalizationEnabled=true",
                "-s",
                "supportedLocales=[\"ja\",\"en\"]",
                "-s",
                "defaultLocale=ja"))
        .expectOk();
    for (SsoAdmin realm : List.of(imported, standing)) {
      assertEquals(List.of("ja", "en"), realm.languages());
    }

    List<String> passkey = standing.flow("sekisho passkey");
    standing.bindBrowser("sekisho card");
    makeFlows("second", "-2");
    for (String flow : SsoAdmin.FLOWS) {
      assertEquals(
          standing.flow(flow),
          standing.flow(flow + "-2").stream().map(line -> line.replace("-2", "")).toList());
    }
    assertFalse(standing.removeFlow("sekisho card"), "it is in use");
    standing.bindBrowser("sekisho card-2");
    assertTrue(standing.removeFlow("sekisho card"));
    assertEquals(passkey, standing.flow("sekisho passkey"), "the others are whole");
  }
}
