package jp.sekisho.policy.trust;

import static jp.sekisho.policy.trust.TrustScene.CARD;
import static jp.sekisho.policy.trust.TrustScene.LOST_CARD;
import static jp.sekisho.policy.trust.TrustScene.NOW;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import jp.sekisho.policy.Policy;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The attacks of The Update Framework's list, and ours, against what a terminal asks.
 *
 * <p>Past 400 lines: a case for each attack.
 */
class TrustVerifierTest {
  private final TrustScene scene = new TrustScene();
  private final TrustVerifier verifier = scene.verifier();

  private TrustedState accepted() {
    return accepted(null, NOW);
  }

  private TrustedState accepted(@Nullable TrustedState old, Instant now) {
    TrustOutcome outcome = verifier.accept(old, scene.bundle(), now);
    return assertInstanceOf(TrustOutcome.Accepted.class, outcome, outcome::toString).state();
  }

  private void rejected(Refusal reason, @Nullable TrustedState old) {
    rejected(reason, old, NOW);
  }

  private void rejected(Refusal reason, @Nullable TrustedState old, Instant now) {
    TrustOutcome outcome = verifier.accept(old, scene.bundle(), now);
    assertEquals(
        reason,
        assertInstanceOf(TrustOutcome.Rejected.class, outcome, outcome::toString).reason(),
        outcome::toString);
  }

  @Test
  @DisplayName("the pinned root, its officers' policy and its online key's lists are accepted")
  void good() throws MalformedException {
    TrustedState state = accepted();
    assertEquals("S-1024", state.roster().personOf(CARD).orElseThrow());
    assertTrue(state.roster().personOf("unknown").isEmpty());
    assertEquals(Policy.parse(TrustScene.policyBody()), state.policy());
    assertTrue(state.trial());
    assertFalse(state.rulesExpired(NOW));
    assertEquals(scene.policy.hash(), state.signedPolicy().hash());
    // The same again is no rollback.
    assertEquals(state, accepted(state, NOW.plusSeconds(60)));
  }

  @Test
  @DisplayName("one flipped bit of any byte of the bundle is refused, never half accepted")
  void flips() {
    byte[] bytes = scene.bundle().bytes();
    for (int at = 0; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) (1 << (at % 8));
      TrustBundle bundle;
      try {
        bundle = TrustBundle.parse(changed);
      } catch (MalformedException e) {
        continue;
      }
      TrustOutcome outcome = verifier.accept(null, bundle, NOW);
      assertInstanceOf(TrustOutcome.Rejected.class, outcome, "byte " + at);
    }
  }

  @Test
  @DisplayName("a bundle cut short or with bytes behind it is malformed")
  void endless() {
    byte[] bytes = scene.bundle().bytes();
    for (int length : new int[] {0, 1, 17, 40, bytes.length / 2, bytes.length - 1}) {
      assertThrows(MalformedException.class, () -> TrustBundle.parse(Arrays.copyOf(bytes, length)));
    }
    assertThrows(
        MalformedException.class, () -> TrustBundle.parse(Arrays.copyOf(bytes, bytes.length + 1)));
    assertThrows(
        MalformedException.class, () -> TrustBundle.parse(new byte[TrustBundle.MAX_BYTES + 1]));
  }

  @Test
  @DisplayName("another root than the pinned one is refused, however well signed")
  void notPinned() {
    scene.roots.set(0, scene.root(1, 1, List.of(scene.officer2), List.of(scene.officer2), true));
    scene.policy = scene.policy(1, scene.officer2);
    scene.current = scene.current(NOW, scene.online);
    rejected(Refusal.ROOT_NOT_PINNED, null);
  }

  @Test
  @DisplayName("wrong key: a policy by a stranger or by the online key is refused")
  void wrongKey() {
    for (FileSigner stranger : List.of(scene.officer2, scene.online)) {
      scene.policy = scene.policy(1, stranger);
      scene.current = scene.current(NOW, scene.online);
      rejected(Refusal.POLICY_SIGNATURE, null);
    }
  }

  @Test
  @DisplayName("wrong key: current and roster by an officer or a stranger are refused")
  void wrongOnlineKey() {
    scene.current = scene.current(NOW, scene.officer1);
    rejected(Refusal.POLICY_SIGNATURE, null);
    scene.roster = scene.roster(1, "mayor", scene.officer1);
    scene.current = scene.current(NOW, scene.online);
    rejected(Refusal.POLICY_SIGNATURE, null);
  }

  @Test
  @DisplayName("a further signature that nobody knows makes the whole file unsigned")
  void unknownSigner() {
    scene.policy = scene.policy(1, scene.officer1, scene.officer2);
    scene.current = scene.current(NOW, scene.online);
    rejected(Refusal.POLICY_SIGNATURE, null);
  }

  @Test
  @DisplayName("rollback: an older current, policy or roster is refused")
  void rollback() {
    scene.policy = scene.policy(2, scene.officer1);
    scene.roster = scene.roster(2, "mayor", scene.online);
    scene.current = scene.current(NOW, scene.online);
    TrustedState state = accepted();
    SignedFile newest = scene.current;
    scene.current = scene.current(NOW.minusSeconds(1), scene.online);
    rejected(Refusal.POLICY_OLDER, state);
    scene.current = newest;
    scene.policy = scene.policy(1, scene.officer1);
    scene.current = scene.current(NOW.plusSeconds(1), scene.online);
    rejected(Refusal.POLICY_OLDER, state);
    scene.policy = scene.policy(3, scene.officer1);
    scene.roster = scene.roster(1, "mayor", scene.online);
    scene.current = scene.current(NOW.plusSeconds(2), scene.online);
    rejected(Refusal.POLICY_OLDER, state);
  }

  @Test
  @DisplayName("two files of one version: the second is refused")
  void sameVersion() {
    TrustedState state = accepted();
    scene.policy =
        TrustScene.file(
            TrustKind.POLICY,
            null,
            1,
            NOW.minusSeconds(59),
            true,
            TrustScene.policyBody(),
            List.of(scene.officer1));
    scene.current = scene.current(NOW.plusSeconds(1), scene.online);
    rejected(Refusal.POLICY_MISMATCH, state);
  }

  @Test
  @DisplayName("mix-and-match: what current does not name is refused")
  void mixAndMatch() {
    TrustedState state = accepted();
    scene.policy = scene.policy(2, scene.officer1);
    rejected(Refusal.POLICY_MISMATCH, state);
    scene.current = scene.current(NOW.plusSeconds(1), scene.online);
    scene.roster = scene.roster(2, "mayor", scene.online);
    rejected(Refusal.POLICY_MISMATCH, state);
    scene.current = scene.current(NOW.plusSeconds(2), scene.online);
    scene.roots.add(scene.root(2, 1, List.of(scene.officer1), List.of(scene.officer1), true));
    rejected(Refusal.POLICY_MISMATCH, state);
  }

  @Test
  @DisplayName("wrong organ: another 機関's roster, and a policy for one 機関, are refused")
  void wrongOrgan() {
    scene.roster = scene.roster(1, "education", scene.online);
    scene.current = scene.current(NOW, scene.online);
    rejected(Refusal.POLICY_MISMATCH, null);
    scene.roster = scene.roster(1, "mayor", scene.online);
    scene.policy =
        TrustScene.file(
            TrustKind.POLICY,
            "mayor",
            1,
            NOW.minusSeconds(60),
            true,
            TrustScene.policyBody(),
            List.of(scene.officer1));
    TrustOutcome outcome =
        verifier.accept(null, scene.bundle(), NOW); // current still names the other one
    assertEquals(
        Refusal.POLICY_MISMATCH, assertInstanceOf(TrustOutcome.Rejected.class, outcome).reason());
    assertThrows(IllegalArgumentException.class, () -> scene.current(NOW, scene.online));
  }

  @Test
  @DisplayName("freeze and expiry: what ran out, or is from the future, is not accepted")
  void expired() {
    rejected(Refusal.POLICY_EXPIRED, null, NOW.plus(Duration.ofHours(24)));
    scene.current = scene.current(NOW.plus(Duration.ofDays(11)), scene.online);
    rejected(Refusal.POLICY_EXPIRED, null, NOW.plus(Duration.ofDays(11)));
    scene.current = scene.current(NOW.plus(Duration.ofDays(400)), scene.online);
    rejected(Refusal.POLICY_EXPIRED, null, NOW.plus(Duration.ofDays(400)));
  }

  @Test
  @DisplayName("fast-forward: a current of tomorrow would shut out today's, so it is refused")
  void fastForward() {
    scene.current = scene.current(NOW.plus(Duration.ofDays(1)), scene.online);
    rejected(Refusal.POLICY_EXPIRED, null);
    scene.current = scene.current(NOW.plus(TrustVerifier.CLOCK_TOLERANCE), scene.online);
    accepted();
  }

  @Test
  @DisplayName("k of n: two different officers, not one twice")
  void threshold() {
    List<FileSigner> three = List.of(scene.officer1, scene.officer2, scene.officer3);
    scene.roots.set(0, scene.root(1, 2, three, List.of(scene.officer1, scene.officer3), true));
    scene.policy = scene.policy(1, scene.officer1);
    scene.current = scene.current(NOW, scene.online);
    TrustVerifier pinned = scene.verifier();
    TrustOutcome one = pinned.accept(null, scene.bundle(), NOW);
    assertEquals(
        Refusal.POLICY_SIGNATURE, assertInstanceOf(TrustOutcome.Rejected.class, one).reason());
    scene.policy = scene.policy(1, scene.officer1, scene.officer2);
    scene.current = scene.current(NOW, scene.online);
    assertInstanceOf(TrustOutcome.Accepted.class, pinned.accept(null, scene.bundle(), NOW));
    // One key cannot stand twice in the header, nor have two signature lines.
    String id = scene.officer1.key().id();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            TrustHeader.of(
                TrustKind.POLICY,
                null,
                1,
                NOW,
                NOW.plusSeconds(1),
                true,
                List.of(id, id),
                new byte[0]));
    SignedFile single = scene.policy(1, scene.officer1);
    byte[] line = single.signatureFile();
    byte[] twice = Arrays.copyOf(line, 2 * line.length);
    System.arraycopy(line, 0, twice, line.length, line.length);
    assertThrows(
        MalformedException.class, () -> SignedFile.read(TrustKind.POLICY, single.file(), twice));
    // Nor can one key be two officers.
    assertThrows(
        IllegalArgumentException.class,
        () ->
            scene.root(
                1, 2, List.of(scene.officer1, scene.officer1), List.of(scene.officer1), true));
  }

  @Test
  @DisplayName("one officer suffices only in a trial, and trial and production never mix")
  void production() {
    scene.roots.set(0, scene.root(1, 1, List.of(scene.officer1), List.of(scene.officer1), false));
    scene.current = scene.current(NOW, scene.online);
    TrustOutcome outcome = scene.verifier().accept(null, scene.bundle(), NOW);
    assertEquals(
        Refusal.POLICY_MISMATCH, assertInstanceOf(TrustOutcome.Rejected.class, outcome).reason());
    List<FileSigner> two = List.of(scene.officer1, scene.officer2);
    scene.roots.set(0, scene.root(1, 2, two, two, false));
    scene.policy = scene.policy(1, scene.officer1, scene.officer2); // says trial
    scene.current = scene.current(NOW, scene.online);
    TrustOutcome mixed = scene.verifier().accept(null, scene.bundle(), NOW);
    assertEquals(
        Refusal.POLICY_MISMATCH, assertInstanceOf(TrustOutcome.Rejected.class, mixed).reason());
  }

  @Test
  @DisplayName("rotation: a new root counts when the old officers and the new ones signed it")
  void rotation() {
    TrustedState state = accepted();
    List<FileSigner> next = List.of(scene.officer2);
    for (List<FileSigner> by : List.of(next, List.of(scene.officer1))) {
      scene.roots.add(scene.root(2, 1, next, by, true));
      scene.policy = scene.policy(2, scene.officer2);
      scene.current = scene.current(NOW.plusSeconds(1), scene.online);
      rejected(Refusal.POLICY_SIGNATURE, state);
      rejected(Refusal.POLICY_SIGNATURE, null);
      scene.roots.remove(1);
    }
    scene.roots.add(scene.root(2, 1, next, List.of(scene.officer1, scene.officer2), true));
    scene.current = scene.current(NOW.plusSeconds(1), scene.online);
    TrustedState rotated = accepted(state, NOW);
    assertEquals(2, rotated.signedRoot().version());
    // From the pin alone the same end is reached, and the old root never again.
    assertEquals(2, accepted().signedRoot().version());
    scene.roots.remove(1);
    scene.policy = scene.policy(3, scene.officer1);
    scene.current = scene.current(NOW.plusSeconds(2), scene.online);
    rejected(Refusal.POLICY_OLDER, rotated);
  }

  @Test
  @DisplayName("a terminal enrolled after a rotation pins a root that an officer signed who left")
  void pinnedAfterRotation() {
    SignedFile second =
        scene.root(2, 1, List.of(scene.officer2), List.of(scene.officer1, scene.officer2), true);
    scene.roots.add(second);
    scene.policy = scene.policy(2, scene.officer2);
    scene.current = scene.current(NOW, scene.online);
    TrustVerifier late = new TrustVerifier("mayor", "T-TAX-01", second.hash());
    assertInstanceOf(TrustOutcome.Accepted.class, late.accept(null, scene.bundle(), NOW));
    SignedFile alone = scene.root(2, 1, List.of(scene.officer2), List.of(scene.officer1), true);
    scene.roots.set(1, alone);
    scene.current = scene.current(NOW, scene.online);
    TrustOutcome unsigned =
        new TrustVerifier("mayor", "T-TAX-01", alone.hash()).accept(null, scene.bundle(), NOW);
    assertEquals(
        Refusal.POLICY_SIGNATURE, assertInstanceOf(TrustOutcome.Rejected.class, unsigned).reason());
  }

  @Test
  @DisplayName("a terminal that missed a root follows the chain, one link at a time")
  void missedRotation() {
    TrustedState state = accepted();
    scene.roots.add(
        scene.root(2, 1, List.of(scene.officer2), List.of(scene.officer1, scene.officer2), true));
    SignedFile third =
        scene.root(3, 1, List.of(scene.officer3), List.of(scene.officer2, scene.officer3), true);
    scene.roots.add(third);
    scene.policy = scene.policy(2, scene.officer3);
    scene.current = scene.current(NOW.plusSeconds(1), scene.online);
    assertEquals(3, accepted(state, NOW).signedRoot().version());
    scene.roots.remove(1);
    rejected(Refusal.POLICY_SIGNATURE, state);
  }

  @Test
  @DisplayName("a revocation is sticky: the online key cannot take it back, officers can")
  void sticky() {
    scene.current = scene.current(NOW, scene.online, LOST_CARD);
    TrustedState state = accepted();
    assertTrue(state.isRevoked(LOST_CARD));
    scene.current = scene.current(NOW.plusSeconds(1), scene.online);
    state = accepted(state, NOW);
    assertTrue(state.isRevoked(LOST_CARD));
    assertFalse(state.isRevoked(CARD));
    TrustOutcome restored = verifier.restore(scene.bundle(), state.revoked());
    assertEquals(state, assertInstanceOf(TrustOutcome.Accepted.class, restored).state());
    scene.roots.add(
        scene.root(
            2, 1, List.of(scene.officer1), List.of(scene.officer1), true, List.of(LOST_CARD)));
    scene.current = scene.current(NOW.plusSeconds(2), scene.online);
    assertFalse(accepted(state, NOW).isRevoked(LOST_CARD));
  }

  /** {@code count} keys nobody has, different for each {@code batch}, ascending. */
  private static String[] random(int batch, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Sha256.text(new byte[] {(byte) batch, (byte) i, (byte) (i >> 8)}))
        .sorted()
        .toArray(String[]::new);
  }

  @Test
  @DisplayName("a stolen online key cannot revoke without end; another online key has room again")
  void revocationsWithoutEnd() {
    scene.current = scene.current(NOW, scene.online, LOST_CARD);
    TrustedState state = accepted();
    int second = 0;
    for (int batch = 0; batch < 2; batch++) {
      scene.current = scene.current(NOW.plusSeconds(++second), scene.online, random(batch, 4000));
      state = accepted(state, NOW);
    }
    assertEquals(8001, state.revoked().size());
    scene.current = scene.current(NOW.plusSeconds(++second), scene.online, random(2, 192));
    rejected(Refusal.POLICY_REVOCATIONS, state);
    scene.current = scene.current(NOW.plusSeconds(++second), scene.online, random(2, 191));
    state = accepted(state, NOW);
    assertEquals(TrustVerifier.MOST_REVOKED, state.revoked().size());
    assertTrue(state.isRevoked(LOST_CARD), "the earlier ones stay");
    // What names no further one is taken, full as it is.
    scene.current = scene.current(NOW.plusSeconds(++second), scene.online, LOST_CARD);
    state = accepted(state, NOW);
    FileSigner next = TrustScene.signer();
    scene.roots.add(scene.root(2, 1, List.of(scene.officer1), List.of(scene.officer1), true, next));
    scene.roster = scene.roster(2, "mayor", next);
    scene.current = scene.current(NOW.plusSeconds(++second), next, random(3, 5000));
    state = accepted(state, NOW);
    assertEquals(TrustVerifier.MOST_REVOKED + 5000, state.revoked().size());
    TrustOutcome restored = verifier.restore(scene.bundle(), state.revoked());
    assertEquals(state, assertInstanceOf(TrustOutcome.Accepted.class, restored).state());
  }

  @Test
  @DisplayName("last good files load without the net and long after current ran out")
  void restore() {
    TrustOutcome outcome = verifier.restore(scene.bundle(), Set.of());
    TrustedState state = assertInstanceOf(TrustOutcome.Accepted.class, outcome).state();
    Instant later = NOW.plus(Duration.ofDays(2));
    assertTrue(state.currentExpired(later));
    assertFalse(state.rulesExpired(later));
    assertTrue(state.rulesExpired(state.rulesUntil()));
  }

  @Test
  @DisplayName("a file is only of the kind its first line names, and of that kind's size")
  void kindsAndSizes() {
    for (TrustKind kind : TrustKind.values()) {
      if (kind != TrustKind.POLICY) {
        assertThrows(
            MalformedException.class,
            () -> SignedFile.read(kind, scene.policy.file(), scene.policy.signatureFile()));
      }
      byte[] tooLarge = new byte[SignedFile.maxBytes(kind) + 1];
      assertThrows(MalformedException.class, () -> SignedFile.read(kind, tooLarge, new byte[0]));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              TrustScene.file(
                  kind, null, 1, NOW, true, new byte[kind.maxBody() + 1], List.of(scene.officer1)));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrustBundle(List.of(scene.policy), scene.policy, scene.roster, scene.current));
  }

  @Test
  @DisplayName("a signed body of arbitrary bytes is malformed, not trusted")
  void arbitraryBody() {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    scene.policy =
        TrustScene.file(
            TrustKind.POLICY, null, 1, NOW.minusSeconds(60), true, body, List.of(scene.officer1));
    scene.current = scene.current(NOW, scene.online);
    rejected(Refusal.POLICY_MALFORMED, null);
  }

  @Test
  @DisplayName("P-256 and P-384 sign; another curve does not")
  void curves() {
    FileSigner large = TrustScene.signer("secp384r1");
    assertEquals(1, scene.policy(1, large).signedBy(List.of(large.key()), List.of(large.key())));
    assertThrows(IllegalArgumentException.class, () -> TrustScene.signer("secp521r1"));
  }

  @Test
  @DisplayName("what the service and officers ask: the newer pair follows, the older does not")
  void officers() {
    OfficerOutcome first = TrustVerifier.officers(null, null, scene.roots, scene.policy, NOW);
    OfficerOutcome.Accepted good = assertInstanceOf(OfficerOutcome.Accepted.class, first);
    SignedFile older = scene.policy;
    scene.policy = scene.policy(2, scene.officer1);
    OfficerOutcome second =
        TrustVerifier.officers(good.root(), good.policy(), scene.roots, scene.policy, NOW);
    OfficerOutcome.Accepted newer = assertInstanceOf(OfficerOutcome.Accepted.class, second);
    OfficerOutcome back =
        TrustVerifier.officers(newer.root(), newer.policy(), scene.roots, older, NOW);
    assertEquals(
        Refusal.POLICY_OLDER, assertInstanceOf(OfficerOutcome.Rejected.class, back).reason());
  }

  @Test
  @DisplayName("what the service asks: a revoked officer signs nothing new, what counts stays")
  void revokedOfficer() {
    Set<String> revoked = Set.of(scene.officer1.key().id());
    OfficerOutcome.Accepted good =
        assertInstanceOf(
            OfficerOutcome.Accepted.class,
            TrustVerifier.officers(null, null, scene.roots, scene.policy, NOW));
    assertEquals(
        good,
        TrustVerifier.officers(
            good.root(), good.policy(), scene.roots, scene.policy, revoked, NOW));
    OfficerOutcome next =
        TrustVerifier.officers(
            good.root(), good.policy(), scene.roots, scene.policy(2, scene.officer1), revoked, NOW);
    assertEquals(
        Refusal.POLICY_SIGNATURE, assertInstanceOf(OfficerOutcome.Rejected.class, next).reason());
  }

  @Test
  @DisplayName("a bundle is read as the same files and has one form")
  void bundleBytes() throws MalformedException {
    byte[] bytes = scene.bundle().bytes();
    TrustBundle read = TrustBundle.parse(bytes);
    assertArrayEquals(bytes, read.bytes());
    assertEquals(scene.bundle().tag(), read.tag());
  }
}
