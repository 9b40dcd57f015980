package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.trust.OfficerOutcome;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks root and policy in a directory: form, hashes, signatures, period, and the pin if given.
 */
@Command(name = "verify")
final class VerifyCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "DIR", descriptionKey = "verify.directory")
  private Path directory;

  @Option(names = "--root-hash", paramLabel = "HASH", descriptionKey = "verify.root-hash")
  private @Nullable String rootHash;

  private final Clock clock;

  VerifyCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() {
    Output output = common.output();
    SignedFile root;
    SignedFile policy;
    try {
      root = TrustFiles.read(directory, TrustKind.ROOT);
      policy = TrustFiles.read(directory, TrustKind.POLICY);
    } catch (MalformedException e) {
      return refused(output, Refusal.POLICY_MALFORMED, String.valueOf(e.getMessage()));
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
    if (rootHash != null && !rootHash.equals(root.hash())) {
      return refused(output, Refusal.ROOT_NOT_PINNED, root.hash());
    }
    OfficerOutcome outcome =
        TrustVerifier.officers(null, null, List.of(root), policy, clock.instant());
    if (outcome instanceof OfficerOutcome.Rejected rejected) {
      return refused(output, rejected.reason(), rejected.what());
    }
    OfficerOutcome.Accepted accepted = (OfficerOutcome.Accepted) outcome;
    if (accepted.root().header().trial()) {
      common.banner();
    }
    return valid(output, accepted.root(), accepted.policy());
  }

  private int valid(Output output, Trusted<Root> root, Trusted<Policy> policy) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("use", root.header().trial() ? "trial" : "production");
    fields.put("rootVersion", Long.toString(root.version()));
    fields.put("rootHash", root.hash());
    fields.put("rootExpires", root.header().expires().toString());
    fields.put("officers", root.body().threshold() + "/" + root.body().officers().size());
    fields.put("policyVersion", Long.toString(policy.version()));
    fields.put("policyHash", policy.hash());
    fields.put("policyExpires", policy.header().expires().toString());
    fields.put("rules", Long.toString(policy.body().rules().count()));
    fields.put("approvers", Integer.toString(policy.body().grants().approvers().value().size()));
    ObjectNode json = Output.object("valid").put("pinned", rootHash != null);
    fields.forEach(json::put);
    output.result(
        json,
        () -> {
          String key = rootHash == null ? "verify.unpinned" : "verify.valid";
          output.line(output.messages().text(key, directory.toString()));
          fields.forEach((name, value) -> output.line(name + " " + value));
        });
    return Exit.OK.code();
  }

  private static int refused(Output output, Refusal reason, String what) {
    return output.refused(reason.name(), "verify.refused", what);
  }
}
