package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** What a terminal decided about the signed files it was sent. */
public sealed interface TrustEvent extends AgentEvent {

  /**
   * A new set of signed files counts from now on.
   *
   * @param layers scope, version and hash of each layer below the policy, one space between
   */
  record Accepted(
      long rootVersion,
      long policyVersion,
      String policyHash,
      List<String> layers,
      long rosterVersion,
      boolean trial)
      implements TrustEvent {
    /** Copies the list. */
    public Accepted {
      layers = List.copyOf(layers);
    }

    @Override
    public String type() {
      return "policy.accepted";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "rootVersion",
          rootVersion,
          "policyVersion",
          policyVersion,
          "policyHash",
          policyHash,
          "layers",
          layers,
          "rosterVersion",
          rosterVersion,
          "trial",
          trial);
    }
  }

  /**
   * A set was refused, and what counted before still does.
   *
   * @param files base64url SHA-256 of what was sent
   * @param what which file and why, in English; never content
   */
  record Refused(String files, String what, Refusal reason) implements TrustEvent {
    @Override
    public String type() {
      return "policy.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("files", files, "what", what);
    }
  }
}
