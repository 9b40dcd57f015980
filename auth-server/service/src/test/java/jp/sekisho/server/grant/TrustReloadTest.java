package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import jp.sekisho.protocol.CardTrustList;
import jp.sekisho.protocol.CardTrustOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.config.ServiceConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Anchors and revocation of staff cards that change while the service runs; logins over HTTP. */
final class TrustReloadTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  private final TestCa ca = new TestCa("Staff CA", NOW);
  private final List<AutoCloseable> open = new ArrayList<>();

  private GrantScene start(UnaryOperator<ServiceConfig> changed) throws Exception {
    GrantScene started = new GrantScene(NOW, ca, changed);
    open.add(started);
    return started;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  /** As an operator should: beside it, then over it. */
  private static void replace(GrantScene scene, String name, byte[] content) throws Exception {
    Path directory = scene.server.installation.staffTrust();
    Path fresh = Files.write(directory.resolve("fresh"), content);
    Files.move(
        fresh,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static void assertLogsIn(GrantScene scene, String person) throws Exception {
    HttpResponse<String> answer = scene.tryLogin(person, scene.clerkPc);
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static void assertRefused(GrantScene scene, Refusal reason, String person)
      throws Exception {
    assertEquals(reason, GrantScene.refusal(scene.tryLogin(person, scene.clerkPc)));
  }

  @Test
  void aNewCrlRevokesACardAtItsNextLoginAndABrokenOneKeepsTheOldAndAlarms() throws Exception {
    GrantScene scene = start(config -> config);
    X509Certificate card = scene.certificate(GrantScene.CLERK);
    byte[] clean = ca.crl(List.of());
    assertLogsIn(scene, GrantScene.CLERK);
    replace(scene, "staff.crl", ca.crl(List.of(card)));
    assertRefused(scene, Refusal.CERT_REVOKED, GrantScene.CLERK);
    assertLogsIn(scene, GrantScene.COLLEAGUE);
    replace(scene, "staff.crl", new byte[] {0x30, 1, 2});
    // Told by the service itself, before any login.
    scene.server.awaitEntry("system", "service.trust-unusable REVOCATION_UNKNOWN");
    assertRefused(scene, Refusal.CERT_REVOKED, GrantScene.CLERK);
    assertLogsIn(scene, GrantScene.COLLEAGUE);
    // An older list, still in date, does not bring the card back.
    replace(scene, "staff.crl", clean);
    assertRefused(scene, Refusal.REVOCATION_UNKNOWN, GrantScene.CLERK);
    replace(scene, "staff.crl", ca.crl(List.of()));
    assertLogsIn(scene, GrantScene.CLERK);
  }

  @Test
  void aNewAnchorCountsAtTheNextLoginAndABrokenOneKeepsTheOldAndAlarms() throws Exception {
    GrantScene scene = start(config -> config);
    Path directory = scene.server.installation.staffTrust();
    byte[] anchor = Files.readAllBytes(directory.resolve("staff.crt"));
    assertLogsIn(scene, GrantScene.CLERK);
    replace(scene, "staff.crt", new byte[] {0x30, 1, 2});
    scene.server.awaitEntry("system", "service.trust-unusable CERT_UNTRUSTED");
    assertLogsIn(scene, GrantScene.CLERK);
    Files.delete(directory.resolve("staff.crt"));
    assertRefused(scene, Refusal.CERT_UNTRUSTED, GrantScene.CLERK);
    replace(scene, "renewed.crt", anchor);
    assertLogsIn(scene, GrantScene.CLERK);
  }

  private URI serve(AtomicReference<byte[]> content, AtomicInteger asked) throws Exception {
    HttpServer remote =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    remote.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          byte[] body = content.get();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    remote.start();
    open.add(() -> remote.stop(0));
    return URI.create("http://localhost:" + remote.getAddress().getPort() + "/staff");
  }

  @Test
  void aListFromAnAddressCountsWithoutAnyFile() throws Exception {
    AtomicReference<byte[]> list = new AtomicReference<>(ca.crl(List.of()));
    URI address = serve(list, new AtomicInteger());
    GrantScene scene = start(config -> config.withRevocation(address, null));
    Files.delete(scene.server.installation.staffTrust().resolve("staff.crl"));
    StaffTrust trust = scene.server.context.getBean(StaffTrust.class);
    // The service's own timer waits an hour here: nothing is held, so the first login waits.
    assertLogsIn(scene, GrantScene.CLERK);
    list.set(ca.crl(List.of(scene.certificate(GrantScene.CLERK))));
    trust.refresh();
    assertRefused(scene, Refusal.CERT_REVOKED, GrantScene.CLERK);
    list.set(new TestCa("Staff CA", NOW).crl(List.of()));
    trust.refresh();
    scene.server.awaitEntry("system", "service.trust-unusable REVOCATION_UNKNOWN");
    assertRefused(scene, Refusal.CERT_REVOKED, GrantScene.CLERK);
    // An operator's newer file is before the address.
    replace(scene, "emergency.crl", ca.crl(List.of(scene.certificate(GrantScene.COLLEAGUE))));
    assertRefused(scene, Refusal.CERT_REVOKED, GrantScene.COLLEAGUE);
  }

  private static CardTrustOffer staffOffer(HttpResponse<byte[]> list) throws Exception {
    assertEquals(200, list.statusCode());
    return WireJson.read(list.body(), CardTrustList.class).kinds().stream()
        .filter(offer -> offer.kind().equals("staff-piv"))
        .findFirst()
        .orElseThrow();
  }

  private static byte[] part(GrantScene scene, String name) throws Exception {
    HttpResponse<byte[]> part = scene.clerkPc.get("/agent/v1/card-trust/" + name);
    assertEquals(200, part.statusCode());
    assertEquals(name, Sha256.text(part.body()));
    return part.body();
  }

  @Test
  void terminalsAreToldWhatTheServiceGoesByAndWhenThatChanges() throws Exception {
    GrantScene scene = start(config -> config);
    HttpResponse<byte[]> first = scene.clerkPc.get("/agent/v1/card-trust");
    CardTrustOffer offer = staffOffer(first);
    byte[] anchor = part(scene, offer.anchors().get(0));
    assertArrayEquals(
        StaffTrust.der(scene.server.installation.staffTrust().resolve("staff.crt")), anchor);
    byte[] list = part(scene, offer.lists().get(0));
    assertArrayEquals(
        Files.readAllBytes(scene.server.installation.staffTrust().resolve("staff.crl")), list);
    assertEquals(anchor.length + list.length, offer.bytes());
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertEquals('"' + Sha256.text(first.body()) + '"', tag);
    assertEquals(304, scene.clerkPc.get("/agent/v1/card-trust", "If-None-Match", tag).statusCode());
    byte[] next = ca.crl(List.of(scene.certificate(GrantScene.CLERK)));
    replace(scene, "staff.crl", next);
    CardTrustOffer changed =
        staffOffer(scene.clerkPc.get("/agent/v1/card-trust", "If-None-Match", tag));
    assertEquals(offer.anchors(), changed.anchors());
    assertEquals(List.of(Sha256.text(next)), changed.lists());
    assertEquals(
        404, scene.clerkPc.get("/agent/v1/card-trust/" + offer.lists().get(0)).statusCode());
    // A list that cannot be read leaves the one before in force, here as there.
    replace(scene, "staff.crl", new byte[] {0x30, 1, 2});
    assertEquals(changed, staffOffer(scene.clerkPc.get("/agent/v1/card-trust")));
  }

  @Test
  void aKindWhoseFirstListIsStillAwaitedIsForTheServiceAlone() throws Exception {
    AtomicReference<byte[]> list = new AtomicReference<>(ca.crl(List.of()));
    URI address = serve(list, new AtomicInteger());
    GrantScene scene = start(config -> config.withRevocation(address, null));
    HttpResponse<byte[]> before = scene.clerkPc.get("/agent/v1/card-trust");
    assertEquals(
        List.of("jpki", "pkcs11"),
        WireJson.read(before.body(), CardTrustList.class).kinds().stream()
            .map(CardTrustOffer::kind)
            .toList());
    scene.server.context.getBean(StaffTrust.class).refresh();
    assertTrue(
        staffOffer(scene.clerkPc.get("/agent/v1/card-trust"))
            .lists()
            .contains(Sha256.text(list.get())));
  }

  @Test
  void aResponderThatCannotSayRefusesEveryCard() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    URI address = serve(new AtomicReference<>(new byte[] {0x30, 0}), asked);
    GrantScene scene = start(config -> config);
    assertLogsIn(scene, GrantScene.CLERK);
    StaffTrust strict =
        StaffTrust.load(
            scene.server.installation.staffTrust(),
            scene.server.clock,
            new StaffTrust.Remote(null, address),
            StaffTrust.LOGGED,
            false);
    StaffTrust.Judgement judgement = strict.judge(scene.certificate(GrantScene.CLERK).getEncoded());
    assertTrue(
        judgement instanceof StaffTrust.Judgement.Distrusted(Refusal reason, var _)
            && reason == Refusal.REVOCATION_UNKNOWN,
        judgement.toString());
    assertEquals(1, asked.get());
  }
}
