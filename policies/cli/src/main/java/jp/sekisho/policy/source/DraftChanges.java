package jp.sekisho.policy.source;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What drafts change against what was signed before: all an officer reads before the PIN. Without
 * anything signed before, everything there is.
 *
 * @param trusted hash of the root the officers trust, which they compare with their own record;
 *     empty before the first
 * @param rootVersion version of the drafted root; 0 without one
 * @param root lines of the root that go and come
 * @param from version of the policy before; 0 without one
 * @param policy what the policy changes; null when none is drafted
 * @param layers what changes for the terminals of each layer
 * @param below who obeys which layer: lines that go and come
 */
record DraftChanges(
    String trusted,
    long rootVersion,
    List<String> root,
    long from,
    @Nullable List<RuleWords.Change> policy,
    Map<LayerScope, List<RuleWords.Change>> layers,
    List<String> below) {

  static DraftChanges of(
      @Nullable SignedFile root, SignedBefore before, Map<String, Drafts.Named> drafts)
      throws InputFile.UnreadableException, MalformedException {
    Drafts.Named rotation = drafts.get("root");
    Drafts.Named draft = drafts.get("policy");
    Trusted<Policy> old = before.policy();
    Policy was = old == null ? null : old.body();
    Policy policy = draft == null ? was : Policy.parse(draft.file().body());
    Map<LayerScope, ScopedLayer> layers = new TreeMap<>();
    before.bodies().forEach(layer -> layers.put(layer.scope(), layer));
    Set<LayerScope> drafted = new TreeSet<>();
    for (Drafts.Named one : drafts.values()) {
      LayerScope scope = null;
      if (one.file().header().kind() == TrustKind.ROOT) {
        continue;
      }
      if (one.file().header().organ() != null) {
        ScopedLayer layer = ScopedLayer.parse(one.file().body());
        scope = layer.scope();
        layers.put(scope, layer);
        drafted.add(scope);
      }
      if (one.file().header().version() != before.next(scope)) {
        throw SignedBefore.refused(one.name() + " does not follow it");
      }
    }
    Root next = next(root, rotation);
    if (next != null) {
      Set<LayerScope> named = SignedLayers.scopes(next, layers.values());
      layers.keySet().removeIf(one -> !named.contains(one) && !drafted.contains(one));
    }
    if (policy == null && !layers.isEmpty()) {
      throw SignedBefore.refused("layers without a policy");
    }
    List<ScopedLayer> all = List.copyOf(layers.values());
    return new DraftChanges(
        root == null ? "" : root.hash(),
        rotation == null ? 0 : rotation.file().header().version(),
        rotation == null ? List.of() : RotateRoot.words(root, rotation.file().body()),
        old == null ? 0 : old.version(),
        draft == null || policy == null ? null : RuleWords.changes(was, policy),
        policy == null ? Map.of() : LayerSigning.changes(was, before.bodies(), policy, all),
        below(before.bodies(), all));
  }

  /** The root that will count. */
  static @Nullable Root next(@Nullable SignedFile root, Drafts.@Nullable Named rotation)
      throws MalformedException {
    if (rotation != null) {
      return Root.parse(rotation.file().body());
    }
    return root == null ? null : Root.parse(root.bodyBytes());
  }

  private static List<String> below(List<ScopedLayer> before, List<ScopedLayer> after) {
    List<String> old = below(before);
    List<String> now = below(after);
    List<String> lines = new ArrayList<>();
    old.stream().filter(line -> !now.contains(line)).forEach(line -> lines.add("  - " + line));
    now.stream().filter(line -> !old.contains(line)).forEach(line -> lines.add("  + " + line));
    return lines;
  }

  private static List<String> below(List<ScopedLayer> layers) {
    List<String> lines = new ArrayList<>();
    for (ScopedLayer layer : layers) {
      lines.add(layer.scope().text());
      layer
          .below()
          .forEach(one ->
              one.terminals().forEach(terminal -> lines.add(one.scope().text() + " " + terminal)));
    }
    return lines;
  }

  /** The words. */
  void print(PrintWriter out, Messages messages) {
    if (!trusted.isEmpty()) {
      out.println(messages.text("cosign.trusted", trusted));
    }
    if (rootVersion > 0) {
      out.println(messages.text("cosign.root", Long.toString(rootVersion)));
      root.forEach(out::println);
    }
    List<RuleWords.Change> rules = policy;
    if (rules != null) {
      String to = Long.toString(from + 1);
      out.println(messages.text("sign.changes", Long.toString(from), to));
      if (rules.isEmpty()) {
        out.println(messages.text("sign.no-changes"));
      }
      rules.forEach(change -> out.println(change.line(messages)));
    }
    if (!below.isEmpty()) {
      out.println(messages.text("cosign.below"));
      below.forEach(out::println);
    }
    layers.forEach((scope, changes) -> {
      out.println(messages.text("diff.scope", scope.text()));
      changes.forEach(change -> out.println(change.line(messages)));
    });
    out.flush();
  }

  /** The same for programs. */
  void put(ObjectNode json) {
    json.put("rootHash", trusted);
    ArrayNode rotated = json.putArray("rootChanges");
    root.forEach(line -> rotated.add(line.strip()));
    ArrayNode list = json.putArray("changes");
    List<RuleWords.Change> rules = policy;
    if (rules != null) {
      rules.forEach(change -> DiffCommand.put(list.addObject(), change));
    }
    layers.forEach((scope, changes) ->
        changes.forEach(one -> DiffCommand.put(list.addObject().put("scope", scope.text()), one)));
    ArrayNode obeyed = json.putArray("layerChanges");
    below.forEach(line -> obeyed.add(line.strip()));
  }
}
