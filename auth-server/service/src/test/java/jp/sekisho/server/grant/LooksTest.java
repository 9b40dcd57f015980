package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.event.EmergencyEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.grant.GrantScene.Desk;
import org.junit.jupiter.api.Test;

/** ASVS 16.3.2: who looks at others' exceptions, over the service's real ports. */
final class LooksTest {
  private static final String CASE = "AAECAwQFBgcICQoLDA0ODw";
  private static final String NOWHERE = "EBESExQVFhcYGRobHB0eHw";

  private static void get(GrantScene scene, Desk desk, int status, String path) throws Exception {
    HttpResponse<String> answer = scene.send("GET", path, null, desk.cookie());
    assertEquals(status, answer.statusCode(), path + " " + answer.body());
  }

  /** A clerk's emergency is told of. */
  private static void emergency(GrantScene scene) throws Exception {
    List<String> approvers = List.of(GrantScene.APPROVER, GrantScene.SECOND);
    EmergencyEvent opened =
        new EmergencyEvent.Opened(
            CASE, GrantScene.CLERK, approvers, GrantScene.FINGERPRINT, "3-1", 30, "disaster");
    assertEquals(
        200, scene.clerkPc.events(scene.clerkPc.record(opened)).statusCode(), "told by the agent");
  }

  /** What the log says of looks, oldest first. */
  private static List<String> looks(GrantScene scene) {
    return scene.server.published("mayor").stream()
        .filter(entry -> entry.type().equals("desk.viewed") || entry.type().equals("desk.refused"))
        .map(LooksTest::line)
        .toList();
  }

  private static String line(Entry entry) {
    List<String> said = new ArrayList<>();
    said.add(String.valueOf(entry.subject().person()));
    if (entry.reason() != null) {
      said.add(String.valueOf(entry.reason()));
    }
    new TreeMap<>(entry.data()).values().forEach(value -> said.add(value.toString()));
    said.remove("");
    said.remove("");
    return String.join(" ", said);
  }

  @Test
  void eachLookAtOthersExceptionsIsAnEntryAndNoneAtOnesOwn() throws Exception {
    try (GrantScene scene = new GrantScene()) {
      Desk clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
      String id = scene.requested(clerk).id();
      emergency(scene);
      for (String path :
          List.of(
              "/grants",
              "/api/v1/grants",
              "/grants/" + id,
              "/api/v1/grants/" + id,
              "/grants/" + id + "/request",
              "/emergencies",
              "/api/v1/emergencies")) {
        get(scene, clerk, 200, path);
      }
      assertEquals(List.of(), looks(scene), "one's own is nobody else's");

      get(scene, clerk, 404, "/grants/" + NOWHERE);
      get(scene, clerk, 404, "/api/v1/grants/" + NOWHERE);
      get(scene, clerk, 403, "/grants-register");
      get(scene, clerk, 403, "/reconciliation");
      for (String path : List.of("/measures", "/api/v1/measures", "/media", "/api/v1/media")) {
        get(scene, clerk, 403, path);
      }
      get(scene, clerk, 403, "/breaches");
      get(scene, clerk, 403, "/api/v1/breaches");
      get(scene, clerk, 404, "/api/v1/breaches/" + NOWHERE);
      get(scene, clerk, 404, "/api/v1/measures/" + NOWHERE);
      String refused = GrantScene.CLERK + " ROLE_MISSING view-";
      assertEquals(
          List.of(
              GrantScene.CLERK + " GRANT_UNKNOWN view-grant",
              GrantScene.CLERK + " GRANT_UNKNOWN view-grant",
              refused + "grants-register",
              refused + "reconciliation",
              refused + "measures",
              refused + "measures",
              refused + "media",
              refused + "media",
              refused + "breaches",
              refused + "breaches",
              GrantScene.CLERK + " BREACH_UNKNOWN view-breach",
              GrantScene.CLERK + " MEASURE_UNKNOWN view-measure"),
          looks(scene));
    }
  }

  @Test
  void theAuditorsLooksAreEntries() throws Exception {
    try (GrantScene scene = new GrantScene()) {
      String id = scene.requested(scene.login(GrantScene.CLERK, scene.clerkPc)).id();
      emergency(scene);
      Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
      Map<String, String> paths = new LinkedHashMap<>();
      paths.put("/grants", "grants");
      paths.put("/api/v1/grants", "grants");
      paths.put("/grants/" + id, GrantScene.CLERK + " " + id + " grant");
      paths.put("/api/v1/grants/" + id, GrantScene.CLERK + " " + id + " grant");
      paths.put("/grants/" + id + "/request", GrantScene.CLERK + " " + id + " grant");
      paths.put("/grants-register", "grants-register");
      paths.put("/reconciliation", "reconciliation");
      paths.put("/api/v1/reconciliation?all=1", "reconciliation");
      paths.put("/emergencies", "emergencies");
      paths.put("/api/v1/emergencies", "emergencies");
      paths.put("/measures", "measures");
      paths.put("/api/v1/measures", "measures");
      paths.put("/breaches", "breaches");
      paths.put("/api/v1/breaches", "breaches");
      paths.put("/media", "media");
      paths.put("/api/v1/media", "media");
      for (String path : paths.keySet()) {
        get(scene, auditor, 200, path);
      }
      assertEquals(
          paths.values().stream().map(said -> GrantScene.AUDITOR + " " + said).toList(),
          looks(scene));
    }
  }
}
