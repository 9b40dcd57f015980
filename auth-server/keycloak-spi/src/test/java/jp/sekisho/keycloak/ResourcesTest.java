package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.Test;

/** The files in the jar: messages, page, script and the realm to import. */
class ResourcesTest {
  private static final JsonNode NONE = MissingNode.getInstance();

  private static final Path THEME = Path.of("src/main/resources/theme-resources");

  private static Properties messages(String language) throws IOException {
    Properties messages = new Properties();
    try (var in =
        Files.newBufferedReader(THEME.resolve("messages/messages_" + language + ".properties"))) {
      messages.load(in);
    }
    return messages;
  }

  private static JsonNode realm() throws IOException {
    return new ObjectMapper()
        .readTree(Path.of("src/main/resources/sekisho/realm-city.json").toFile());
  }

  @Test
  void everyMessageIsThereInBothLanguagesAndEachOneUsedExists() throws IOException {
    Set<String> names = new TreeSet<>(messages("ja").stringPropertyNames());
    assertEquals(names, new TreeSet<>(messages("en").stringPropertyNames()));
    String used =
        Files.readString(THEME.resolve("templates/sekisho-card.ftl"))
            + Files.readString(THEME.resolve("templates/sekisho-passkey.ftl"))
            + Files.readString(Path.of("src/main/java/jp/sekisho/keycloak/StepAuthenticator.java"));
    Set<String> mentioned = new TreeSet<>();
    realm().get("authenticatorConfig").findValuesAsText("denyErrorMessage").forEach(mentioned::add);
    Matcher name =
        Pattern.compile("(?:msg\\(|setError\\(|getMessage\\()['\"](sekisho\\w+)", Pattern.DOTALL)
            .matcher(used);
    while (name.find()) {
      mentioned.add(name.group(1));
    }
    Matcher failure =
        Pattern.compile("(?:fail|words)\\(\\s*context[^;]*?\"(sekisho\\w+)\"", Pattern.DOTALL)
            .matcher(used);
    int failures = 0;
    while (failure.find()) {
      failures++;
      for (String part : List.of(".what", ".why", ".action")) {
        mentioned.add(failure.group(1) + part);
      }
    }
    assertEquals(5, failures, "each says what, why and what to do in words of its own");
    assertEquals(new TreeSet<>(mentioned), names);
    for (String language : List.of("ja", "en")) {
      for (String each : names) {
        assertFalse(messages(language).getProperty(each).isBlank(), each);
      }
    }
    assertTrue(mentioned.size() >= 10, mentioned.toString());
  }

  @Test
  void theScriptGivesTheAgentTheTransactionOnlyAndItsNameHasAVersion() throws IOException {
    String page = Files.readString(THEME.resolve("templates/sekisho-card.ftl"));
    Matcher name = Pattern.compile("/js/(sekisho-card-\\d+\\.js)").matcher(page);
    assertTrue(name.find());
    String script = Files.readString(THEME.resolve("resources/js/" + name.group(1)));
    List<String> bodies = new ArrayList<>();
    Matcher body = Pattern.compile("body: (.*),\n").matcher(script);
    while (body.find()) {
      bodies.add(body.group(1));
    }
    assertEquals(
        List.of("JSON.stringify({ transaction: form.dataset.transaction, lastTry })"), bodies);
    assertFalse(page.contains("secret"), "the secret never reaches a page");
  }

  /** Browsers keep a script for a month: one that changes gets a new number, and its hash here. */
  @Test
  void aScriptOfOneNameHasOneContentForEver() throws IOException {
    Map<String, String> found = new HashMap<>();
    try (Stream<Path> scripts = Files.list(THEME.resolve("resources/js"))) {
      for (Path script : scripts.toList()) {
        found.put(script.getFileName().toString(), Sha256.text(Files.readAllBytes(script)));
      }
    }
    assertEquals(Map.of("sekisho-card-3.js", "L5pGOrbtEWBinvdBhmEMd3G8jhyLa-Mh0aMSshtPioY"), found);
  }

  @Test
  void everyShippedFlowHasItsLevelBeforeItsStepAndNoStepBesideTheCard() throws IOException {
    Map<String, JsonNode> flows = new HashMap<>();
    realm().get("authenticationFlows").forEach(flow -> flows.put(flow.get("alias").asText(), flow));
    int steps = 0;
    for (JsonNode flow : flows.values()) {
      JsonNode executions = flow.get("authenticationExecutions");
      for (int i = 0; i < executions.size(); i++) {
        JsonNode step = executions.get(i);
        if (step.path("authenticator")
            .asText()
            .matches("sekisho-(card|passkey)|auth-username-.*")) {
          steps++;
          assertEquals(2, executions.size(), flow.get("alias").asText());
          assertEquals("REQUIRED", step.get("requirement").asText());
          assertEquals(
              "conditional-level-of-authentication",
              executions.get(0).get("authenticator").asText());
        }
      }
    }
    assertEquals(5, steps);
    assertEquals("sekisho card", realm().get("browserFlow").asText());
  }

  @Test
  void everyShippedFlowSaysBeforeTheCookieWhatItAsksAndKnowsEachLevelOnce() throws IOException {
    Map<String, JsonNode> flows = new HashMap<>();
    realm().get("authenticationFlows").forEach(flow -> flows.put(flow.get("alias").asText(), flow));
    Map<String, JsonNode> settings = new HashMap<>();
    realm()
        .get("authenticatorConfig")
        .forEach(config -> settings.put(config.get("alias").asText(), config.get("config")));
    Map<String, String> least = new HashMap<>();
    for (JsonNode flow : flows.values()) {
      if (flow.get("topLevel").asBoolean()) {
        String alias = flow.get("alias").asText();
        List<JsonNode> steps = new ArrayList<>();
        collect(flows, flow, steps);
        JsonNode first = steps.get(0);
        assertEquals("sekisho-level", first.get("authenticator").asText(), alias);
        assertEquals("REQUIRED", first.get("requirement").asText(), alias);
        least.put(
            alias,
            settings
                .getOrDefault(first.get("authenticatorConfig").asText(), NONE)
                .path("sekisho.level")
                .asText());
        List<String> levels = new ArrayList<>();
        for (JsonNode step : steps) {
          if (step.get("authenticator").asText().equals("conditional-level-of-authentication")) {
            levels.add(
                settings
                    .getOrDefault(step.get("authenticatorConfig").asText(), NONE)
                    .path("loa-condition-level")
                    .asText());
          }
        }
        assertEquals(List.of("1", "2", "3"), levels.stream().sorted().toList(), alias);
      }
    }
    assertEquals(
        Map.of(
            "sekisho card", "3",
            "sekisho terminal", "3",
            "sekisho passkey", "2",
            "sekisho step-up", "1"),
        least);
  }

  /** An import reaches new realms only; for one that is there the script makes the same flows. */
  @Test
  void theScriptForAnExistingRealmMakesTheFlowsOfTheFileAndItsPolicies() throws IOException {
    JsonNode realm = realm();
    Map<String, JsonNode> settings = new HashMap<>();
    realm
        .get("authenticatorConfig")
        .forEach(config -> settings.put(config.get("alias").asText(), config.get("config")));
    List<String> flows = new ArrayList<>();
    List<String> steps = new ArrayList<>();
    for (JsonNode flow : realm.get("authenticationFlows")) {
      String name = flow.get("alias").asText();
      assertTrue(name.matches("[A-Za-z0-9 -]+"), "what Keycloak takes over its API: " + name);
      flows.add(
          String.join(
              "|", "flow", name, flow.get("topLevel").asText(), flow.get("description").asText()));
      int priority = -1;
      for (JsonNode step : flow.get("authenticationExecutions")) {
        assertTrue(step.get("priority").asInt() > priority, name + ": in the order of the file");
        priority = step.get("priority").asInt();
        String requirement = step.get("requirement").asText();
        if (step.get("authenticatorFlow").asBoolean()) {
          steps.add(String.join("|", "sub", name, requirement, step.get("flowAlias").asText()));
        } else {
          String alias = step.path("authenticatorConfig").asText();
          steps.add(
              String.join(
                  "|",
                  "step",
                  name,
                  requirement,
                  step.get("authenticator").asText(),
                  alias,
                  alias.isEmpty() ? "" : settings.getOrDefault(alias, NONE).toString()));
        }
      }
    }
    List<String> script = Files.readAllLines(Path.of("src/main/resources/sekisho/realm-flows.sh"));
    flows.addAll(steps);
    assertEquals(
        flows, script.subList(script.indexOf("done <<'FLOWS'") + 1, script.indexOf("FLOWS")));
    assertEquals(
        List.of(
            "profiles|" + realm.get("clientProfiles"), "policies|" + realm.get("clientPolicies")),
        script.subList(script.size() - 2, script.size()));
    String text = String.join("\n", script);
    for (String setting :
        List.of(
            "eventsEnabled",
            "eventsExpiration",
            "adminEventsEnabled",
            "adminEventsDetailsEnabled",
            "registrationAllowed",
            "resetPasswordAllowed",
            "rememberMe",
            "editUsernameAllowed",
            "bruteForceProtected",
            "accessTokenLifespan")) {
      assertTrue(text.contains("-s " + setting + "=" + realm.get(setting)), setting);
    }
    // As text: kcadm.sh makes an object of what looks like one, which Keycloak refuses.
    assertTrue(
        text.contains("'attributes.\"acr.loa.map\"=" + realm.at("/attributes/acr.loa.map") + "'"));
  }

  private static void collect(Map<String, JsonNode> flows, JsonNode flow, List<JsonNode> steps) {
    for (JsonNode step : flow.path("authenticationExecutions")) {
      if (step.get("authenticatorFlow").asBoolean()) {
        collect(flows, flows.getOrDefault(step.get("flowAlias").asText(), NONE), steps);
      } else {
        steps.add(step);
      }
    }
  }

  @Test
  void noClientOfTheRealmMayTradeAPasswordForATokenAndUsersCannotEditTheirNumber()
      throws IOException {
    JsonNode realm = realm();
    assertEquals(
        "reject-ropc-grant", realm.at("/clientProfiles/profiles/0/executors/0/executor").asText());
    assertEquals(
        "any-client", realm.at("/clientPolicies/policies/0/conditions/0/condition").asText());
    assertTrue(realm.at("/clientPolicies/policies/0/enabled").asBoolean());
    JsonNode profile =
        new ObjectMapper()
            .readTree(
                realm
                    .at("/components/org.keycloak.userprofile.UserProfileProvider/0/config")
                    .get("kc.user.profile.config")
                    .get(0)
                    .asText());
    for (JsonNode attribute : profile.get("attributes")) {
      assertEquals(
          "[\"admin\"]",
          attribute.at("/permissions/edit").toString(),
          attribute.get("name").asText());
    }
    assertFalse(realm.toString().contains("secret"));
  }
}
