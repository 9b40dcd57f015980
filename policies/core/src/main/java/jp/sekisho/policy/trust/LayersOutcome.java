package jp.sekisho.policy.trust;

import java.util.List;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.protocol.Refusal;

/** What came of the layers below a policy: all of them count, or none. */
public sealed interface LayersOutcome {
  /**
   * All of them count, and none is missing.
   *
   * @param layers ascending by scope
   */
  record Accepted(List<Trusted<ScopedLayer>> layers) implements LayersOutcome {
    /** Copies the list. */
    public Accepted {
      layers = List.copyOf(layers);
    }
  }

  /**
   * None of them counts.
   *
   * @param what which file, and why, in English for the log; never content
   */
  record Rejected(Refusal reason, String what) implements LayersOutcome {}
}
