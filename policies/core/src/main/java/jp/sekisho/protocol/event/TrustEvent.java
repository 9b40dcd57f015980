package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** What a terminal decided about the signed files it was sent. */
public sealed interface TrustEvent extends AgentEvent {

  /** A new set of signed files counts from now on. */
  record Accepted(
      long rootVersion, long policyVersion, String policyHash, long rosterVersion, boolean trial)
      implements TrustEvent {
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
