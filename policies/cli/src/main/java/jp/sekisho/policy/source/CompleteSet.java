package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.LayersOutcome;
import jp.sekisho.policy.trust.OfficerOutcome;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.TrustOutcome;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * Everything a directory will hold once its drafts are signed: what the service will be asked to
 * import, checked as the service checks it.
 *
 * @param old the root the officers trust; null before the first
 * @param rotated the root after it; null when it stays
 * @param before the policy signed before; null without one
 * @param policy the policy now; null while there is none
 * @param layers every layer, by scope
 */
record CompleteSet(
    @Nullable SignedFile old,
    @Nullable SignedFile rotated,
    @Nullable SignedFile before,
    @Nullable SignedFile policy,
    Map<LayerScope, SignedFile> layers) {

  static CompleteSet of(Path out, @Nullable SignedFile root, Map<String, Drafts.Named> drafts)
      throws MalformedException, InputFile.UnreadableException {
    SignedFile before =
        TrustFiles.has(out, TrustKind.POLICY) ? TrustFiles.read(out, TrustKind.POLICY) : null;
    SignedFile rotated = null;
    SignedFile policy = before;
    Map<LayerScope, SignedFile> layers = new TreeMap<>(new LayerSigning(out).read());
    for (Drafts.Named one : drafts.values()) {
      SignedFile file = one.file().complete(one.lines());
      if (file.header().kind() == TrustKind.ROOT) {
        rotated = file;
      } else if (file.header().organ() == null) {
        policy = file;
      } else {
        layers.put(ScopedLayer.parse(file.bodyBytes()).scope(), file);
      }
    }
    return new CompleteSet(root, rotated, before, policy, layers);
  }

  /** Why terminals would not take it; null when they would. */
  @Nullable String refusal(Instant now) throws MalformedException {
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
    if (policy == null || roots.isEmpty()) {
      return null;
    }
    Trusted<Policy> was =
        before == null
            ? null
            : new Trusted<>(before.header(), before.hash(), Policy.parse(before.bodyBytes()));
    OfficerOutcome outcome = TrustVerifier.officers(null, was, roots, policy, now);
    if (outcome instanceof OfficerOutcome.Rejected rejected) {
      return rejected.reason() + " " + rejected.what();
    }
    OfficerOutcome.Accepted good = (OfficerOutcome.Accepted) outcome;
    LayersOutcome all =
        SignedLayers.all(good.root(), good.policy(), List.of(), List.copyOf(layers.values()), now);
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
