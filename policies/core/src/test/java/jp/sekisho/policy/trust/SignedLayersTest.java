package jp.sekisho.policy.trust;

import static jp.sekisho.policy.trust.LayeredScene.DESK;
import static jp.sekisho.policy.trust.LayeredScene.ISSUED;
import static jp.sekisho.policy.trust.LayeredScene.MAYOR;
import static jp.sekisho.policy.trust.LayeredScene.TAX;
import static jp.sekisho.policy.trust.LayeredScene.body;
import static jp.sekisho.policy.trust.LayeredScene.layer;
import static jp.sekisho.policy.trust.TrustScene.NOW;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.ScopedLayer.Below;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Layers 共通 → 機関 → 課 → 端末グループ as signed files: which count, and for whom. */
class SignedLayersTest {
  private static final Duration TEN = Duration.ofMinutes(10);

  private final LayeredScene scene = new LayeredScene();

  private TrustState state() {
    return new TrustState("T-TAX-01", null, NOW);
  }

  /** One question of a terminal. */
  private final class TrustState {
    private final TrustOutcome outcome;

    TrustState(String terminal, @Nullable TrustedState old, Instant now) {
      outcome = scene.verifier(terminal).accept(old, scene.bundle(), now);
    }

    TrustedState accepted() {
      return assertInstanceOf(TrustOutcome.Accepted.class, outcome, outcome::toString).state();
    }

    void refused(Refusal reason) {
      assertEquals(
          reason,
          assertInstanceOf(TrustOutcome.Rejected.class, outcome, outcome::toString).reason(),
          outcome::toString);
    }
  }

  private static Duration idle(TrustedState state) {
    return state.policy().login().sessionIdle().value();
  }

  @Test
  @DisplayName("a terminal obeys the strictest of its layers, whichever order they come in")
  void combined() {
    TrustedState state = state().accepted();
    assertEquals(TEN, idle(state));
    assertEquals(Layer.DIVISION, state.policy().login().sessionIdle().layer());
    assertEquals(3, state.layers().size());
    assertEquals(Duration.ofMinutes(15), state.signedPolicy().body().login().sessionIdle().value());
    Collections.reverse(scene.layers);
    assertEquals(state.policy(), state().accepted().policy());
    // What was kept loads as what was accepted.
    TrustOutcome restored = scene.verifier("T-TAX-01").restore(scene.bundle(), Set.of());
    assertEquals(state, assertInstanceOf(TrustOutcome.Accepted.class, restored).state());
  }

  @Test
  @DisplayName("each terminal needs its own layers: no more, no fewer")
  void perTerminal() {
    new TrustState("T-TAX-02", null, NOW).refused(Refusal.POLICY_LAYER_FOREIGN);
    SignedFile desk = scene.layers.remove(2);
    assertEquals(TEN, idle(new TrustState("T-TAX-02", null, NOW).accepted()));
    state().refused(Refusal.POLICY_LAYER_MISSING);
    scene.layers.remove(1);
    assertEquals(Duration.ofMinutes(14), idle(new TrustState("T-0001", null, NOW).accepted()));
    scene.layers.add(desk);
    new TrustState("T-0001", null, NOW).refused(Refusal.POLICY_LAYER_FOREIGN);
  }

  @Test
  @DisplayName("missing layer: the online key cannot leave one out, not even the 機関's own")
  void missing() {
    TrustedState old = state().accepted();
    for (int at = 0; at < 3; at++) {
      SignedFile left = scene.layers.remove(at);
      scene.current = scene.current(NOW.plusSeconds(1));
      state().refused(Refusal.POLICY_LAYER_MISSING);
      new TrustState("T-TAX-01", old, NOW).refused(Refusal.POLICY_LAYER_MISSING);
      scene.layers.add(at, left);
    }
    scene.layers.clear();
    scene.current = scene.current(NOW.plusSeconds(1));
    state().refused(Refusal.POLICY_LAYER_MISSING);
  }

  @Test
  @DisplayName("a layer of another 機関, one there twice and a policy among the layers are foreign")
  void foreign() {
    LayerScope education = new LayerScope("education", null, null);
    scene.layers.add(layer("education", 1, body(education, TEN).bytes(), ISSUED, scene.educations));
    scene.current = scene.current(NOW);
    state().refused(Refusal.POLICY_LAYER_FOREIGN);
    scene.layers.remove(3);
    scene.current = scene.current(NOW);
    scene.layers.add(scene.layers.get(1));
    state().refused(Refusal.POLICY_LAYER_FOREIGN);
    scene.layers.set(3, scene.policy);
    state().refused(Refusal.POLICY_LAYER_FOREIGN);
    // Says mayor outside and education inside.
    scene.layers.set(3, layer("mayor", 1, body(education, TEN).bytes(), ISSUED, scene.mayors));
    state().refused(Refusal.POLICY_LAYER_FOREIGN);
  }

  @Test
  @DisplayName("a delegate signs for his 機関 alone: not for another one, and not for all")
  void delegate() {
    scene.layers.set(1, layer(TAX, 2, TEN, scene.educations));
    scene.current = scene.current(NOW);
    state().refused(Refusal.POLICY_DELEGATE);
    scene.layers.set(1, layer(TAX, 2, TEN, scene.online));
    scene.current = scene.current(NOW);
    state().refused(Refusal.POLICY_SIGNATURE);
    scene.layers.set(1, layer(TAX, 2, TEN, scene.officer));
    scene.current = scene.current(NOW);
    assertEquals(TEN, idle(state().accepted()));
    scene.policy =
        TrustScene.file(
            TrustKind.POLICY,
            null,
            2,
            ISSUED,
            true,
            TrustScene.policyBody(),
            List.of(scene.mayors));
    scene.current = scene.current(NOW);
    state().refused(Refusal.POLICY_DELEGATE);
  }

  @Test
  @DisplayName("a delegate who tries to widen changes nothing: the stricter value counts")
  void widens() {
    for (int at = 0; at < 3; at++) {
      LayerScope scope = List.of(MAYOR, TAX, DESK).get(at);
      scene.layers.set(at, layer(scope, 2, Duration.ofMinutes(15), scene.mayors));
    }
    scene.current = scene.current(NOW);
    TrustedState state = state().accepted();
    assertEquals(state.signedPolicy().body(), state.policy());
  }

  @Test
  @DisplayName("mix-and-match and rollback of a layer are refused as those of a policy")
  void mixAndMatch() {
    scene.layers.set(1, layer(TAX, 2, TEN, scene.mayors));
    state().refused(Refusal.POLICY_MISMATCH);
    scene.current = scene.current(NOW.plusSeconds(1));
    TrustedState old = state().accepted();
    scene.layers.set(1, layer(TAX, 1, TEN, scene.mayors));
    scene.current = scene.current(NOW.plusSeconds(2));
    new TrustState("T-TAX-01", old, NOW).refused(Refusal.POLICY_OLDER);
    scene.layers.set(1, layer(TAX, 2, Duration.ofMinutes(11), scene.mayors));
    scene.current = scene.current(NOW.plusSeconds(3));
    new TrustState("T-TAX-01", old, NOW).refused(Refusal.POLICY_MISMATCH);
  }

  @Test
  @DisplayName("an expired layer blocks as an expired policy does")
  void expiry() {
    TrustedState state = state().accepted();
    assertFalse(state.rulesExpired(NOW));
    scene.layers.set(
        0,
        layer("mayor", 2, body(MAYOR, TEN).bytes(), NOW.minus(Duration.ofDays(399)), scene.mayors));
    scene.current = scene.current(NOW);
    TrustedState near = state().accepted();
    assertTrue(near.rulesUntil().isBefore(state.rulesUntil()));
    assertTrue(near.rulesExpired(NOW.plus(Duration.ofDays(2))));
    state = new TrustState("T-TAX-01", near, NOW).accepted();
    assertEquals(near, state);
    scene.current = scene.current(NOW.plus(Duration.ofDays(2)));
    new TrustState("T-TAX-01", null, NOW.plus(Duration.ofDays(2))).refused(Refusal.POLICY_EXPIRED);
  }

  @Test
  @DisplayName("a revoked delegate signs nothing new; what he signed before stays")
  void revoked() {
    TrustedState old = state().accepted();
    String key = scene.mayors.key().id();
    scene.current = scene.current(NOW.plusSeconds(1), key);
    TrustedState after = new TrustState("T-TAX-01", old, NOW).accepted();
    assertTrue(after.isRevoked(key));
    // A terminal that comes anew has nothing from before.
    state().refused(Refusal.POLICY_SIGNATURE);
    scene.layers.set(1, layer(TAX, 2, TEN, scene.mayors));
    scene.current = scene.current(NOW.plusSeconds(2));
    new TrustState("T-TAX-01", after, NOW).refused(Refusal.POLICY_SIGNATURE);
    scene.layers.set(1, layer(TAX, 2, TEN, scene.officer));
    scene.current = scene.current(NOW.plusSeconds(2));
    assertEquals(TEN, idle(new TrustState("T-TAX-01", after, NOW).accepted()));
  }

  @Test
  @DisplayName("fast-forward by a delegate: a root without him lets a lower, newer version follow")
  void fastForward() {
    scene.layers.set(1, layer(TAX, 1L << 53, TEN, scene.mayors));
    scene.current = scene.current(NOW);
    TrustedState stuck = state().accepted();
    scene.layers.set(1, layer(TAX, 3, TEN, scene.officer));
    scene.current = scene.current(NOW.plusSeconds(1));
    new TrustState("T-TAX-01", stuck, NOW).refused(Refusal.POLICY_OLDER);
    FileSigner next = TrustScene.signer();
    scene.roots.add(scene.root(2, next, NOW));
    scene.layers.set(0, layer(MAYOR, 2, TEN, next));
    scene.layers.set(2, layer(DESK, 2, TEN, next));
    scene.current = scene.current(NOW.plusSeconds(1));
    // Older than the root that took his right: that could be a rollback.
    new TrustState("T-TAX-01", stuck, NOW).refused(Refusal.POLICY_OLDER);
    scene.layers.set(1, layer("mayor", 3, body(TAX, TEN).bytes(), NOW, scene.officer));
    scene.current = scene.current(NOW.plusSeconds(2));
    TrustedState well = new TrustState("T-TAX-01", stuck, NOW).accepted();
    assertEquals(3, well.layers().get(1).version());
  }

  @Test
  @DisplayName("fast-forward with a stolen online key: a root with another key ends it")
  void fastForwardOnline() {
    scene.roster = scene.roster(1L << 53);
    scene.current = scene.current(NOW);
    TrustedState stuck = state().accepted();
    scene.online = TrustScene.signer();
    scene.roots.add(scene.root(2, scene.mayors, NOW));
    scene.roster =
        TrustScene.file(
            TrustKind.ROSTER,
            "mayor",
            5,
            NOW,
            true,
            new Roster(java.util.Map.of()).bytes(),
            List.of(scene.online));
    scene.current = scene.current(NOW.plusSeconds(1));
    assertEquals(5, new TrustState("T-TAX-01", stuck, NOW).accepted().signedRoster().version());
  }

  @Test
  @DisplayName("one flipped bit of any byte of a layered bundle is refused")
  void flips() throws MalformedException {
    byte[] bytes = scene.bundle().bytes();
    assertArrayEquals(bytes, TrustBundle.parse(bytes).bytes());
    for (int at = 0; at < bytes.length; at += 3) {
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) (1 << (at % 8));
      TrustBundle bundle;
      try {
        bundle = TrustBundle.parse(changed);
      } catch (MalformedException e) {
        continue;
      }
      TrustOutcome outcome = scene.verifier("T-TAX-01").accept(null, bundle, NOW);
      assertInstanceOf(TrustOutcome.Rejected.class, outcome, "byte " + at);
    }
  }

  @Test
  @DisplayName("a layer has one form; a rule of another layer and unknown members are malformed")
  void oneForm() throws MalformedException {
    ScopedLayer layer = body(MAYOR, TEN);
    assertEquals(layer, ScopedLayer.parse(layer.bytes()));
    String good = new String(layer.bytes(), StandardCharsets.UTF_8);
    for (String[] change :
        new String[][] {
          {"\"layer\":\"organ\"", "\"layer\":\"group\""},
          {"\"layer\":\"organ\",", ""},
          {"\"scope\":\"mayor\"", "\"scope\":\"mayor/x/y/z\""},
          {"\"scope\":\"mayor\"", "\"scope\":\"mayor/tax\""},
          {"\"scope\":\"mayor/tax\"", "\"scope\":\"education/tax\""},
          {"T-TAX-*", "t-tax"},
          {"sekisho/layer/v1", "sekisho/policy/v1"},
          {"\"below\":", "\"above\":"},
          {"600", "901"}
        }) {
      String changed = good.replace(change[0], change[1]);
      assertFalse(good.equals(changed), change[0]);
      assertThrows(
          MalformedException.class,
          () -> ScopedLayer.parse(changed.getBytes(StandardCharsets.UTF_8)),
          change[1]);
    }
    assertThrows(MalformedException.class, () -> ScopedLayer.parse(TrustScene.policyBody()));
    assertThrows(MalformedException.class, () -> Policy.parse(layer.bytes()));
  }

  @Test
  @DisplayName("patterns match as they read, and none takes long")
  void patterns() {
    assertTrue(new Below(TAX, List.of("T-*-0*")).names("T-TAX-01"));
    assertTrue(new Below(TAX, List.of("*")).names("T-1"));
    assertFalse(new Below(TAX, List.of("T-TAX")).names("T-TAX-01"));
    assertFalse(new Below(TAX, List.of("*-02")).names("T-TAX-01"));
    assertThrows(IllegalArgumentException.class, () -> new Below(TAX, List.of()));
    String slow = "*A".repeat(20);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertFalse(new Below(TAX, List.of(slow)).names("T-" + "A".repeat(32) + "B")));
  }

  @Test
  @DisplayName("what the service asks at an import: every layer, none besides, each following")
  void whole() {
    TrustedState state = state().accepted();
    List<SignedFile> files = new ArrayList<>(scene.layers);
    LayersOutcome good =
        SignedLayers.all(state.signedRoot(), state.signedPolicy(), List.of(), files, NOW);
    List<Trusted<ScopedLayer>> all = assertInstanceOf(LayersOutcome.Accepted.class, good).layers();
    assertEquals(state.layers(), SignedLayers.of(all, "mayor", "T-TAX-01"));
    assertEquals(2, SignedLayers.of(all, "mayor", "T-TAX-02").size());
    assertTrue(SignedLayers.of(all, "education", "T-TAX-01").isEmpty());
    files.remove(1);
    refused(Refusal.POLICY_LAYER_MISSING, state, all, files);
    files.add(layer(TAX, 1, Duration.ofMinutes(9), scene.mayors));
    refused(Refusal.POLICY_MISMATCH, state, all, files);
    files.set(2, layer(TAX, 2, TEN, scene.educations));
    refused(Refusal.POLICY_DELEGATE, state, all, files);
    files.clear();
    refused(Refusal.POLICY_LAYER_MISSING, state, all, files);
    files.addAll(scene.layers);
    LayerScope other = new LayerScope("mayor", "health", null);
    files.add(layer(other, 1, TEN, scene.mayors));
    refused(Refusal.POLICY_LAYER_FOREIGN, state, all, files);
  }

  @Test
  @DisplayName("what the service asks: a revoked delegate signs nothing new, what counts stays")
  void wholeWithoutTheRevoked() {
    TrustedState state = state().accepted();
    List<Trusted<ScopedLayer>> old = state.layers();
    Set<String> revoked = Set.of(scene.mayors.key().id());
    List<SignedFile> files = new ArrayList<>(scene.layers);
    assertInstanceOf(
        LayersOutcome.Accepted.class,
        SignedLayers.all(state.signedRoot(), state.signedPolicy(), old, files, revoked, NOW));
    files.set(1, layer(TAX, 2, TEN, scene.mayors));
    LayersOutcome outcome =
        SignedLayers.all(state.signedRoot(), state.signedPolicy(), old, files, revoked, NOW);
    assertEquals(
        Refusal.POLICY_SIGNATURE, assertInstanceOf(LayersOutcome.Rejected.class, outcome).reason());
  }

  private static void refused(
      Refusal reason, TrustedState state, List<Trusted<ScopedLayer>> old, List<SignedFile> files) {
    LayersOutcome outcome =
        SignedLayers.all(state.signedRoot(), state.signedPolicy(), old, files, NOW);
    assertEquals(
        reason,
        assertInstanceOf(LayersOutcome.Rejected.class, outcome, outcome::toString).reason(),
        outcome::toString);
  }
}
