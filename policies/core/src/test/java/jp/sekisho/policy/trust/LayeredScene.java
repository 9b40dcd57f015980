package jp.sekisho.policy.trust;

import static jp.sekisho.policy.trust.TrustScene.NOW;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.ScopedLayer.Below;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.Current.Listed;
import jp.sekisho.policy.trust.Current.ListedLayer;
import jp.sekisho.policy.trust.Root.Delegation;
import jp.sekisho.policy.trust.Root.Officer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;

/**
 * An installation whose 機関 mayor has layers: its own, the division tax for {@code T-TAX-*}, and the
 * group desk for {@code T-TAX-01}. Its delegate is not education's. Each part is replaceable.
 */
final class LayeredScene {
  static final LayerScope MAYOR = new LayerScope("mayor", null, null);
  static final LayerScope TAX = new LayerScope("mayor", "tax", null);
  static final LayerScope DESK = new LayerScope("mayor", "tax", "desk");
  static final Instant ISSUED = NOW.minusSeconds(60);

  final FileSigner officer = TrustScene.signer();
  final FileSigner mayors = TrustScene.signer();
  final FileSigner educations = TrustScene.signer();
  final List<SignedFile> roots = new ArrayList<>();
  final List<SignedFile> layers = new ArrayList<>();
  FileSigner online = TrustScene.signer();
  SignedFile policy;
  SignedFile roster;
  SignedFile current;

  LayeredScene() {
    roots.add(root(1, mayors, ISSUED));
    policy = policy(1);
    layers.add(layer(MAYOR, 1, Duration.ofMinutes(14), mayors));
    layers.add(layer(TAX, 1, Duration.ofMinutes(10), mayors));
    layers.add(layer(DESK, 1, Duration.ofMinutes(12), mayors));
    roster = roster(1);
    current = current(NOW);
  }

  SignedFile root(long version, FileSigner delegate, Instant issued) {
    Root root =
        new Root(
            1,
            List.of(new Officer("S-3001", officer.key())),
            online.key(),
            List.of(),
            List.of(),
            List.of(),
            List.of(
                new Delegation("education", new Officer("S-5001", educations.key())),
                new Delegation("mayor", new Officer("S-4001", delegate.key()))),
            List.of("mayor"),
            List.of());
    return TrustScene.file(
        TrustKind.ROOT, null, version, issued, true, root.bytes(), List.of(officer));
  }

  SignedFile policy(long version) {
    return TrustScene.file(
        TrustKind.POLICY, null, version, ISSUED, true, TrustScene.policyBody(), List.of(officer));
  }

  SignedFile roster(long version) {
    return TrustScene.file(
        TrustKind.ROSTER,
        "mayor",
        version,
        ISSUED,
        true,
        new Roster(Map.of()).bytes(),
        List.of(online));
  }

  static ScopedLayer body(LayerScope scope, Duration idle) {
    Rule<Duration> rule =
        new Rule<>(
            "idle." + scope.layer().name().toLowerCase(java.util.Locale.ROOT),
            new Reason("試験", "for a test"),
            idle,
            scope.layer());
    SettingValues values =
        new SettingValues.Builder().put(LoginSettings.SESSION_IDLE, rule).build();
    List<Below> below =
        scope.equals(MAYOR)
            ? List.of(new Below(TAX, List.of("T-TAX-*")), new Below(DESK, List.of("T-TAX-01")))
            : List.of();
    return new ScopedLayer(scope, below, new PolicyLayer(scope.layer(), values, List.of()));
  }

  static SignedFile layer(LayerScope scope, long version, Duration idle, FileSigner by) {
    return layer(scope.organ(), version, body(scope, idle).bytes(), ISSUED, by);
  }

  static SignedFile layer(String organ, long version, byte[] body, Instant issued, FileSigner by) {
    return TrustScene.file(TrustKind.POLICY, organ, version, issued, true, body, List.of(by));
  }

  /** A current that names exactly the parts as they are. */
  SignedFile current(Instant at, String... revoked) {
    List<ListedLayer> listed = new ArrayList<>();
    for (SignedFile layer : layers) {
      try {
        listed.add(ListedLayer.of(ScopedLayer.parse(layer.bodyBytes()).scope(), layer));
      } catch (MalformedException e) {
        throw new IllegalStateException(e);
      }
    }
    listed.sort(java.util.Comparator.comparing(ListedLayer::scope));
    Current body =
        new Current(
            Listed.of(roots.get(roots.size() - 1)),
            Listed.of(policy),
            listed,
            List.of(Listed.of(roster)),
            List.of(revoked));
    return TrustScene.file(
        TrustKind.CURRENT, null, at.getEpochSecond(), at, true, body.bytes(), List.of(online));
  }

  TrustBundle bundle() {
    return new TrustBundle(roots, policy, layers, roster, current);
  }

  TrustVerifier verifier(String terminal) {
    return new TrustVerifier("mayor", terminal, roots.get(0).hash());
  }
}
