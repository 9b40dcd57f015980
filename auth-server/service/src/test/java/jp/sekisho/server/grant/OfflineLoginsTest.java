package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.PublicKey;
import java.util.List;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.OnlineLogin;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.OfflineEvent;
import jp.sekisho.protocol.event.Ruling;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.terminal.Agent;
import org.junit.jupiter.api.Test;

/** R7: what the service tells terminals beforehand, and what it makes of their records. */
final class OfflineLoginsTest {
  private int logins;

  private static List<OnlineLogin> at(Agent terminal) throws Exception {
    return WireJson.read(
            terminal.send("GET", "/agent/v1/logins", new byte[0]).body(), OnlineLogins.class)
        .logins();
  }

  private void told(Agent terminal, String person, PublicKey key) throws Exception {
    byte[] transaction = new byte[16];
    transaction[0] = (byte) ++logins;
    OfflineEvent event =
        new OfflineEvent.Succeeded(
            Base64Url.encode(transaction),
            person,
            "dGV4dA",
            "c2lnbmF0dXJl",
            Base64Url.encode(key.getEncoded()),
            "2026-11-20T08:15:00Z",
            new Ruling("audit", "login.offline-days", "common"));
    assertEquals(200, terminal.events(terminal.record(event)).statusCode());
  }

  @Test
  void aTerminalHearsOfItsLoginsAndItsRecordsAreJudgedWhenTheyCome() throws Exception {
    try (GrantScene scene = new GrantScene()) {
      PublicKey clerk = scene.certificate(GrantScene.CLERK).getPublicKey();
      assertEquals(List.of(), at(scene.clerkPc));
      Desk _ = scene.login(GrantScene.CLERK, scene.clerkPc);
      assertEquals(
          List.of(
              new OnlineLogin(
                  GrantScene.CLERK,
                  Sha256.text(clerk.getEncoded()),
                  scene.server.clock.instant().toString())),
          at(scene.clerkPc));
      assertEquals(List.of(), at(scene.approverPc));

      told(scene.clerkPc, GrantScene.CLERK, clerk);
      assertEquals(List.of(), disputed(scene));
      told(scene.clerkPc, GrantScene.COLLEAGUE, clerk);
      told(scene.clerkPc, GrantScene.CLERK, TestCa.p256().getPublic());
      scene.server.context.getBean(CardRegistry.class).suspend(GrantScene.CLERK);
      assertEquals(List.of(), at(scene.clerkPc));
      told(scene.clerkPc, GrantScene.CLERK, clerk);
      assertEquals(
          List.of(
              "login.offline-disputed NOT_ENROLLED",
              "login.offline-disputed NOT_ENROLLED",
              "login.offline-disputed AUTHENTICATOR_SUSPENDED"),
          disputed(scene));

      Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
      String page = scene.send("GET", "/log?preset=offline-logins", null, auditor.cookie()).body();
      assertTrue(page.contains("オフラインでログインした"), page);
      assertTrue(page.contains("今なら断られる"), page);
    }
  }

  private static List<String> disputed(GrantScene scene) {
    return scene.entries().stream().filter(one -> one.contains("offline-disputed")).toList();
  }
}
