package jp.sekisho.agent.enroll;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jp.sekisho.agent.config.AgentSettings;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.sync.PinnedTls;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.agent.testing.FakeService;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrollmentTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  @TempDir Path temp;
  private StateDirectory state;

  @BeforeEach
  void state() {
    state = new StateDirectory(temp.resolve("a/state"));
  }

  private Enrollment enrollment() {
    return new Enrollment(
        state, List.of(ReaderRoles.Rule.parse("Staff*=staff")), 47621, "1", TIMEOUT);
  }

  @Test
  @DisplayName("a ticket makes a terminal: settings, key 0600, certificate, heard, spool")
  void enrols() throws Exception {
    try (FakeService service = FakeService.start()) {
      service.state = "pending";
      EnrollOutcome outcome = enrollment().enroll(" " + service.ticket().text() + "\n");
      EnrollOutcome.Done done = assertInstanceOf(EnrollOutcome.Done.class, outcome);
      assertEquals("T-0042", done.terminal());
      assertEquals("pending", done.state());
      DeviceKey key = state.key().orElseThrow();
      assertEquals(key.fingerprint(), done.fingerprint());
      AgentSettings settings = state.settings();
      assertEquals(service.uri(), settings.server());
      assertEquals(List.of("Staff*=staff"), settings.readerRoles());
      assertEquals("file", settings.keyProtection());
      assertArrayEquals(service.serverCa.certificate().getEncoded(), settings.serverCaDer());
      assertEquals(new Heard("pending", List.of(FakeService.ORIGIN), "", "内線 1234"), state.heard());
      assertArrayEquals(key.spki(), state.certificates().get(0).getPublicKey().getEncoded());
      assertTrue(Spool.exists(state.spool()));
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(state.root().resolve("device.key"))));
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state.root())));
      assertFalse(
          Files.readString(state.root().resolve("agent.json")).contains(service.token),
          "the token is not kept");

      EnrollOutcome again = enrollment().enroll(service.ticket().text());
      assertEquals(new EnrollOutcome.AlreadyEnrolled("T-0042"), again);
      assertEquals(1, service.enrolments.size());
    }
  }

  @Test
  @DisplayName("a server without the ticket's CA never sees the token")
  void pinMismatch() throws Exception {
    try (FakeService service = FakeService.start()) {
      EnrollmentTicket ticket =
          new EnrollmentTicket(
              service.uri(),
              service.token,
              null,
              FakeService.hash(new TestPki("server CA").certificate()));
      assertInstanceOf(EnrollOutcome.ForeignServer.class, enrollment().enroll(ticket.text()));
      assertEquals(0, service.enrolments.size());
      assertFalse(state.isEnrolled());
    }
  }

  @Test
  @DisplayName("the right CA for another host name is not believed")
  void otherName() throws Exception {
    try (FakeService service = FakeService.start("other.example", "TLSv1.3")) {
      assertInstanceOf(
          EnrollOutcome.Unreachable.class, enrollment().enroll(service.ticket().text()));
      assertEquals(0, service.enrolments.size());
    }
  }

  @Test
  @DisplayName("an enrolment whose answer was lost is repeated with the same key")
  void sameKey() throws Exception {
    try (FakeService service = FakeService.start()) {
      service.overrides.put(
          "enroll",
          exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.close();
          });
      assertInstanceOf(
          EnrollOutcome.Unreachable.class, enrollment().enroll(service.ticket().text()));
      String fingerprint = state.key().orElseThrow().fingerprint();
      service.overrides.clear();
      EnrollOutcome.Done done =
          assertInstanceOf(EnrollOutcome.Done.class, enrollment().enroll(service.ticket().text()));
      assertEquals(fingerprint, done.fingerprint());
    }
  }

  @Test
  @DisplayName("a refusal is said and leaves the terminal unenrolled")
  void refused() throws Exception {
    try (FakeService service = FakeService.start()) {
      service.overrides.put("enroll", FakeService.refusing(Refusal.TICKET_INVALID));
      EnrollOutcome outcome = enrollment().enroll(service.ticket().text());
      assertEquals(
          new EnrollOutcome.Refused(
              new Reply.Refused<EnrollReply>(Refusal.TICKET_INVALID, "TICKET_INVALID")),
          outcome);
      assertFalse(state.isEnrolled());
    }
  }

  @Test
  @DisplayName("an answer for another key is not stored")
  void otherKey() throws Exception {
    try (FakeService service = FakeService.start()) {
      String otherRequest =
          jp.sekisho.protocol.Base64Url.encode(DeviceKey.generate().certificateRequest());
      byte[] answer = WireJson.write(service.certify(otherRequest));
      service.overrides.put("enroll", exchange -> FakeService.answer(exchange, 200, answer));
      assertInstanceOf(EnrollOutcome.BadAnswer.class, enrollment().enroll(service.ticket().text()));
      assertFalse(state.isEnrolled());
    }
  }

  @Test
  @DisplayName("what is not a ticket goes nowhere")
  void notATicket() throws Exception {
    for (String text : List.of("", "sekisho-ticket1~http://x:1~a~-~b", "T-0042")) {
      assertInstanceOf(EnrollOutcome.NotATicket.class, enrollment().enroll(text));
    }
    assertFalse(Files.exists(state.root()));
  }

  @Test
  @DisplayName("renewal is due from half of the life until 30 days past its end")
  void due() {
    Instant from = Instant.parse("2026-01-01T00:00:00Z");
    var certificate =
        new TestPki("ca")
            .issue(TestPki.newKeys().getPublic(), "t", from, from.plus(Duration.ofDays(90)));
    assertEquals(Renewal.Due.NOT_YET, Renewal.due(certificate, from));
    assertEquals(Renewal.Due.NOT_YET, Renewal.due(certificate, from.plus(Duration.ofDays(44))));
    assertEquals(Renewal.Due.NOW, Renewal.due(certificate, from.plus(Duration.ofDays(45))));
    assertEquals(Renewal.Due.NOW, Renewal.due(certificate, from.plus(Duration.ofDays(120))));
    assertEquals(Renewal.Due.TOO_LATE, Renewal.due(certificate, from.plus(Duration.ofDays(121))));
  }

  @Test
  @DisplayName("a due certificate is renewed for the same key, stored, and used at once")
  void renews() throws Exception {
    try (FakeService service = FakeService.start()) {
      assertInstanceOf(EnrollOutcome.Done.class, enrollment().enroll(service.ticket().text()));
      DeviceKey key = state.key().orElseThrow();
      var chain = state.certificates();
      ServiceClient client =
          new ServiceClient(
              service.uri(),
              PinnedTls.context(service.serverCa.certificate(), key, chain),
              TIMEOUT);
      MovingClock clock = new MovingClock(Instant.now());
      Renewal renewal =
          new Renewal(state, key, service.serverCa.certificate(), chain.get(0), client, clock);
      assertFalse(renewal.renewIfDue());
      clock.advance(Duration.ofDays(46));
      service.certificateLife = Duration.ofDays(136);
      assertTrue(renewal.renewIfDue());
      var renewed = state.certificates().get(0);
      assertArrayEquals(key.spki(), renewed.getPublicKey().getEncoded());
      assertTrue(renewed.getNotAfter().toInstant().isAfter(chain.get(0).getNotAfter().toInstant()));
      assertFalse(renewal.renewIfDue(), "once");
    }
  }
}
