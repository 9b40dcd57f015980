package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RenewRequest;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.listener.DeviceCa;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrolmentTest {
  private static final String ENROLL = "/agent/v1/enroll";
  private static final String RENEW = "/agent/v1/renew";

  private RunningServer server;

  @BeforeEach
  void start() throws Exception {
    server = RunningServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private HttpResponse<byte[]> enroll(Agent agent, String token) throws Exception {
    return agent.post(ENROLL, new EnrollRequest(token, agent.csr(), "0.1.0"));
  }

  private static EnrollReply reply(HttpResponse<byte[]> answer) throws Exception {
    assertEquals(200, answer.statusCode());
    return WireJson.read(answer.body(), EnrollReply.class);
  }

  private static X509Certificate certificate(EnrollReply reply) throws Exception {
    return DeviceCa.parse(Base64Url.decode(reply.certificates().get(0)));
  }

  @Test
  void ticketTurnsIntoThePromisedCertificateAndAPendingTerminal() throws Exception {
    Agent agent = Agent.stranger(server, "T-0042");
    EnrollReply reply = reply(enroll(agent, server.token("T-0042")));

    assertEquals("T-0042", reply.terminal());
    assertEquals("mayor", reply.organ());
    assertEquals("pending", reply.state());
    assertEquals(agent.fingerprint(), reply.fingerprint());
    assertEquals(server.settings.originTexts(), reply.origins());
    X509Certificate certificate = certificate(reply);
    assertEquals("CN=T-0042", certificate.getSubjectX500Principal().getName());
    assertEquals(
        List.of(List.of(6, "urn:sekisho:terminal:T-0042")),
        List.copyOf(certificate.getSubjectAlternativeNames()));
    assertEquals(List.of("1.3.6.1.5.5.7.3.2"), certificate.getExtendedKeyUsage());
    assertArrayEquals(agent.pair.getPublic().getEncoded(), certificate.getPublicKey().getEncoded());
    Duration sinceStart =
        Duration.between(certificate.getNotBefore().toInstant(), server.clock.instant());
    assertTrue(sinceStart.minusMinutes(10).abs().toSeconds() <= 1, sinceStart.toString());
    assertEquals(
        Duration.ofDays(90),
        Duration.between(
            certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant()));
    assertTrue(certificate.getSerialNumber().bitLength() > 64);
    assertEquals(List.of("terminal.ticketed", "terminal.enrolled"), server.entries("mayor"));
  }

  @Test
  void ticketNamesTheServerCaByHashAndHoldsNoTokenInTheDatabase() {
    Tickets.Made made =
        server.context.getBean(Tickets.class).make("T-0042", "mayor", Duration.ofHours(1));
    EnrollmentTicket ticket =
        switch (made) {
          case Tickets.Made.Ticket(var t, _) -> t;
          case Tickets.Made.Refused(var why) -> throw new AssertionError(why);
        };
    assertEquals(
        Sha256.text(Certificates.der(server.keys.serverCa().certificate())), ticket.serverCaHash());
    assertEquals("localhost", ticket.url().getHost());
    String rows =
        server
            .installation
            .transactions()
            .read(handle ->
                handle.createQuery("select * from invitation").mapToMap().list().toString());
    assertFalse(rows.contains(ticket.token()), rows);
  }

  @Test
  void sameTokenWithTheSameKeyAnswersTheSameAgainAndIsLoggedOnce() throws Exception {
    String token = server.token("T-0042");
    Agent agent = Agent.stranger(server, "T-0042");
    EnrollReply first = reply(enroll(agent, token));
    EnrollReply second = reply(enroll(agent, token));
    assertEquals(first.certificates(), second.certificates());
    assertEquals(List.of("terminal.ticketed", "terminal.enrolled"), server.entries("mayor"));
  }

  @Test
  void usedTokenWithAnotherKeyIsRefusedAndLogged() throws Exception {
    String token = server.token("T-0042");
    EnrollReply _ = reply(enroll(Agent.stranger(server, "T-0042"), token));
    byte[] key = server.row("T-0042").spki();
    assertEquals(
        Refusal.TICKET_INVALID, Agent.refusal(enroll(Agent.stranger(server, "T-0042"), token)));
    assertArrayEquals(key, server.row("T-0042").spki());
    assertTrue(server.entries("mayor").contains("terminal.refused TICKET_INVALID"));
  }

  @Test
  void unknownOrMalformedTokenIsCountedAsAStranger() throws Exception {
    Agent agent = Agent.stranger(server, "T-0042");
    assertEquals(
        Refusal.TICKET_INVALID, Agent.refusal(enroll(agent, Base64Url.encode(new byte[16]))));
    assertEquals(Refusal.TICKET_INVALID, Agent.refusal(enroll(agent, "short")));
    assertEquals(List.of(Refusal.TICKET_INVALID, Refusal.TICKET_INVALID), server.strangers);
  }

  @Test
  void expiredTicketIsRefused() throws Exception {
    String token = server.token("T-0042");
    server.clock.forward(Duration.ofHours(24));
    assertEquals(
        Refusal.TICKET_INVALID, Agent.refusal(enroll(Agent.stranger(server, "T-0042"), token)));
  }

  @Test
  void ticketLivesAtMostADayAndOnlyForAKnownOrganAndAFreeAssetNumber() throws Exception {
    Tickets tickets = server.context.getBean(Tickets.class);
    Duration day = Duration.ofHours(24);
    assertEquals(
        new Tickets.Made.Refused(Tickets.Why.BAD_VALIDITY),
        tickets.make("T-1", "mayor", day.plusSeconds(1)));
    assertEquals(
        new Tickets.Made.Refused(Tickets.Why.BAD_VALIDITY),
        tickets.make("T-1", "mayor", Duration.ZERO));
    assertEquals(
        new Tickets.Made.Refused(Tickets.Why.BAD_ORGAN), tickets.make("T-1", "nobody", day));
    assertEquals(
        new Tickets.Made.Refused(Tickets.Why.BAD_ORGAN), tickets.make("T-1", "system", day));
    assertEquals(
        new Tickets.Made.Refused(Tickets.Why.BAD_TERMINAL), tickets.make("42", "mayor", day));
    Agent _ = server.enrolled("T-0042");
    assertEquals(
        new Tickets.Made.Refused(Tickets.Why.REGISTERED), tickets.make("T-0042", "mayor", day));
  }

  @Test
  void weakMalformedOrUnprovedRequestIsRefusedAndConsumesNothing() throws Exception {
    String token = server.token("T-0042");
    Agent agent = Agent.stranger(server, "T-0042");
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    KeyPair other = Agent.newPair("secp256r1");
    KeyPair mixed = new KeyPair(agent.pair.getPublic(), other.getPrivate());
    byte[] good = Base64Url.decode(agent.csr());
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 1;
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    List<String> bad =
        List.of(
            Agent.csr(Agent.newPair("secp384r1"), "SHA256withECDSA"),
            Agent.csr(rsa.generateKeyPair(), "SHA256withRSA"),
            Agent.csr(agent.pair, "SHA512withECDSA"),
            Agent.csr(mixed, "SHA256withECDSA"),
            Base64Url.encode(flipped),
            Base64Url.encode(longer),
            Base64Url.encode(new byte[0]),
            Base64Url.encode(new byte[60_000 / 4 * 3 / 2]),
            "not base64url!");
    for (String csr : bad) {
      assertEquals(
          Refusal.CSR_INVALID,
          Agent.refusal(agent.post(ENROLL, new EnrollRequest(token, csr, "0.1.0"))),
          csr);
    }
    assertEquals("pending", reply(enroll(agent, token)).state());
  }

  @Test
  void keyOfAnotherTerminalCannotBeEnrolledAgain() throws Exception {
    Agent agent = server.enrolled("T-0042");
    String token = server.token("T-0043");
    assertEquals(Refusal.CSR_INVALID, Agent.refusal(enroll(agent, token)));
  }

  @Test
  void revokedTerminalStartsAnewWithANewTicketAndANewKeyOnly() throws Exception {
    Agent old = server.active("T-0042");
    Registration registration = server.context.getBean(Registration.class);
    assertEquals(Registration.Outcome.DONE, registration.revoke("T-0042"));
    assertEquals(List.of("revoked T-0042"), server.observed.told);
    assertEquals(Registration.Outcome.ALREADY_REVOKED, registration.revoke("T-0042"));
    String token = server.token("T-0042");
    assertEquals(Refusal.CSR_INVALID, Agent.refusal(enroll(old, token)));
    assertEquals("pending", reply(enroll(Agent.stranger(server, "T-0042"), token)).state());
    assertEquals(Refusal.DEVICE_CERT_FOREIGN, Agent.refusal(old.heartbeat(null)));
  }

  @Test
  void confirmationNeedsTheFingerprintOfTheKey() throws Exception {
    Agent agent = server.enrolled("T-0042");
    Registration registration = server.context.getBean(Registration.class);
    String other = Fingerprint.of(Agent.newPair("secp256r1").getPublic().getEncoded());
    assertEquals(Registration.Outcome.OTHER_FINGERPRINT, registration.confirm("T-0042", other));
    assertEquals(Registration.Outcome.OTHER_FINGERPRINT, registration.confirm("T-0042", ""));
    assertEquals(Registration.Outcome.UNKNOWN, registration.confirm("T-0001", agent.fingerprint()));
    assertEquals(Terminal.State.PENDING, server.row("T-0042").state());
    assertEquals(
        Registration.Outcome.DONE,
        registration.confirm(
            "T-0042", " " + agent.fingerprint().toLowerCase(java.util.Locale.ROOT)));
    assertEquals(
        Registration.Outcome.ALREADY_ACTIVE, registration.confirm("T-0042", agent.fingerprint()));
    assertTrue(server.entries("mayor").contains("terminal.confirmed"));
  }

  @Test
  void renewalGivesANewCertificateOfTheSameKey() throws Exception {
    Agent agent = server.active("T-0042");
    server.clock.forward(Duration.ofDays(45));
    EnrollReply reply = reply(agent.post(RENEW, new RenewRequest(agent.csr())));
    assertEquals("active", reply.state());
    assertEquals(server.row("T-0042").notAfter(), certificate(reply).getNotAfter().toInstant());
    server.clock.forward(Duration.ofDays(80));
    assertEquals(200, agent.with(reply).heartbeat(null).statusCode());
    assertEquals(Refusal.DEVICE_CERT_EXPIRED, Agent.refusal(agent.heartbeat(null)));
    assertTrue(server.entries("mayor").contains("terminal.renewed"));
  }

  @Test
  void renewalWithAnotherKeyIsRefused() throws Exception {
    Agent agent = server.active("T-0042");
    String csr = Agent.csr(Agent.newPair("secp256r1"), "SHA256withECDSA");
    assertEquals(Refusal.CSR_INVALID, Agent.refusal(agent.post(RENEW, new RenewRequest(csr))));
    assertTrue(server.entries("mayor").contains("terminal.refused CSR_INVALID"));
  }

  @Test
  void certificateExpiredByThirtyDaysStillRenewsAndByMoreDoesNot() throws Exception {
    Agent agent = server.active("T-0042");
    server.clock.forward(Duration.between(server.clock.instant(), server.row("T-0042").notAfter()));
    server.clock.forward(Duration.ofDays(30));
    EnrollReply reply = reply(agent.post(RENEW, new RenewRequest(agent.csr())));
    assertEquals(200, agent.with(reply).heartbeat(null).statusCode());
    server.clock.forward(Duration.ofSeconds(1));
    assertEquals(
        Refusal.DEVICE_CERT_EXPIRED,
        Agent.refusal(agent.post(RENEW, new RenewRequest(agent.csr()))));
  }

  @Test
  void certificateThatTheJvmTooCallsExpiredReachesTheFilter() throws Exception {
    Duration back = Duration.ofDays(100);
    try (RunningServer old = RunningServer.startAt(server.clock.instant().minus(back))) {
      Agent agent = old.active("T-0042");
      old.clock.forward(back);
      assertEquals(Refusal.DEVICE_CERT_EXPIRED, Agent.refusal(agent.heartbeat(null)));
      EnrollReply reply = reply(agent.post(RENEW, new RenewRequest(agent.csr())));
      assertEquals(200, agent.with(reply).heartbeat(null).statusCode());
    }
  }

  /** Tests with a date of their own last as long as the tests, not as their certificates. */
  @ParameterizedTest
  @ValueSource(ints = {-8, 8})
  void onlyTheServicesClockDecidesInWhateverYearTheTestsRun(int years) throws Exception {
    Instant then = server.clock.instant().plus(Duration.ofDays(365L * years));
    try (RunningServer other = RunningServer.startAt(then)) {
      Agent agent = other.active("T-0042");
      assertEquals(200, agent.heartbeat(null).statusCode());
      other.clock.forward(DeviceCa.LIFE);
      assertEquals(Refusal.DEVICE_CERT_EXPIRED, Agent.refusal(agent.heartbeat(null)));
    }
  }

  @Test
  void tamperedInvitationIsNotUsed() throws Exception {
    String token = server.token("T-0042");
    int _ =
        server
            .installation
            .database()
            .writer()
            .sequence(handle -> handle.execute("update invitation set terminal = 'T-0001'"));
    assertEquals(
        Refusal.STATE_TAMPERED, Agent.refusal(enroll(Agent.stranger(server, "T-0001"), token)));
    server.awaitEntry("system", "service.state-tampered STATE_TAMPERED");
  }
}
