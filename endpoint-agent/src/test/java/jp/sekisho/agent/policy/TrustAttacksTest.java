package jp.sekisho.agent.policy;

import static jp.sekisho.agent.policy.Installation.MAYOR;
import static jp.sekisho.agent.policy.Installation.TAX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.sync.PinnedTls;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.agent.testing.FakeService;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.TrustEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The attacks of The Update Framework's list, and a restored database and a stolen online key,
 * against what the agent runs: each is refused with a recorded reason, and the old set stays, also
 * after a restart.
 *
 * <p>Past 400 lines: a case for each attack.
 */
class TrustAttacksTest {
  private static final String CARD = Sha256.text(new byte[] {1});
  private static final String LOST = Sha256.text(new byte[] {2});

  private final Instant start = Instant.parse("2026-11-21T05:00:00Z");
  private final Installation home = new Installation(start);
  private final List<AgentEvent> records = new ArrayList<>();
  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private Instant now = start;
  private Reply<Optional<byte[]>> answer = new Reply.Unreachable<>("cut");

  @TempDir Path folder;

  @AfterEach
  void stop() {
    scheduler.shutdownNow();
  }

  private TrustedPolicies agent() {
    return agent(tag -> answer);
  }

  private TrustedPolicies agent(TrustedPolicies.Source source) {
    return new TrustedPolicies(
        folder.resolve("trust"),
        "mayor",
        "T-TAX-01",
        home.pin(),
        source,
        records::add,
        () -> now,
        new Random(1),
        scheduler);
  }

  /** An agent that accepted the installation's set as it is. */
  private TrustedPolicies atWork() {
    TrustedPolicies agent = agent();
    fetch(agent, home.serve(now));
    assertInstanceOf(TrustEvent.Accepted.class, records.get(records.size() - 1));
    return agent;
  }

  private void fetch(TrustedPolicies agent, TrustBundle bundle) {
    answer = new Reply.Ok<>(Optional.of(bundle.bytes()));
    agent.refresh();
  }

  /** The set is refused for this reason, here and after a restart, and what counted still does. */
  private void refused(Refusal reason, TrustedPolicies agent, TrustBundle bundle) {
    TrustedState before = agent.current().orElseThrow();
    for (TrustedPolicies one : List.of(agent, agent())) {
      fetch(one, bundle);
      TrustEvent.Refused refusal =
          assertInstanceOf(TrustEvent.Refused.class, records.get(records.size() - 1));
      assertEquals(reason, refusal.reason(), refusal.what());
      assertEquals(before, one.current().orElseThrow());
    }
    assertSame(before, agent.current().orElseThrow());
  }

  private void later(Duration time) {
    now = now.plus(time);
  }

  @Test
  @DisplayName("TUF rollback: an older policy, layer, roster, root or current is refused")
  void rollback() {
    SignedFile policy = home.policy;
    SignedFile layer = home.layers.get(TAX);
    SignedFile roster = home.roster;
    home.policy = Installation.policy(2, start, List.of(), home.first, home.third);
    home.layers.put(TAX, Installation.layer(TAX, 2, start, 9, home.delegate));
    home.roster = home.roster(2, start, Map.of());
    TrustedPolicies agent = atWork();
    TrustBundle newest = home.serve(start);
    later(Duration.ofMinutes(1));
    refused(Refusal.POLICY_OLDER, agent, home.serve(start.minusSeconds(1)));
    home.policy = policy;
    refused(Refusal.POLICY_OLDER, agent, home.serve(now));
    home.policy = newest.policy();
    home.layers.put(TAX, layer);
    refused(Refusal.POLICY_OLDER, agent, home.serve(now));
    home.layers.put(TAX, Installation.layer(TAX, 2, start, 9, home.delegate));
    home.roster = roster;
    refused(Refusal.POLICY_OLDER, agent, home.serve(now));
    home.roster = newest.roster();
    home.layers.put(TAX, newest.layers().get(1));
    home.roots.add(home.root(2, now, List.of(), home.first, home.second));
    fetch(agent, home.serve(now));
    home.roots.remove(1);
    refused(Refusal.POLICY_OLDER, agent, home.serve(now.plusSeconds(1)));
  }

  @Test
  @DisplayName(
      "TUF indefinite freeze: the old set is told apart by its age, and lets nothing start")
  void freeze() {
    TrustedPolicies agent = atWork();
    TrustBundle frozen = home.serve(start);
    later(Duration.ofHours(25));
    fetch(agent, frozen);
    TrustedState state = agent.current().orElseThrow();
    assertTrue(state.currentExpired(now));
    assertFalse(state.rulesExpired(now));
    // A terminal that has nothing yet does not begin with it.
    TrustedPolicies fresh =
        new TrustedPolicies(
            folder.resolve("fresh"),
            "mayor",
            "T-TAX-01",
            home.pin(),
            tag -> answer,
            records::add,
            () -> now,
            new Random(1),
            scheduler);
    fetch(fresh, frozen);
    assertTrue(fresh.current().isEmpty());
    later(Duration.ofDays(400));
    assertTrue(state.rulesExpired(now));
  }

  @Test
  @DisplayName("TUF mix-and-match: files that current does not name together are refused")
  void mixAndMatch() {
    TrustedPolicies agent = atWork();
    TrustBundle old = home.serve(start);
    later(Duration.ofMinutes(1));
    home.policy = Installation.policy(2, start, List.of(), home.first, home.second);
    home.layers.put(TAX, Installation.layer(TAX, 2, start, 9, home.delegate));
    home.roster = home.roster(2, start, Map.of());
    TrustBundle next = home.serve(now);
    refused(
        Refusal.POLICY_MISMATCH,
        agent,
        new TrustBundle(next.roots(), old.policy(), next.layers(), next.roster(), next.current()));
    refused(
        Refusal.POLICY_MISMATCH,
        agent,
        new TrustBundle(next.roots(), next.policy(), old.layers(), next.roster(), next.current()));
    refused(
        Refusal.POLICY_MISMATCH,
        agent,
        new TrustBundle(next.roots(), next.policy(), next.layers(), old.roster(), next.current()));
  }

  @Test
  @DisplayName("TUF fast-forward: a current of tomorrow would shut out today's, and is refused")
  void fastForward() {
    TrustedPolicies agent = atWork();
    refused(Refusal.POLICY_EXPIRED, agent, home.serve(start.plus(Duration.ofDays(1))));
    fetch(agent, home.serve(start.plus(TrustVerifier.CLOCK_TOLERANCE)));
    assertInstanceOf(TrustEvent.Accepted.class, records.get(0));
  }

  @Test
  @DisplayName("TUF fast-forward recovery: a root without the stolen key lets versions begin anew")
  void fastForwardRecovery() {
    home.roster = home.roster(1L << 53, start, Map.of());
    home.layers.put(TAX, Installation.layer(TAX, 1L << 53, start, 10, home.delegate));
    TrustedPolicies agent = atWork();
    later(Duration.ofMinutes(1));
    home.roster = home.roster(5, now, Map.of());
    refused(Refusal.POLICY_OLDER, agent, home.serve(now));
    home.online = FileSigner.of(TestPki.newKeys());
    home.roots.add(home.root(2, now, List.of(), home.second, home.third));
    home.roster = home.roster(5, now, Map.of());
    later(Duration.ofSeconds(1));
    fetch(agent, home.serve(now));
    assertEquals(5, agent.current().orElseThrow().signedRoster().version());
    // The delegate kept his key, so his version still binds.
    home.layers.put(TAX, Installation.layer(TAX, 3, now, 10, home.first, home.second));
    later(Duration.ofSeconds(1));
    refused(Refusal.POLICY_OLDER, agent, home.serve(now));
  }

  @Test
  @DisplayName("TUF wrong key: one officer of two, the online key and a stranger write no rule")
  void wrongKey() {
    TrustedPolicies agent = atWork();
    later(Duration.ofMinutes(1));
    FileSigner stranger = FileSigner.of(TestPki.newKeys());
    List<FileSigner[]> wrong =
        List.of(
            new FileSigner[] {home.first},
            new FileSigner[] {home.online},
            new FileSigner[] {home.first, home.online},
            new FileSigner[] {home.first, stranger});
    SignedFile good = home.policy;
    for (FileSigner[] by : wrong) {
      home.policy = Installation.policy(2, now, List.of(), by);
      refused(Refusal.POLICY_SIGNATURE, agent, home.serve(now));
    }
    home.policy = Installation.policy(2, now, List.of(), home.first, home.delegate);
    refused(Refusal.POLICY_DELEGATE, agent, home.serve(now));
    home.policy = good;
    for (FileSigner by : List.of(home.first, home.online, stranger)) {
      home.layers.put(TAX, Installation.layer(TAX, 2, now, 9, by));
      refused(Refusal.POLICY_SIGNATURE, agent, home.serve(now));
    }
    home.roots.add(home.root(2, now, List.of(), home.first, home.online));
    refused(Refusal.POLICY_SIGNATURE, agent, home.serve(now));
  }

  @Test
  @DisplayName("TUF arbitrary bytes: no bytes and no change of what a good set says are taken")
  void arbitraryBytes() {
    TrustedPolicies agent = atWork();
    TrustedState before = agent.current().orElseThrow();
    later(Duration.ofMinutes(1));
    byte[] good = home.serve(now).bytes();
    Random random = new Random(7);
    TrustedState last = before;
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(3000)];
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        bytes = good.clone();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
      }
      answer = new Reply.Ok<>(Optional.of(bytes));
      agent.refresh();
      TrustedState after = agent.current().orElseThrow();
      if (i % 2 != 0) {
        assertSame(last, after, "random bytes were taken in round " + i);
        assertInstanceOf(TrustEvent.Refused.class, records.get(records.size() - 1));
      }
      // A byte of a signature that is one more than needed changes nothing that is said.
      assertEquals(said(before), said(after), "round " + i);
      assertEquals(before.signedRoot().hash(), after.signedRoot().hash(), "round " + i);
      assertEquals(before.signedPolicy().hash(), after.signedPolicy().hash(), "round " + i);
      assertEquals(before.signedRoster().hash(), after.signedRoster().hash(), "round " + i);
      last = after;
    }
  }

  private static List<Object> said(TrustedState state) {
    return List.of(state.policy(), state.layers(), state.signedRoster().body(), state.revoked());
  }

  @Test
  @DisplayName("TUF endless data and slow retrieval: given up, and what counted still does")
  void endlessAndSlow() throws Exception {
    TrustedPolicies working = atWork();
    TrustedState before = working.current().orElseThrow();
    try (FakeService service = FakeService.start()) {
      ServiceClient client = client(service, Duration.ofSeconds(20));
      ServiceClient hurried = client(service, Duration.ofSeconds(1));
      service.overrides.put(
          "policy",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
              while (true) {
                out.write(new byte[64 << 10]);
              }
            } catch (IOException e) {
              // The agent hung up, as it should.
            }
          });
      assertInstanceOf(Reply.Unreachable.class, client.policy(null));
      agent(client::policy).refresh();
      CountDownLatch givenUp = new CountDownLatch(1);
      service.overrides.put(
          "policy",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
              // One byte at a time, so that no single read waits long, until the agent is through.
              for (byte one : home.serve(start).bytes()) {
                out.write(one);
                out.flush();
                if (givenUp.await(20, TimeUnit.MILLISECONDS)) {
                  return;
                }
              }
            } catch (IOException | InterruptedException e) {
              // The agent hung up, as it should.
            }
          });
      assertInstanceOf(Reply.Unreachable.class, hurried.policy(null));
      TrustedPolicies restarted = agent(hurried::policy);
      restarted.refresh();
      givenUp.countDown();
      assertEquals(before, restarted.current().orElseThrow());
    }
  }

  private static ServiceClient client(FakeService service, Duration timeout) throws Exception {
    DeviceKey key = DeviceKey.generate();
    List<String> made = service.certify(Base64Url.encode(key.certificateRequest())).certificates();
    return new ServiceClient(
        service.uri(),
        PinnedTls.context(
            service.serverCa.certificate(),
            key,
            List.of(
                StateDirectory.certificate(Base64Url.decode(made.get(0))),
                StateDirectory.certificate(Base64Url.decode(made.get(1))))),
        timeout);
  }

  @Test
  @DisplayName("restored database: the service's backup of last week is refused as older")
  void restoredDatabase() {
    TrustBundle backup = home.serve(start);
    later(Duration.ofDays(7));
    home.policy = Installation.policy(2, now, List.of(), home.first, home.second);
    TrustedPolicies agent = atWork();
    // Its current has run out; the service signs another over the rows it found.
    refused(Refusal.POLICY_OLDER, agent, backup);
    home.policy = backup.policy();
    later(Duration.ofMinutes(1));
    refused(Refusal.POLICY_OLDER, agent, home.serve(now));
  }

  @Test
  @DisplayName("stolen online key: no rule, approver or officer changes, and no layer goes missing")
  void stolenOnlineKey() {
    TrustedPolicies agent = atWork();
    TrustedState before = agent.current().orElseThrow();
    assertEquals(Duration.ofMinutes(10), before.policy().login().sessionIdle().value());
    later(Duration.ofMinutes(1));
    SignedFile good = home.policy;
    home.policy =
        Installation.policy(2, now, List.of(new Approver("S-6666", "mayor", CARD)), home.online);
    refused(Refusal.POLICY_SIGNATURE, agent, home.serve(now));
    home.policy = good;
    for (var scope : List.of(TAX, MAYOR)) {
      SignedFile layer = home.layers.remove(scope);
      refused(Refusal.POLICY_LAYER_MISSING, agent, home.serve(now));
      home.layers.put(scope, layer);
    }
    // It can name a card where it should not, and deny service; that is all.
    home.roster = home.roster(2, now, Map.of(CARD, "S-1024"));
    fetch(agent, home.serve(now, LOST));
    TrustedState after = agent.current().orElseThrow();
    assertEquals(before.policy(), after.policy());
    assertEquals("S-1024", after.roster().personOf(CARD).orElseThrow());
    assertTrue(after.isRevoked(LOST));
    later(Duration.ofMinutes(1));
    fetch(agent, home.serve(now));
    assertTrue(agent.current().orElseThrow().isRevoked(LOST));
    assertTrue(agent().current().orElseThrow().isRevoked(LOST));
    home.roots.add(home.root(2, now, List.of(LOST), home.first, home.third));
    later(Duration.ofMinutes(1));
    fetch(agent, home.serve(now));
    assertFalse(agent.current().orElseThrow().isRevoked(LOST));
  }
}
