package jp.sekisho.agent.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import jp.sekisho.agent.cli.AgentService;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.enforce.Gates;
import jp.sekisho.agent.enroll.EnrollOutcome;
import jp.sekisho.agent.enroll.Enrollment;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.FakeService;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the ticket's root hash to rules that a restarted, cut-off terminal still has. */
class PolicyAtServiceTest {
  @TempDir Path temp;

  @Test
  @DisplayName("the ticket's root is pinned; what it vouches for is fetched, kept and recorded")
  void fetched() throws Exception {
    Instant now = Instant.now();
    SignedSet set = new SignedSet(now);
    TrustBundle bundle = set.bundle(1, now, List.of(), Map.of());
    StateDirectory state = new StateDirectory(temp.resolve("state"));
    try (FakeService service = FakeService.start()) {
      service.overrides.put(
          "policy", exchange -> FakeService.answer(exchange, 200, bundle.bytes()));
      EnrollmentTicket open = service.ticket();
      EnrollmentTicket ticket =
          new EnrollmentTicket(open.url(), open.token(), set.rootHash(), open.serverCaHash());
      assertInstanceOf(
          EnrollOutcome.Done.class,
          new Enrollment(
                  state,
                  List.of(ReaderRoles.Rule.parse("Staff*=staff")),
                  47621,
                  "test",
                  Duration.ofSeconds(20))
              .enroll(ticket.text()));
      try (AgentService agent = start(state)) {
        Await.until(
            "the policy is recorded at the service",
            () ->
                service.records.stream()
                    .anyMatch(record -> record.type().equals("policy.accepted")));
        assertTrue(agent.loopback().getPort() > 0);
      }
    }
    assertTrue(Files.exists(state.trust().resolve("bundle")));
    TrustedState kept =
        TrustedPolicies.kept(state.trust(), "mayor", "T-0042", set.rootHash()).orElseThrow();
    assertEquals(1, kept.signedPolicy().version());
    assertTrue(TrustedPolicies.kept(state.trust(), "mayor", "T-0042", null).isEmpty());
    assertTrue(
        TrustedPolicies.kept(state.trust(), "education", "T-0042", set.rootHash()).isEmpty());
  }

  private AgentService start(StateDirectory state) throws Exception {
    return AgentService.start(
        new AgentService.Options(
            state,
            temp.resolve("run").resolve("agent.sock"),
            0,
            Gates.NOT_ENFORCING,
            LocalPresence.ANYBODY,
            "test"));
  }
}
