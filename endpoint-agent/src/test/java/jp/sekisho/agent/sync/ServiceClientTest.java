package jp.sekisho.agent.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.testing.FakeService;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.WireJson;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ServiceClientTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String ID = Base64Url.encode(new byte[16]);
  private final DeviceKey key = DeviceKey.generate();

  private SSLContext tls(FakeService service) throws MalformedException {
    var reply = service.certify(Base64Url.encode(key.certificateRequest()));
    return PinnedTls.context(
        service.serverCa.certificate(),
        key,
        List.of(
            StateDirectory.certificate(Base64Url.decode(reply.certificates().get(0))),
            StateDirectory.certificate(Base64Url.decode(reply.certificates().get(1)))));
  }

  private ServiceClient client(FakeService service) throws MalformedException {
    return new ServiceClient(service.uri(), tls(service), TIMEOUT);
  }

  private static Heartbeat heartbeat() {
    return new Heartbeat("1", ID, 0, 0, false, "not-enforcing", Instant.now().toString(), 0);
  }

  private static Reply.Unreachable<?> unreachable(Reply<?> reply) {
    return assertInstanceOf(Reply.Unreachable.class, reply, reply.toString());
  }

  @Test
  @DisplayName("a call with the device certificate over TLS 1.3 is answered")
  void answered() throws Exception {
    try (FakeService service = FakeService.start()) {
      Reply<HeartbeatReply> reply = client(service).heartbeat(heartbeat());
      assertEquals("active", assertInstanceOf(Reply.Ok.class, reply) == null ? "" : state(reply));
      assertEquals(1, service.heartbeats.size());
    }
  }

  private static String state(Reply<HeartbeatReply> reply) {
    return reply.fold(HeartbeatReply::state, Reply.Refused::code, Reply.Unreachable::why);
  }

  @Test
  @DisplayName("a refusal is a value")
  void refused() throws Exception {
    try (FakeService service = FakeService.start()) {
      Reply<TransactionDetails> reply = client(service).fetch(ID);
      assertEquals(new Reply.Refused<>(Refusal.TRANSACTION_UNKNOWN, "TRANSACTION_UNKNOWN"), reply);
    }
  }

  @Test
  @DisplayName("the list of grants is asked for with GET, an activation posted to its grant")
  void grants() throws Exception {
    GrantOffer offer = new GrantOffer(ID, "AA", "AA", "AA", "AA", "approved", null, null);
    Activated answer = new Activated("n", "2026-11-21T01:00:00Z", "2026-11-21T01:30:00Z");
    List<String> methods = new CopyOnWriteArrayList<>();
    try (FakeService service = FakeService.start()) {
      service.overrides.put(
          "grants",
          exchange -> {
            methods.add(exchange.getRequestMethod());
            FakeService.answer(exchange, 200, WireJson.write(new GrantList(List.of(offer))));
          });
      service.overrides.put(
          "grants/" + ID + "/activate",
          exchange -> {
            methods.add(exchange.getRequestMethod());
            FakeService.answer(exchange, 200, WireJson.write(answer));
          });
      ServiceClient client = client(service);
      assertEquals(new Reply.Ok<>(new GrantList(List.of(offer))), client.grants());
      assertEquals(new Reply.Ok<>(answer), client.activate(ID, new ActivateRequest("n", "b", "f")));
      assertEquals(List.of("GET", "POST"), methods);
    }
  }

  @Test
  @DisplayName("signed files come as bytes, as nothing new, or as a refusal")
  void policy() throws Exception {
    try (FakeService service = FakeService.start()) {
      ServiceClient client = client(service);
      assertEquals(new Reply.Refused<>(Refusal.NOT_FOUND, "NOT_FOUND"), client.policy(null));
      byte[] bundle = {1, 2, 3};
      service.overrides.put(
          "policy",
          exchange -> {
            String tag = exchange.getRequestHeaders().getFirst("If-None-Match");
            boolean same = "\"x\"".equals(tag) && exchange.getRequestMethod().equals("GET");
            FakeService.answer(exchange, same ? 304 : 200, same ? new byte[0] : bundle);
          });
      assertEquals(new Reply.Ok<>(Optional.empty()), client.policy("x"));
      for (Reply<Optional<byte[]>> reply : List.of(client.policy(null), client.policy("y"))) {
        byte[] none = {};
        assertArrayEquals(bundle, reply.fold(Optional::orElseThrow, no -> none, away -> none));
      }
      service.overrides.put(
          "policy",
          exchange -> FakeService.answer(exchange, 200, new byte[TrustBundle.MAX_BYTES + 1]));
      unreachable(client.policy(null));
    }
  }

  @Test
  @DisplayName("what cards are judged by comes as a list, as nothing new, and in parts of a limit")
  void cardTrust() throws Exception {
    try (FakeService service = FakeService.start()) {
      ServiceClient client = client(service);
      Reply.Refused<?> none = new Reply.Refused<>(Refusal.NOT_FOUND, "NOT_FOUND");
      assertEquals(none, client.cardTrust(null));
      assertEquals(none, client.cardTrustPart(ID, 4096)); // a refusal has a body too
      byte[] bytes = {1, 2, 3};
      service.overrides.put(
          "card-trust",
          exchange -> {
            String tag = exchange.getRequestHeaders().getFirst("If-None-Match");
            boolean same = "\"x\"".equals(tag) && exchange.getRequestMethod().equals("GET");
            FakeService.answer(exchange, same ? 304 : 200, same ? new byte[0] : bytes);
          });
      assertEquals(new Reply.Ok<>(Optional.empty()), client.cardTrust("x"));
      byte[] empty = {};
      assertArrayEquals(
          bytes, client.cardTrust("y").fold(Optional::orElseThrow, no -> empty, away -> empty));
      service.overrides.put(
          "card-trust/" + ID, exchange -> FakeService.answer(exchange, 200, bytes));
      assertArrayEquals(
          bytes, client.cardTrustPart(ID, 3).fold(part -> part, no -> empty, away -> empty));
      unreachable(client.cardTrustPart(ID, 2));
    }
  }

  @Test
  @DisplayName("a code only a newer service knows is INTERNAL and keeps its name")
  void newerCode() throws Exception {
    try (FakeService service = FakeService.start()) {
      service.overrides.put(
          "fetch",
          exchange ->
              FakeService.answer(
                  exchange, 418, FakeService.utf8("{\"refusal\":\"TEAPOT\",\"new\":{\"a\":1}}")));
      assertEquals(new Reply.Refused<>(Refusal.INTERNAL, "TEAPOT"), client(service).fetch(ID));
    }
  }

  @Test
  @DisplayName("more than a mebibyte is not read")
  void tooLarge() throws Exception {
    try (FakeService service = FakeService.start()) {
      service.overrides.put(
          "fetch",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] part = new byte[64 * 1024];
            try (var out = exchange.getResponseBody()) {
              for (int i = 0; i < 1024; i++) {
                out.write(part);
              }
            } catch (IOException e) {
              // The client hung up, as it should.
            }
          });
      unreachable(client(service).fetch(ID));
    }
  }

  @Test
  @DisplayName("a body that never ends is given up in time")
  void slow() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (FakeService service = FakeService.start()) {
      service.overrides.put(
          "fetch",
          exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
              done.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      ServiceClient client =
          new ServiceClient(service.uri(), tls(service), Duration.ofMillis(1500));
      assertTrue(unreachable(client.fetch(ID)).why().contains("no answer"));
      done.countDown();
    }
  }

  @Test
  @DisplayName("a truncated or incomplete answer is no answer")
  void incomplete() throws Exception {
    try (FakeService service = FakeService.start()) {
      service.overrides.put(
          "fetch",
          exchange -> FakeService.answer(exchange, 200, FakeService.utf8("{\"nonce\":\"x\"}")));
      assertTrue(unreachable(client(service).fetch(ID)).why().contains("without transaction"));
      service.overrides.put(
          "fetch", exchange -> FakeService.answer(exchange, 200, FakeService.utf8("{\"nonc")));
      unreachable(client(service).fetch(ID));
    }
  }

  @Test
  @DisplayName("a redirect is not followed")
  void redirect() throws Exception {
    try (FakeService service = FakeService.start()) {
      service.overrides.put(
          "fetch",
          exchange -> {
            exchange.getResponseHeaders().set("Location", service.uri() + "/agent/v1/enroll");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
          });
      assertEquals("HTTP 307", unreachable(client(service).fetch(ID)).why());
    }
  }

  @Test
  @DisplayName("a server of another CA, of another name or without TLS 1.3 is not believed")
  void notBelieved() throws Exception {
    try (FakeService service = FakeService.start()) {
      SSLContext otherCa =
          PinnedTls.context(
              new TestPki("server CA").certificate(), key, List.of(service.deviceCa.certificate()));
      unreachable(new ServiceClient(service.uri(), otherCa, TIMEOUT).heartbeat(heartbeat()));
      assertEquals(0, service.heartbeats.size());
    }
    try (FakeService service = FakeService.start("other.example", "TLSv1.3")) {
      unreachable(client(service).heartbeat(heartbeat()));
      assertEquals(0, service.heartbeats.size());
      assertTrue(ServiceClient.shakeHands(service.uri(), tls(service), TIMEOUT).isPresent());
    }
    try (FakeService service = FakeService.start("localhost", "TLSv1.2")) {
      unreachable(client(service).heartbeat(heartbeat()));
      assertEquals(0, service.heartbeats.size());
    }
  }

  @Test
  @DisplayName("a check's handshake asks nothing")
  void handshake() throws Exception {
    try (FakeService service = FakeService.start()) {
      assertTrue(ServiceClient.shakeHands(service.uri(), tls(service), TIMEOUT).isEmpty());
    }
  }

  @Test
  @DisplayName("nobody listening is unreachable, quickly")
  void nobody() throws Exception {
    FakeService service = FakeService.start();
    ServiceClient client = client(service);
    service.close();
    unreachable(client.heartbeat(heartbeat()));
  }
}
