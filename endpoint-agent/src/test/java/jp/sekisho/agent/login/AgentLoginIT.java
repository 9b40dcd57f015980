package jp.sekisho.agent.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.cli.AgentService;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.enforce.Gates;
import jp.sekisho.agent.enroll.EnrollOutcome;
import jp.sekisho.agent.enroll.Enrollment;
import jp.sekisho.agent.ipc.SessionProcess;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.PinWindow;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.FakeService;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole service with a real pcscd, a virtual card, a real socket and a real TLS peer. */
@Tag("pcsc")
class AgentLoginIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Types the PIN as soon as the window opens. */
  private static final class Typist implements PinWindow {
    @Override
    public PinOutcome ask(
        PinPrompt prompt, Duration atMost, BooleanSupplier wanted, Runnable shown) {
      shown.run();
      byte[] pin = "123456".getBytes(StandardCharsets.US_ASCII);
      return new PinOutcome.Typed(TypedPin.copyOf(pin, 0, pin.length));
    }

    @Override
    public void dismiss() {}
  }

  @Test
  @DisplayName("fetch, PIN, sign, answer; removal is recorded and locks within two seconds")
  void login() throws Exception {
    Path temp = Files.createTempDirectory("sk");
    AtomicInteger locks = new AtomicInteger();
    try (PcscService pcsc = PcscService.start();
        FakeService service = FakeService.start()) {
      VirtualCard card = pcsc.card(0, temp.resolve("c"));
      StateDirectory state = new StateDirectory(temp.resolve("state"));
      assertInstanceOf(
          EnrollOutcome.Done.class,
          new Enrollment(
                  state,
                  List.of(ReaderRoles.Rule.parse(PcscService.READER_0 + "=staff")),
                  47621,
                  "it",
                  TIMEOUT)
              .enroll(service.ticket().text()));
      Path socket = temp.resolve("run/agent.sock");
      try (AgentService agent =
              AgentService.start(
                  new AgentService.Options(
                      state, socket, 0, Gates.NOT_ENFORCING, LocalPresence.ANYBODY, "it"));
          SessionProcess session =
              new SessionProcess(
                  socket,
                  new PeerCredentials(),
                  Locale.JAPANESE,
                  new Typist(),
                  locks::incrementAndGet)) {
        Thread seat = new Thread(() -> run(session), "seat");
        seat.start();
        Page page = new Page(agent.loopback());
        Await.until(
            "status says a login can start, with three tries",
            () -> {
              LoopbackStatus status = page.status();
              return status != null
                  && status.problem() == null
                  && Integer.valueOf(3).equals(status.triesLeft());
            });

        String transaction = service.transaction("login");
        CardAnswer answer = CardAnswer.parse(page.login(transaction).answer());
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(
            StateDirectory.certificate(Base64Url.decode(answer.certificate())).getPublicKey());
        signature.update(Base64Url.decode(answer.statement()));
        assertTrue(signature.verify(Base64Url.decode(answer.signature())));

        card.remove();
        Await.until(
            "removal at the service and seat locked",
            Duration.ofSeconds(2),
            () ->
                locks.get() == 1
                    && service.records.stream()
                        .anyMatch(record -> record.type().equals("agent.card-removed")));
      }
      assertEquals(
          List.of("agent.started", "agent.answered", "agent.card-removed", "agent.stopped"),
          service.records.stream().map(DeviceRecord::type).toList());
      assertEquals("not-enforcing", service.heartbeats.get(0).fault());
      card.close();
    }
  }

  private static void run(SessionProcess session) {
    try {
      session.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The login page's side of the loopback port. */
  private record Page(InetSocketAddress agent) {
    private HttpRequest.Builder request(String path) {
      return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.getPort() + path))
          .header("Origin", FakeService.ORIGIN)
          .header("Content-Type", "application/json");
    }

    private static HttpResponse<byte[]> send(HttpRequest request) {
      try {
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }

    @org.jspecify.annotations.Nullable
    LoopbackStatus status() {
      HttpResponse<byte[]> response = send(request("/v1/status").GET().build());
      try {
        return response.statusCode() == 200
            ? WireJson.read(response.body(), LoopbackStatus.class)
            : null;
      } catch (jp.sekisho.protocol.MalformedException e) {
        throw new AssertionError(e);
      }
    }

    PostedAnswer login(String transaction) throws Exception {
      HttpResponse<byte[]> response =
          send(
              request("/v1/login")
                  .POST(
                      HttpRequest.BodyPublishers.ofByteArray(
                          WireJson.write(new LoopbackLogin(transaction, null))))
                  .build());
      assertEquals(200, response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
      return WireJson.read(response.body(), PostedAnswer.class);
    }
  }
}
