package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jp.sekisho.protocol.BreachView;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.RelyingAsk;
import jp.sekisho.protocol.RelyingQuestion;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.grant.GrantScene;
import jp.sekisho.server.session.SampleSession;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** That a trial says what it is on every page, over the service's real port. */
final class TrialBannerTest {
  private static final String OFFICER = "900001";
  private static final String OFFICERS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      900001,役職 全子,mayor,0101,市民課,部長,2026-04-01,2027-03-31,CLERK;APPROVER;ADMIN;CISO;POLICY_OFFICER
      """;
  private static final String SSO = "https://sso.city.example";
  private static final Pattern BANNER =
      Pattern.compile("<aside [^>]*id=\"trial-banner\"[^>]*>試験運用です。");

  /** What variables of paths stand for. */
  private static Map<String, String> things(GrantScene scene) throws Exception {
    GrantScene.Desk clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    GrantScene.Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    String now = scene.server.clock.instant().toString();
    String later = scene.server.clock.instant().plus(Duration.ofHours(1)).toString();
    NewGrant wanted =
        new NewGrant(
            GrantScene.CLERK, "T-0001", "M-0007", "課税資料", "第1号", null, null, 1, now, later, 10);
    String grant =
        GrantScene.read(
                scene.send("POST", "/api/v1/grants", wanted, clerk.cookie()), GrantView.class)
            .id();
    assertEquals(200, scene.approve(approver, grant).statusCode());
    NewMeasure deviation =
        new NewMeasure(
            List.of("T-0001"),
            null,
            null,
            "更新まで",
            "点検する",
            null,
            "2026-11-21",
            "2027-01-31",
            "2027-03-31",
            null);
    String measure =
        GrantScene.read(
                scene.send("POST", "/api/v1/measures", deviation, approver.cookie()),
                MeasureView.class)
            .id();
    GrantScene.Desk ciso = scene.login(OFFICER, scene.approverPc);
    assertEquals(200, scene.approve(ciso, measure).statusCode());
    String breach =
        GrantScene.read(
                scene.send(
                    "POST",
                    "/api/v1/breaches",
                    new NewBreach(now, List.of("system"), null, null),
                    ciso.cookie()),
                BreachView.class)
            .id();
    byte[] question =
        scene
            .server
            .service("keycloak", "city", SSO)
            .post(
                "/agent/v1/services/transactions",
                new RelyingAsk("city", "groupware", "sid", "127.0.0.1", SSO + "/realms/city"))
            .body();
    return Map.of(
        "grants/{id}",
        "grants/" + grant,
        "breaches/{id}",
        "breaches/" + breach,
        "measures/{id}",
        "measures/" + measure,
        "{number}",
        GrantScene.CLERK,
        "{question}",
        WireJson.read(question, RelyingQuestion.class).transaction());
  }

  private static String session(GrantScene scene, String person, @Nullable String post) {
    return SessionCookies.SESSION
        + "="
        + SampleSession.open(
                scene.server.context, person, "mayor", post, InetAddress.getLoopbackAddress())
            .secret();
  }

  /** Those of the first start are gone where anybody can work: {@link SetupPageTest} sees them. */
  private static boolean isPage(ApiRoutes.Route route) {
    return "text/html".equals(route.gives()) && !route.path().startsWith("/setup");
  }

  /** Routes whose page came with {@code status}; whatever page comes has its banner. */
  private static Set<String> pages(
      GrantScene scene, Map<String, String> things, List<String> cookies, int status)
      throws Exception {
    Set<String> found = new TreeSet<>();
    for (ApiRoutes.Route route : ApiRoutes.all()) {
      if (!isPage(route)) {
        continue;
      }
      String path = route.path();
      for (Map.Entry<String, String> thing : things.entrySet()) {
        path = path.replace(thing.getKey(), thing.getValue());
      }
      for (String cookie : route.who() == ApiRoutes.Who.SESSION ? cookies : List.of("")) {
        HttpResponse<String> answer =
            scene.send("GET", path, null, cookie.isEmpty() ? null : cookie);
        if (answer.headers().firstValue("Content-Type").orElse("").startsWith("text/html")) {
          assertTrue(BANNER.matcher(answer.body()).find(), path + " " + answer.body());
          if (answer.statusCode() == status) {
            found.add(route.path());
          }
        }
      }
    }
    return found;
  }

  private static Set<String> routes(Predicate<ApiRoutes.Route> which) {
    return ApiRoutes.all().stream()
        .filter(TrialBannerTest::isPage)
        .filter(which)
        .map(ApiRoutes.Route::path)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  @DisplayName("each route that gives a page gives it with the banner, locked too")
  void everywhere() throws Exception {
    try (GrantScene scene = new GrantScene()) {
      scene.employ(OFFICERS, List.of(OFFICER));
      Map<String, String> things = things(scene);
      List<String> cookies =
          List.of(
              session(scene, OFFICER, null),
              session(scene, GrantScene.AUDITOR, null),
              session(scene, GrantScene.COLLEAGUE, Session.UNDECIDED));
      assertEquals(routes(_ -> true), pages(scene, things, cookies, 200));
      scene.server.clock.forward(Duration.ofMinutes(16));
      assertEquals(
          routes(route -> route.who() == ApiRoutes.Who.SESSION),
          pages(scene, things, cookies, 423));
    }
  }
}
