package jp.sekisho.policy.source;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.source.Problem.Code;
import jp.sekisho.policy.source.Problem.Position;
import jp.sekisho.protocol.MalformedException;

/** Policies by scope, from a source, a directory of layers, or one compiled policy. */
final class PolicySet {
  /** What was read. */
  sealed interface Outcome {
    /** Policies by scope, the common one first. */
    record Read(Map<String, Policy> policies) implements Outcome {}

    /** What is wrong. */
    record Refused(List<Located> problems) implements Outcome {}
  }

  private PolicySet() {}

  static Outcome read(Path path) throws InputFile.UnreadableException {
    if (path.toString().endsWith(".json")) {
      byte[] bytes = InputFile.read(path, InputStream.nullInputStream(), Policy.MAX_BYTES);
      try {
        return new Outcome.Read(Map.of("common", Policy.parse(bytes)));
      } catch (MalformedException e) {
        String why = String.valueOf(e.getMessage());
        return new Outcome.Refused(
            List.of(new Located(path, Problem.of(Code.POLICY_REFUSED, Position.UNKNOWN, "", why))));
      }
    }
    PolicyTree.Outcome outcome = PolicyTree.read(path);
    if (outcome instanceof PolicyTree.Outcome.Refused refused) {
      return new Outcome.Refused(refused.problems());
    }
    PolicyTree tree = ((PolicyTree.Outcome.Read) outcome).tree();
    Map<String, Policy> policies = new LinkedHashMap<>();
    tree.scopes().forEach(scope -> policies.put(scope, tree.policies().get(scope)));
    return new Outcome.Read(policies);
  }
}
