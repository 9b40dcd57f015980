package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.util.List;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyLayers;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.source.Problem.Code;
import jp.sekisho.policy.source.Problem.Position;
import jp.sekisho.protocol.MalformedException;

/**
 * Turns the YAML of a policy of one layer into the policy terminals read.
 *
 * <p>The last word has {@link Policy#parse}, which reads the result as a terminal would.
 */
final class PolicyCompiler {
  /** What was compiled, or everything that is wrong. */
  sealed interface Outcome {
    /** A policy. */
    record Compiled(Policy policy) implements Outcome {}

    /** None; at least one problem. */
    record Refused(List<Problem> problems) implements Outcome {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  private PolicyCompiler() {}

  static Outcome compile(String yaml) {
    LayerCompiler.Outcome outcome = LayerCompiler.compile(Path.of("-"), yaml);
    if (outcome instanceof LayerCompiler.Outcome.Refused refused) {
      return new Outcome.Refused(refused.problems());
    }
    LayerSource source = ((LayerCompiler.Outcome.Compiled) outcome).layer();
    if (source.head().layer() != Layer.COMMON) {
      Position at = source.read().at("/layer");
      return new Outcome.Refused(
          List.of(Problem.of(Code.LAYER_ALONE, at, "/layer", source.head().scope())));
    }
    return combine(source, List.of());
  }

  /** What the terminals of the lowest of these layers obey. */
  static Outcome combine(LayerSource common, List<LayerSource> lower) {
    try {
      Policy policy =
          PolicyLayers.combine(common.layer(), lower.stream().map(LayerSource::layer).toList());
      return new Outcome.Compiled(Policy.parse(policy.bytes()));
    } catch (MalformedException | IllegalArgumentException e) {
      String rule = String.valueOf(e.getMessage());
      return new Outcome.Refused(
          List.of(Problem.of(Code.POLICY_REFUSED, new Position(1, 1), "", rule)));
    }
  }
}
