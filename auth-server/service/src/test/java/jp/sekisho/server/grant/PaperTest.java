package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.grant.GrantScene.Desk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 申請書, 許可書 and 持出簿, as the service's pages print them. */
@SuppressWarnings("NullAway.Init") // by open()
final class PaperTest {
  private GrantScene scene;
  private Desk clerk;
  private Desk approver;

  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private String page(Desk desk, String path) throws Exception {
    HttpResponse<String> answer = scene.send("GET", path, null, desk.cookie());
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }

  private static void says(String page, String... texts) {
    for (String text : texts) {
      assertTrue(page.contains(text), text + " is not in " + page);
    }
  }

  @Test
  void formsSayWhatWasAskedAndSignedInTheDaysOfTheEra() throws Exception {
    String id = scene.requested(clerk).id();
    String path = "/grants/" + id;
    says(
        page(clerk, path + "/request"),
        "電磁的記録媒体等使用許可申請書",
        "令和8年11月21日",
        "市長部局",
        "関 所太郎 (100042)",
        "県税事務所から届いた課税資料の読み込み",
        "税第123号",
        "承認待ち");
    assertEquals(
        Refusal.GRANT_UNKNOWN,
        GrantScene.refusal(scene.send("GET", path + "/permit", null, clerk.cookie())),
        "nothing is permitted yet");
    assertEquals(200, scene.approve(approver, id).statusCode());
    assertEquals(200, scene.activate(scene.clerkPc, id, 1).statusCode());
    Instant end = Instant.parse(scene.view(clerk, id).end());
    HttpResponse<String> more =
        scene.send(
            "POST",
            "/api/v1/grants/" + id + "/extend",
            new MoreTime("時間がかかる", end.toString(), 20),
            clerk.cookie());
    assertEquals(200, more.statusCode(), more.body());
    assertEquals(200, scene.approve(approver, id).statusCode());

    var offer = scene.offers(scene.clerkPc).grants().getFirst();
    String first = Fingerprint.of(Base64Url.decode(offer.signature()));
    String second =
        Fingerprint.of(Base64Url.decode(Objects.requireNonNull(offer.extension()).signature()));
    String permit = page(approver, path + "/permit");
    says(permit, "電磁的記録媒体等使用許可書", "承認 一郎 (300001)", first, second, "延長");
    says(page(approver, "/grants-register?month=2026-11"), "持出簿", "M-0007", second, "使用中");
    assertFalse(page(approver, "/grants-register?month=2026-10").contains("M-0007"));
    says(page(approver, path + "/permit?lang=en"), "Permission to use", "21 November 2026");
  }

  @Test
  void theRegisterIsForWhoSeesTheExceptionsOfTheOrgan() throws Exception {
    assertEquals(
        Refusal.ROLE_MISSING,
        GrantScene.refusal(scene.send("GET", "/grants-register", null, clerk.cookie())));
    assertEquals(
        Refusal.INPUT_MALFORMED,
        GrantScene.refusal(scene.send("GET", "/grants-register?month=x", null, approver.cookie())));
    assertEquals(303, scene.send("GET", "/grants-register", null, null).statusCode());
  }

  @Test
  void eachOrganHasItsOwnWords() throws Exception {
    Path forms = scene.server.installation.directory().root().resolve("forms");
    Files.createDirectories(forms);
    Path own = forms.resolve("mayor.properties");
    Files.writeString(own, "request.title=媒体使用伺い（様式第3号）\nto=情報セキュリティ管理者 様\nnote=保存期間5年 <b>\n");
    String path = "/grants/" + scene.requested(clerk).id() + "/request";
    String page = page(clerk, path);
    says(page, "媒体使用伺い（様式第3号）", "情報セキュリティ管理者 様", "保存期間5年 &lt;b&gt;");
    for (byte[] damaged : List.of(new byte[17 * 1024], new byte[] {(byte) 0xff, '='})) {
      Files.write(own, damaged);
      says(page(clerk, path), "電磁的記録媒体等使用許可申請書");
    }
  }
}
