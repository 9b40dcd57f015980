package jp.sekisho.policy.source;

import java.nio.file.Path;
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
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * What was signed last, in the directory that is carried around, verified against the root the
 * officers trust. Only against this a difference is shown: whoever carries the directory could put
 * another policy there, so that what changes looks as if it had always been so. Expired files
 * count: they are still what the next ones are compared with.
 *
 * @param policy the policy; null when none was signed yet
 * @param file its file
 * @param layers the layers the root names, all of them, by scope
 * @param files their files
 */
record SignedBefore(
    @Nullable Trusted<Policy> policy,
    @Nullable SignedFile file,
    List<Trusted<ScopedLayer>> layers,
    Map<LayerScope, SignedFile> files) {

  /**
   * Reads and verifies {@code out}.
   *
   * @param root the root the officers trust; null before the first, when nothing can be signed yet
   * @throws InputFile.UnreadableException also when anything does not verify: {@code BEFORE}
   */
  static SignedBefore read(Path out, @Nullable SignedFile root)
      throws InputFile.UnreadableException, MalformedException {
    Map<LayerScope, SignedFile> all = new LayerSigning(out).read();
    if (!TrustFiles.has(out, TrustKind.POLICY)) {
      if (!all.isEmpty()) {
        throw refused("layers without a policy");
      }
      return new SignedBefore(null, null, List.of(), Map.of());
    }
    if (root == null) {
      throw refused("a policy before the first root");
    }
    SignedFile file = TrustFiles.read(out, TrustKind.POLICY);
    OfficerOutcome outcome = TrustVerifier.signed(root, file);
    if (outcome instanceof OfficerOutcome.Rejected rejected) {
      throw refused(rejected.reason() + " " + rejected.what());
    }
    OfficerOutcome.Accepted good = (OfficerOutcome.Accepted) outcome;
    LayersOutcome below = SignedLayers.signed(good.root(), List.copyOf(all.values()));
    if (below instanceof LayersOutcome.Rejected rejected) {
      throw refused(rejected.reason() + " " + rejected.what());
    }
    List<Trusted<ScopedLayer>> layers = ((LayersOutcome.Accepted) below).layers();
    Map<LayerScope, SignedFile> files = new TreeMap<>(all);
    files.keySet().retainAll(layers.stream().map(one -> one.body().scope()).toList());
    return new SignedBefore(good.policy(), file, layers, files);
  }

  /** What the layers say. */
  List<ScopedLayer> bodies() {
    return new ArrayList<>(layers.stream().map(Trusted::body).toList());
  }

  /** The version a draft must have: the next one, so that nothing older is put in its place. */
  long next(@Nullable LayerScope scope) {
    if (scope == null) {
      return policy == null ? 1 : policy.version() + 1;
    }
    SignedFile old = files.get(scope);
    return old == null ? 1 : old.header().version() + 1;
  }

  /** The refusal that names what does not verify. */
  static InputFile.UnreadableException refused(String what) {
    return new InputFile.UnreadableException(Exit.REFUSED, "error.before", what);
  }
}
