package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.LayersOutcome;
import jp.sekisho.policy.trust.OfficerOutcome;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.TrustOutcome;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * Everything a directory will hold once its drafts are signed: what the service will be asked to
 * import, checked as the service checks it.
 *
 * @param old the root the officers trust; null before the first
 * @param rotated the root after it; null when it stays
 * @param before what was signed before, verified
 * @param policy the policy now; null while there is none
 * @param layers every layer that is named or drafted, by scope: one that nobody names any more goes
 */
record CompleteSet(
    @Nullable SignedFile old,
    @Nullable SignedFile rotated,
    SignedBefore before,
    @Nullable SignedFile policy,
    Map<LayerScope, SignedFile> layers) {

  static CompleteSet of(
      SignedBefore before, @Nullable SignedFile root, Map<String, Drafts.Named> drafts)
      throws MalformedException {
    SignedFile rotated = null;
    SignedFile policy = before.file();
    Map<LayerScope, SignedFile> layers = new TreeMap<>(before.files());
    Set<LayerScope> drafted = new TreeSet<>();
    for (Drafts.Named one : drafts.values()) {
      SignedFile file = one.file().complete(one.lines());
      if (file.header().kind() == TrustKind.ROOT) {
        rotated = file;
      } else if (file.header().organ() == null) {
        policy = file;
      } else {
        LayerScope scope = ScopedLayer.parse(file.bodyBytes()).scope();
        layers.put(scope, file);
        drafted.add(scope);
      }
    }
    Root next = DraftChanges.next(root, drafts.get("root"));
    if (next != null) {
      List<ScopedLayer> bodies = new ArrayList<>();
      for (SignedFile one : layers.values()) {
        bodies.add(ScopedLayer.parse(one.bodyBytes()));
      }
      Set<LayerScope> named = SignedLayers.scopes(next, bodies);
      layers.keySet().removeIf(one -> !named.contains(one) && !drafted.contains(one));
    }
    return new CompleteSet(root, rotated, before, policy, layers);
  }

  /** Why terminals would not take it; null when they would. */
  @Nullable String refusal(Instant now) {
    List<SignedFile> roots = new ArrayList<>();
    if (old != null) {
      roots.add(old);
    }
    if (rotated != null) {
      TrustOutcome.Rejected rejected = TrustVerifier.rotation(old, rotated, now);
      if (rejected != null) {
        return rejected.reason() + " " + rejected.what();
      }
      roots.add(rotated);
    }
    if (roots.isEmpty()) {
      return Refusal.ROOT_NOT_PINNED + " no root";
    }
    if (policy == null) {
      return layers.isEmpty() ? null : Refusal.POLICY_LAYER_FOREIGN + " layers without a policy";
    }
    OfficerOutcome outcome = TrustVerifier.officers(null, before.policy(), roots, policy, now);
    if (outcome instanceof OfficerOutcome.Rejected rejected) {
      return rejected.reason() + " " + rejected.what();
    }
    OfficerOutcome.Accepted good = (OfficerOutcome.Accepted) outcome;
    LayersOutcome all =
        SignedLayers.all(
            good.root(), good.policy(), before.layers(), List.copyOf(layers.values()), now);
    return all instanceof LayersOutcome.Rejected rejected
        ? rejected.reason() + " " + rejected.what()
        : null;
  }

  void write(Path out) throws InputFile.UnreadableException, MalformedException {
    SignedFile root = rotated == null ? old : rotated;
    if (root != null) {
      TrustFiles.write(out, root);
    }
    if (policy != null) {
      TrustFiles.write(out, policy);
    }
    new LayerSigning(out).write(List.copyOf(layers.values()));
  }
}
