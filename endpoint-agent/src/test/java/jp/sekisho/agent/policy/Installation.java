package jp.sekisho.agent.policy;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.ScopedLayer.Below;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.Current;
import jp.sekisho.policy.trust.Current.Listed;
import jp.sekisho.policy.trust.Current.ListedLayer;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Root.Delegation;
import jp.sekisho.policy.trust.Root.Officer;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * A production installation at work, every key of it at hand: two of three officers sign, mayor has
 * a delegate and the layers {@code mayor} and {@code mayor/tax}. The parts may be replaced by
 * whatever an attacker can make, then {@link #serve} is what the terminal fetches.
 */
final class Installation {
  static final LayerScope MAYOR = new LayerScope("mayor", null, null);
  static final LayerScope TAX = new LayerScope("mayor", "tax", null);

  final FileSigner first = FileSigner.of(TestPki.newKeys());
  final FileSigner second = FileSigner.of(TestPki.newKeys());
  final FileSigner third = FileSigner.of(TestPki.newKeys());
  final FileSigner delegate = FileSigner.of(TestPki.newKeys());
  final List<SignedFile> roots = new ArrayList<>();
  final Map<LayerScope, SignedFile> layers = new TreeMap<>();
  FileSigner online = FileSigner.of(TestPki.newKeys());
  SignedFile policy;
  SignedFile roster;

  Installation(Instant now) {
    roots.add(root(1, now, List.of(), first, second));
    policy = policy(1, now, List.of(), first, second);
    layers.put(MAYOR, layer(MAYOR, 1, now, 14, delegate));
    layers.put(TAX, layer(TAX, 1, now, 10, delegate));
    roster = roster(1, now, Map.of());
  }

  String pin() {
    return roots.get(0).hash();
  }

  SignedFile root(long version, Instant at, List<String> cleared, FileSigner... by) {
    Root root =
        new Root(
            2,
            List.of(
                new Officer("S-3001", first.key()),
                new Officer("S-3002", second.key()),
                new Officer("S-3003", third.key())),
            online.key(),
            List.of(),
            List.of(),
            List.of(),
            List.of(new Delegation("mayor", new Officer("S-4001", delegate.key()))),
            List.of("mayor"),
            cleared);
    return file(TrustKind.ROOT, null, version, at, root.bytes(), by);
  }

  static SignedFile policy(long version, Instant at, List<Approver> approvers, FileSigner... by) {
    Policy policy = SignedSet.policy(approvers);
    return file(TrustKind.POLICY, null, version, at, policy.bytes(), by);
  }

  static SignedFile layer(
      LayerScope scope, long version, Instant at, int idleMinutes, FileSigner... by) {
    Layer kind = scope.layer();
    Rule<Duration> rule =
        new Rule<>(
            kind == Layer.ORGAN ? "mayor.idle" : "tax.idle",
            new Reason("試験", "for a test"),
            Duration.ofMinutes(idleMinutes),
            kind);
    SettingValues values =
        new SettingValues.Builder().put(LoginSettings.SESSION_IDLE, rule).build();
    List<Below> below =
        kind == Layer.ORGAN ? List.of(new Below(TAX, List.of("T-TAX-*"))) : List.of();
    ScopedLayer layer = new ScopedLayer(scope, below, new PolicyLayer(kind, values, List.of()));
    return file(TrustKind.POLICY, scope.organ(), version, at, layer.bytes(), by);
  }

  SignedFile roster(long version, Instant at, Map<String, String> cards) {
    return file(TrustKind.ROSTER, "mayor", version, at, new Roster(cards).bytes(), online);
  }

  /** A current of {@code at} over the parts as they are, and all of it. */
  TrustBundle serve(Instant at, String... revoked) {
    List<ListedLayer> listed =
        layers.entrySet().stream()
            .map(one -> ListedLayer.of(one.getKey(), one.getValue()))
            .sorted(Comparator.comparing(ListedLayer::scope))
            .toList();
    Current body =
        new Current(
            Listed.of(roots.get(roots.size() - 1)),
            Listed.of(policy),
            listed,
            List.of(Listed.of(roster)),
            List.of(revoked));
    SignedFile current =
        file(TrustKind.CURRENT, null, at.getEpochSecond(), at, body.bytes(), online);
    return new TrustBundle(roots, policy, List.copyOf(layers.values()), roster, current);
  }

  static SignedFile file(
      TrustKind kind,
      @Nullable String organ,
      long version,
      Instant at,
      byte[] body,
      FileSigner... by) {
    TrustHeader header =
        TrustHeader.of(
            kind,
            organ,
            version,
            at,
            at.plus(kind.maxLife()),
            false,
            List.of(by).stream().map(one -> one.key().id()).toList(),
            body);
    try {
      return SignedFile.sign(header, body, List.of(by));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
