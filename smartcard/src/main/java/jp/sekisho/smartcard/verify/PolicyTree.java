package jp.sekisho.smartcard.verify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The valid_policy_tree of RFC 5280 section 6.1, without qualifiers. Not thread-safe; one per
 * validation. It stops growing at {@link #LARGEST} nodes and then counts as NULL, so that mappings
 * crossed with mappings cost a refusal, not the memory (CVE-2023-0464).
 */
final class PolicyTree {
  static final String ANY = "2.5.29.32.0";
  private static final int LARGEST = 4096;

  private final List<List<Node>> levels = new ArrayList<>();
  private int size;
  private boolean none;

  private static final class Node {
    final @Nullable Node parent;
    final String policy;
    Set<String> expected;
    int children;

    Node(@Nullable Node parent, String policy, Set<String> expected) {
      this.parent = parent;
      this.policy = policy;
      this.expected = expected;
    }
  }

  /** A policy under a node; nodes are equal only to themselves. */
  private record Place(@Nullable Node parent, String policy) {}

  PolicyTree() {
    levels.add(new ArrayList<>(List.of(new Node(null, ANY, Set.of(ANY)))));
    size = 1;
  }

  boolean isNull() {
    return none || levels.get(0).isEmpty();
  }

  /** 6.1.3(e). */
  void setNull() {
    none = true;
  }

  /**
   * 6.1.3(d): one level for the policies of the next certificate.
   *
   * @param anyCounts whether the certificate's anyPolicy, if it has one, may be used
   */
  void descend(Set<String> policies, boolean anyCounts) {
    if (isNull()) {
      return;
    }
    List<Node> above = bottom();
    levels.add(new ArrayList<>());
    for (String policy : policies) {
      if (!policy.equals(ANY)) {
        boolean matched = false;
        for (Node node : above) {
          if (node.expected.contains(policy)) {
            add(node, policy, Set.of(policy));
            matched = true;
          }
        }
        if (!matched) {
          above.stream()
              .filter(node -> node.policy.equals(ANY))
              .findFirst()
              .ifPresent(node -> add(node, policy, Set.of(policy)));
        }
      }
    }
    if (anyCounts && policies.contains(ANY)) {
      Set<Place> present = new HashSet<>();
      for (Node node : bottom()) {
        present.add(new Place(node.parent, node.policy));
      }
      for (Node node : above) {
        for (String policy : node.expected) {
          if (present.add(new Place(node, policy))) {
            add(node, policy, Set.of(policy));
          }
        }
      }
    }
    prune(levels.size() - 2);
  }

  /** 6.1.4(b): applies the mappings of a certificate to its own level. */
  void map(Map<String, Set<String>> mappings, boolean allowed) {
    if (isNull()) {
      return;
    }
    int depth = levels.size() - 1;
    for (Map.Entry<String, Set<String>> mapping : mappings.entrySet()) {
      String policy = mapping.getKey();
      if (!allowed) {
        for (Node node : List.copyOf(bottom())) {
          if (node.policy.equals(policy)) {
            remove(depth, node);
          }
        }
        continue;
      }
      boolean found = false;
      Node any = null;
      for (Node node : bottom()) {
        if (node.policy.equals(policy)) {
          node.expected = Set.copyOf(mapping.getValue());
          found = true;
        } else if (node.policy.equals(ANY)) {
          any = node;
        }
      }
      if (!found && any != null && any.parent != null) {
        add(any.parent, policy, Set.copyOf(mapping.getValue()));
      }
    }
    if (!allowed) {
      prune(depth - 1);
    }
  }

  /** 6.1.5(g): what of the tree the user's own set of policies leaves. */
  void intersect(Set<String> initial) {
    if (isNull() || initial.contains(ANY)) {
      return;
    }
    Set<String> authority = new HashSet<>();
    for (int depth = 1; depth < levels.size(); depth++) {
      for (Node node : List.copyOf(levels.get(depth))) {
        boolean underAny = node.parent != null && node.parent.policy.equals(ANY);
        if (underAny && !node.policy.equals(ANY)) {
          authority.add(node.policy);
          if (!initial.contains(node.policy)) {
            removeWithChildren(depth, node);
          }
        }
      }
    }
    int bottom = levels.size() - 1;
    for (Node node : List.copyOf(bottom())) {
      if (node.policy.equals(ANY)) {
        for (String policy : new LinkedHashSet<>(initial)) {
          if (!authority.contains(policy) && node.parent != null) {
            add(node.parent, policy, Set.of(policy));
          }
        }
        remove(bottom, node);
      }
    }
    prune(bottom - 1);
  }

  private List<Node> bottom() {
    return levels.get(levels.size() - 1);
  }

  private void add(Node parent, String policy, Set<String> expected) {
    if (isNull()) {
      return;
    }
    if (++size > LARGEST) {
      setNull();
      return;
    }
    bottom().add(new Node(parent, policy, expected));
    parent.children++;
  }

  private void remove(int depth, Node node) {
    if (levels.get(depth).remove(node) && node.parent != null) {
      node.parent.children--;
    }
  }

  private void removeWithChildren(int depth, Node node) {
    remove(depth, node);
    if (depth + 1 < levels.size()) {
      for (Node child : List.copyOf(levels.get(depth + 1))) {
        if (child.parent == node) {
          removeWithChildren(depth + 1, child);
        }
      }
    }
  }

  /** Removes nodes without children, from the given depth upwards. */
  private void prune(int from) {
    for (int depth = from; depth >= 0; depth--) {
      for (Node node : List.copyOf(levels.get(depth))) {
        if (node.children == 0) {
          remove(depth, node);
        }
      }
    }
  }
}
