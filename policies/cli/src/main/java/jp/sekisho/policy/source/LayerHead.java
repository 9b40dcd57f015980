package jp.sekisho.policy.source;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.rule.Layer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which layer a source is, and which terminals it is for.
 *
 * @param layer its kind
 * @param organ id of the 機関; null for the common layer
 * @param division id of the 課; null above it
 * @param group id of the group of terminals; null above it
 * @param terminals ids of terminals, {@code *} for any characters
 */
record LayerHead(
    Layer layer,
    @Nullable String organ,
    @Nullable String division,
    @Nullable String group,
    List<String> terminals) {
  LayerHead {
    terminals = List.copyOf(terminals);
  }

  /** The head of {@code root}; {@link Layer#COMMON} without one. The schema has spoken. */
  static LayerHead of(JsonNode root) {
    JsonNode head = root.path("layer");
    if (head.isMissingNode()) {
      return new LayerHead(Layer.COMMON, null, null, null, List.of());
    }
    List<String> terminals = new ArrayList<>();
    head.path("terminals").forEach(item -> terminals.add(item.asString()));
    return new LayerHead(
        switch (head.path("kind").asString()) {
          case "common" -> Layer.COMMON;
          case "organ" -> Layer.ORGAN;
          case "division" -> Layer.DIVISION;
          default -> Layer.GROUP;
        },
        text(head, "organ"),
        text(head, "division"),
        text(head, "group"),
        terminals);
  }

  private static @Nullable String text(JsonNode head, String name) {
    return head.has(name) ? head.path(name).asString() : null;
  }

  /** The names this kind of layer must have and has not, or has and must not. */
  List<String> wrongNames() {
    List<String> wrong = new ArrayList<>();
    check("organ", organ, layer.compareTo(Layer.ORGAN) >= 0, wrong);
    check("division", division, layer.compareTo(Layer.DIVISION) >= 0, wrong);
    check("group", group, layer == Layer.GROUP, wrong);
    return wrong;
  }

  private static void check(
      String name, @Nullable String value, boolean needed, List<String> wrong) {
    if (needed != (value != null)) {
      wrong.add(name);
    }
  }

  /** Where it stands: {@code common}, {@code mayor}, {@code mayor/tax}, {@code mayor/tax/desk}. */
  String scope() {
    if (organ == null) {
      return "common";
    }
    return organ + (division == null ? "" : "/" + division) + (group == null ? "" : "/" + group);
  }

  /** Where it stands; of a layer below the common one. */
  LayerScope layerScope() {
    if (organ == null) {
      throw new IllegalStateException("the common layer has no scope");
    }
    return new LayerScope(organ, division, group);
  }

  /** Whether what this layer says holds in {@code scope} too. */
  boolean reaches(String scope) {
    return layer == Layer.COMMON || scope.equals(scope()) || scope.startsWith(scope() + "/");
  }

  /** Whether it names the terminal. */
  boolean names(String terminal) {
    return terminals.stream()
        .anyMatch(
            pattern -> Pattern.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"), terminal));
  }

  /** Whether some terminal could be named by both. */
  boolean overlaps(LayerHead other) {
    return terminals.stream()
        .anyMatch(one -> other.terminals().stream().anyMatch(two -> overlap(one, two)));
  }

  private static boolean overlap(String one, String two) {
    // possible[i][k]: the rest of one from i and of two from k can be one text.
    boolean[][] possible = new boolean[one.length() + 1][two.length() + 1];
    for (int i = one.length(); i >= 0; i--) {
      for (int k = two.length(); k >= 0; k--) {
        boolean first = i < one.length();
        boolean second = k < two.length();
        if (!first && !second) {
          possible[i][k] = true;
        } else if (first && one.charAt(i) == '*') {
          possible[i][k] = possible[i + 1][k] || (second && possible[i][k + 1]);
        } else if (second && two.charAt(k) == '*') {
          possible[i][k] = possible[i][k + 1] || (first && possible[i + 1][k]);
        } else {
          possible[i][k] =
              first && second && one.charAt(i) == two.charAt(k) && possible[i + 1][k + 1];
        }
      }
    }
    return possible[0][0];
  }
}
