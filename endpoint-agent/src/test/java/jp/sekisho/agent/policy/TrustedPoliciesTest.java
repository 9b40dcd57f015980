package jp.sekisho.agent.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.TrustEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedPoliciesTest {
  private static final String CARD = Sha256.text(new byte[] {1});

  private final Instant start = Instant.parse("2026-11-21T05:00:00Z");
  private final SignedSet set = new SignedSet(start);
  private final List<AgentEvent> records = new ArrayList<>();
  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private Instant now = start;
  private Reply<Optional<byte[]>> answer = new Reply.Unreachable<>("cut");
  private @Nullable String asked;
  private boolean spoolFull;

  @TempDir Path folder;

  @AfterEach
  void stop() {
    scheduler.shutdownNow();
  }

  private TrustedPolicies policies() {
    return policies(set.rootHash());
  }

  private TrustedPolicies policies(@Nullable String rootHash) {
    return new TrustedPolicies(
        folder.resolve("trust"),
        "mayor",
        "T-TAX-01",
        rootHash,
        tag -> {
          asked = tag;
          return answer;
        },
        event -> {
          if (spoolFull) {
            throw new SpoolException(SpoolException.Code.SPOOL_FULL, "full");
          }
          records.add(event);
        },
        () -> now,
        new Random(1),
        scheduler);
  }

  private TrustBundle bundle(long version, Duration later) {
    return set.bundle(version, start.plus(later), List.of(), Map.of(CARD, "S-1024"));
  }

  private void serve(TrustBundle bundle) {
    answer = new Reply.Ok<>(Optional.of(bundle.bytes()));
  }

  private TrustEvent.Refused refusal() {
    return assertInstanceOf(TrustEvent.Refused.class, records.get(records.size() - 1));
  }

  @Test
  @DisplayName("what the pinned root vouches for counts, is recorded once and told to listeners")
  void accepted() {
    TrustedPolicies policies = policies();
    List<TrustedState> told = new ArrayList<>();
    policies.onChange(told::add);
    assertTrue(policies.current().isEmpty());
    serve(bundle(1, Duration.ZERO));
    policies.refresh();
    TrustedState state = policies.current().orElseThrow();
    assertEquals("S-1024", state.roster().personOf(CARD).orElseThrow());
    assertTrue(state.trial());
    assertEquals(List.of(state), told);
    TrustEvent.Accepted record = assertInstanceOf(TrustEvent.Accepted.class, records.get(0));
    assertEquals(1, record.policyVersion());
    answer = new Reply.Ok<>(Optional.empty());
    policies.refresh();
    assertEquals(bundle(1, Duration.ZERO).tag().length(), String.valueOf(asked).length());
    assertEquals(1, records.size());
  }

  @Test
  @DisplayName("last good rules load at boot without the net, also when current ran out")
  void reboot() {
    TrustedPolicies first = policies();
    serve(bundle(1, Duration.ZERO));
    first.refresh();
    now = start.plus(Duration.ofDays(3));
    TrustedState state = policies().current().orElseThrow();
    assertEquals(first.current().orElseThrow(), state);
    assertTrue(state.currentExpired(now));
    assertFalse(state.rulesExpired(now));
  }

  @Test
  @DisplayName(
      "an older set is refused and recorded, also after a restart; the last good one stays")
  void older() {
    TrustedPolicies policies = policies();
    serve(bundle(2, Duration.ofSeconds(10)));
    policies.refresh();
    TrustedPolicies restarted = policies();
    serve(bundle(1, Duration.ofSeconds(20)));
    restarted.refresh();
    assertEquals(Refusal.POLICY_OLDER, refusal().reason());
    assertEquals(2, restarted.current().orElseThrow().signedPolicy().version());
    int recorded = records.size();
    restarted.refresh();
    assertEquals(recorded, records.size());
  }

  @Test
  @DisplayName("a flipped byte anywhere is refused and recorded, and nothing is kept of it")
  void flipped() {
    TrustedPolicies policies = policies();
    byte[] good = bundle(1, Duration.ZERO).bytes();
    for (int at = 0; at < good.length; at += 7) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      answer = new Reply.Ok<>(Optional.of(bad));
      policies.refresh();
      assertTrue(policies.current().isEmpty(), "byte " + at);
      assertInstanceOf(TrustEvent.Refused.class, records.get(records.size() - 1), "byte " + at);
    }
    assertFalse(Files.exists(folder.resolve("trust").resolve("bundle")));
  }

  @Test
  @DisplayName("another installation's files are not this terminal's, whatever the service says")
  void foreignRoot() {
    serve(bundle(1, Duration.ZERO));
    TrustedPolicies policies = policies(Sha256.text(new byte[] {9}));
    policies.refresh();
    assertEquals(Refusal.ROOT_NOT_PINNED, refusal().reason());
    assertTrue(policies.current().isEmpty());
  }

  @Test
  @DisplayName("a terminal whose ticket named no root trusts nothing and does not ask")
  void noPin() {
    serve(bundle(1, Duration.ZERO));
    TrustedPolicies policies = policies(null);
    policies.start();
    policies.refresh();
    assertTrue(policies.current().isEmpty());
    assertTrue(records.isEmpty());
  }

  @Test
  @DisplayName("what cannot be recorded does not count, and does at the next try")
  void spoolFull() {
    TrustedPolicies policies = policies();
    serve(bundle(1, Duration.ZERO));
    spoolFull = true;
    policies.refresh();
    assertTrue(policies.current().isEmpty());
    spoolFull = false;
    policies.refresh();
    assertTrue(policies.current().isPresent());
  }

  @Test
  @DisplayName("what cannot be kept does not count")
  void diskFull() throws IOException {
    Files.writeString(folder.resolve("trust"), "not a directory");
    TrustedPolicies policies = policies();
    serve(bundle(1, Duration.ZERO));
    policies.refresh();
    assertTrue(policies.current().isEmpty());
  }

  @Test
  @DisplayName("kept files that somebody changed on the disk do not count, and that is recorded")
  void changedOnDisk() throws IOException {
    TrustedPolicies policies = policies();
    serve(bundle(1, Duration.ZERO));
    policies.refresh();
    Path file = folder.resolve("trust").resolve("bundle");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertTrue(policies().current().isEmpty());
    assertInstanceOf(TrustEvent.Refused.class, records.get(records.size() - 1));
  }

  @Test
  @DisplayName("while the line is cut, or the service refuses, the last good rules stay")
  void unreachable() {
    TrustedPolicies policies = policies();
    serve(bundle(1, Duration.ZERO));
    policies.refresh();
    int recorded = records.size();
    answer = new Reply.Unreachable<>("cut");
    policies.refresh();
    answer = new Reply.Refused<>(Refusal.POLICY_MISSING, "POLICY_MISSING");
    policies.refresh();
    assertTrue(policies.current().isPresent());
    assertEquals(recorded, records.size());
  }

  @Test
  @DisplayName("the daily renewal of current is no news for the log")
  void renewal() {
    TrustedPolicies policies = policies();
    TrustBundle first = bundle(1, Duration.ZERO);
    serve(first);
    policies.refresh();
    TrustBundle later = set.renewed(first, start.plus(Duration.ofHours(12)));
    now = start.plus(Duration.ofHours(12));
    serve(later);
    policies.refresh();
    assertFalse(policies.current().orElseThrow().currentExpired(now.plus(Duration.ofHours(23))));
    assertEquals(1, records.size());
  }
}
