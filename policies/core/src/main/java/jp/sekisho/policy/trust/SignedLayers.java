package jp.sekisho.policy.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.PolicyLayers;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Checks the signed layers below a policy, one at a time and as a set. Pure.
 *
 * <p>A layer of a 機関 is signed by k officers, or by one of those the root delegates to that 機関.
 * Which layers there must be is signed too: the root names the 機関 that have some, and a 機関's own
 * layer those below it and their terminals. So whoever can only choose what a terminal is sent
 * cannot leave one out. A layer can only tighten, whoever signed it: values are combined by the
 * stricter one, so a layer that became wider than the policy above it is no reason to refuse that
 * policy.
 *
 * <p>Refusals of its own: {@code POLICY_LAYER_MISSING POLICY_LAYER_FOREIGN POLICY_DELEGATE}.
 */
public final class SignedLayers {
  private SignedLayers() {}

  /** As the longer one, where nobody knows of revoked keys: what an officer asks before signing. */
  public static LayersOutcome all(
      Trusted<Root> root,
      Trusted<Policy> policy,
      List<Trusted<ScopedLayer>> old,
      List<SignedFile> files,
      Instant now) {
    return all(root, policy, old, files, Set.of(), now);
  }

  /**
   * Whether these are all layers under {@code root}, each rightly signed: what the service asks at
   * an import.
   *
   * @param old those trusted, by which no version may fall
   * @param revoked keys that sign nothing new, unless {@code root} clears them
   */
  public static LayersOutcome all(
      Trusted<Root> root,
      Trusted<Policy> policy,
      List<Trusted<ScopedLayer>> old,
      List<SignedFile> files,
      Set<String> revoked,
      Instant now) {
    try {
      List<Trusted<ScopedLayer>> layers = new ArrayList<>();
      for (SignedFile file : files) {
        Trusted<ScopedLayer> layer = one(root, file, TrustVerifier.standing(root, revoked), old);
        Follow.check(find(old, layer.body().scope()), layer, name(layer), List.of(root));
        TrustVerifier.requireTime(layer, now);
        layers.add(layer);
      }
      layers.sort(Comparator.comparing(layer -> layer.body().scope()));
      requireExactly(named(root.body(), layers), layers);
      for (Trusted<ScopedLayer> layer : layers) {
        combined(policy.body(), chain(layer.body().scope(), layers));
      }
      return new LayersOutcome.Accepted(layers);
    } catch (RefusedException e) {
      return new LayersOutcome.Rejected(e.reason(), e.what());
    }
  }

  /**
   * Those of {@code files} that {@code root} names, each rightly signed, and whether one it names
   * is missing; times are not asked. What an officer asks of the layers a difference is shown
   * against. What nobody names is left out.
   */
  public static LayersOutcome signed(Trusted<Root> root, List<SignedFile> files) {
    try {
      List<Trusted<ScopedLayer>> layers = new ArrayList<>();
      for (SignedFile file : files) {
        layers.add(one(root, file, Set.of(), List.of()));
      }
      layers.sort(Comparator.comparing(layer -> layer.body().scope()));
      Set<LayerScope> named = named(root.body(), layers);
      layers.removeIf(layer -> !named.contains(layer.body().scope()));
      requireExactly(named, layers);
      return new LayersOutcome.Accepted(layers);
    } catch (RefusedException e) {
      return new LayersOutcome.Rejected(e.reason(), e.what());
    }
  }

  /** The scopes that {@code root}, or a 機関's own layer among {@code layers}, names. */
  public static Set<LayerScope> named(Root root, Collection<Trusted<ScopedLayer>> layers) {
    return scopes(root, layers.stream().map(Trusted::body).toList());
  }

  /** The scopes that {@code root}, or a 機関's own layer among {@code layers}, names. */
  public static Set<LayerScope> scopes(Root root, Collection<ScopedLayer> layers) {
    Set<LayerScope> named = new TreeSet<>();
    for (String organ : root.layers()) {
      LayerScope own = new LayerScope(organ, null, null);
      named.add(own);
      layers.stream()
          .filter(layer -> layer.scope().equals(own))
          .flatMap(layer -> layer.below().stream())
          .forEach(one -> named.add(one.scope()));
    }
    return named;
  }

  /** Those of {@code all} that a terminal obeys, from the 機関 down. */
  public static List<Trusted<ScopedLayer>> of(
      Collection<Trusted<ScopedLayer>> all, String organ, String terminal) {
    Trusted<ScopedLayer> own = find(all, new LayerScope(organ, null, null));
    if (own == null) {
      return List.of();
    }
    Set<LayerScope> wanted = wanted(own.body(), terminal);
    return all.stream()
        .filter(layer -> wanted.contains(layer.body().scope()))
        .sorted(Comparator.comparing(layer -> layer.body().scope()))
        .toList();
  }

  /**
   * The rules of a policy and the layers below it, by the stricter value.
   *
   * @throws IllegalArgumentException when two of their rules share an id
   */
  public static Policy combine(Policy policy, List<Trusted<ScopedLayer>> layers) {
    if (layers.isEmpty()) {
      return policy;
    }
    return PolicyLayers.combine(
        new PolicyLayer(Layer.COMMON, policy.values(), policy.readers().roles()),
        layers.stream()
            .map(layer -> layer.body().layer())
            .sorted(Comparator.comparing(PolicyLayer::layer))
            .toList());
  }

  /** Layers as the log names them: scope, version and hash, one space between. */
  public static List<String> names(List<Trusted<ScopedLayer>> layers) {
    return layers.stream()
        .map(one -> one.body().scope().text() + " " + one.version() + " " + one.hash())
        .toList();
  }

  /** The layers of a terminal's set, each verified, and none missing, double or foreign. */
  static List<Trusted<ScopedLayer>> forTerminal(
      List<Trusted<Root>> chain,
      @Nullable TrustedState before,
      String organ,
      String terminal,
      List<SignedFile> files,
      Current current,
      Set<String> revoked,
      @Nullable Instant now)
      throws RefusedException {
    Trusted<Root> root = chain.get(chain.size() - 1);
    List<Trusted<ScopedLayer>> layers = new ArrayList<>();
    for (SignedFile file : files) {
      if (!organ.equals(file.header().organ())) {
        throw foreign("a layer of another organ");
      }
      Trusted<ScopedLayer> layer =
          one(root, file, revoked, before == null ? List.of() : before.layers());
      LayerScope scope = layer.body().scope();
      if (!current.layer(scope).equals(Optional.of(Current.ListedLayer.of(scope, file)))) {
        throw new RefusedException(Refusal.POLICY_MISMATCH, "current names another " + name(layer));
      }
      Follow.check(before == null ? null : before.layer(scope), layer, name(layer), chain);
      TrustVerifier.requireTime(layer, now);
      layers.add(layer);
    }
    layers.sort(Comparator.comparing(layer -> layer.body().scope()));
    LayerScope own = new LayerScope(organ, null, null);
    Set<LayerScope> wanted = new TreeSet<>();
    if (root.body().layers().contains(organ)) {
      Trusted<ScopedLayer> top = find(layers, own);
      if (top == null) {
        throw new RefusedException(Refusal.POLICY_LAYER_MISSING, "layer " + own.text());
      }
      wanted.addAll(wanted(top.body(), terminal));
    }
    requireExactly(wanted, layers);
    return layers;
  }

  /** The rules of all; a set whose rules contradict each other is malformed. */
  static Policy combined(Policy policy, List<Trusted<ScopedLayer>> layers) throws RefusedException {
    try {
      return combine(policy, layers);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          Refusal.POLICY_MALFORMED, "layers do not combine: " + e.getMessage());
    }
  }

  private static Set<LayerScope> wanted(ScopedLayer own, String terminal) {
    Set<LayerScope> wanted = new TreeSet<>();
    wanted.add(own.scope());
    own.below().stream().filter(one -> one.names(terminal)).forEach(one -> wanted.add(one.scope()));
    return wanted;
  }

  private static void requireExactly(Set<LayerScope> wanted, List<Trusted<ScopedLayer>> layers)
      throws RefusedException {
    Set<LayerScope> missing = new TreeSet<>(wanted);
    for (Trusted<ScopedLayer> layer : layers) {
      if (!missing.remove(layer.body().scope())) {
        throw foreign(name(layer) + " twice, or nobody's here");
      }
    }
    if (!missing.isEmpty()) {
      throw new RefusedException(
          Refusal.POLICY_LAYER_MISSING, "layer " + missing.iterator().next().text());
    }
  }

  /** One layer: signed by who may, and of the 機関 they signed for. */
  private static Trusted<ScopedLayer> one(
      Trusted<Root> root, SignedFile file, Set<String> revoked, List<Trusted<ScopedLayer>> old)
      throws RefusedException {
    String organ = file.header().organ();
    if (organ == null) {
      throw foreign("a policy for all among the layers");
    }
    TrustVerifier.requireSameUse(root, file, "layer of " + organ);
    Root keys = root.body();
    boolean same = old.stream().anyMatch(before -> before.hash().equals(file.hash()));
    List<TrustKey> delegates = keys.delegateKeys(organ);
    List<TrustKey> known = new ArrayList<>(keys.officerKeys());
    known.addAll(delegates);
    Set<String> out = same ? Set.of() : revoked;
    boolean signed =
        file.signedBy(TrustVerifier.without(keys.officerKeys(), out), known) >= keys.threshold()
            || file.signedBy(TrustVerifier.without(delegates, out), known) >= 1;
    if (!signed) {
      throw TrustVerifier.unsigned(root, file, "layer of " + organ);
    }
    ScopedLayer layer = TrustVerifier.parse(ScopedLayer::parse, file, "layer of " + organ);
    if (!layer.scope().organ().equals(organ)) {
      throw foreign("a layer that says " + layer.scope().organ() + " inside");
    }
    return new Trusted<>(file.header(), file.hash(), layer);
  }

  private static List<Trusted<ScopedLayer>> chain(
      LayerScope scope, List<Trusted<ScopedLayer>> layers) {
    return layers.stream()
        .filter(one -> (scope.text() + "/").startsWith(one.body().scope().text() + "/"))
        .toList();
  }

  static @Nullable Trusted<ScopedLayer> find(
      Collection<Trusted<ScopedLayer>> layers, LayerScope scope) {
    return layers.stream().filter(one -> one.body().scope().equals(scope)).findFirst().orElse(null);
  }

  private static String name(Trusted<ScopedLayer> layer) {
    return "layer " + layer.body().scope().text();
  }

  private static RefusedException foreign(String what) {
    return new RefusedException(Refusal.POLICY_LAYER_FOREIGN, what);
  }
}
