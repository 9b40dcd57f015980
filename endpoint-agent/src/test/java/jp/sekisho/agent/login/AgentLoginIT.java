package jp.sekisho.agent.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.agent.cli.AgentService;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.enforce.Gates;
import jp.sekisho.agent.enroll.EnrollOutcome;
import jp.sekisho.agent.enroll.Enrollment;
import jp.sekisho.agent.ipc.SessionProcess;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.FakeService;
import jp.sekisho.agent.testing.LoginPage;
import jp.sekisho.agent.testing.Typist;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.LoopbackStatus;
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
        LoginPage page = new LoginPage(agent.loopback());
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
}
