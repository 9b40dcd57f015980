package jp.sekisho.policy.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.policy.Policy;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks a policy's source, or all layers of a directory: schema, bounds, layers that would widen,
 * rules that change nothing. Asked for, writes what a terminal obeys, and says by which layer.
 */
@Command(name = "check")
final class CheckCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "FILE.yaml|DIR", descriptionKey = "check.file")
  private Path file;

  @Option(names = "--terminal", paramLabel = "T", descriptionKey = "check.terminal")
  private @Nullable String terminal;

  @Option(names = "--out", paramLabel = "compiled.json", descriptionKey = "check.out")
  private @Nullable Path out;

  @Override
  public Integer call() {
    Output output = common.output();
    if (terminal != null && !Names.isTerminal(terminal)) {
      throw new ParameterException(
          spec.commandLine(), output.messages().text("check.TERMINAL", terminal));
    }
    try {
      PolicyTree.Outcome outcome = PolicyTree.read(file);
      if (outcome instanceof PolicyTree.Outcome.Refused refused) {
        return SourceFile.refused(output, refused.problems(), file);
      }
      PolicyTree.Outcome.Read read = (PolicyTree.Outcome.Read) outcome;
      String scope = terminal == null ? PolicyTree.COMMON : read.tree().scopeOf(terminal);
      Policy policy = read.tree().policyIn(scope);
      byte[] bytes = policy.bytes();
      if (out != null) {
        write(out, bytes);
      }
      return inOrder(output, read, scope, policy, bytes);
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  private static void write(Path out, byte[] bytes) throws InputFile.UnreadableException {
    try {
      Files.write(out, bytes);
    } catch (IOException e) {
      throw new InputFile.UnreadableException(Exit.ENVIRONMENT, "error.unwritable", out.toString());
    }
  }

  private int inOrder(
      Output output, PolicyTree.Outcome.Read read, String scope, Policy policy, byte[] bytes) {
    String hash = Sha256.text(bytes);
    String rules = String.valueOf(policy.rules().count());
    List<String> scopes = read.tree().scopes();
    ObjectNode json =
        Output.object("ok")
            .put("sha256", hash)
            .put("bytes", bytes.length)
            .put("rules", policy.rules().count())
            .put("scope", scope);
    ArrayNode list = json.putArray("scopes");
    scopes.forEach(list::add);
    SourceFile.list(json.putArray("warnings"), output, read.warnings());
    output.result(
        json,
        () -> {
          read.warnings().forEach(warning -> output.line(SourceFile.line(output, warning)));
          if (scopes.size() > 1) {
            output.line(output.messages().text("check.scopes", String.join(" ", scopes)));
          }
          if (terminal != null) {
            // A wrong number is named by no layer, and the common policy is the widest of all.
            boolean unnamed = scopes.size() > 1 && scope.equals(PolicyTree.COMMON);
            String key = unnamed ? "check.scope-common" : "check.scope";
            output.line(output.messages().text(key, terminal, scope));
          }
          output.line(output.messages().text("check.ok", file.toString(), rules, hash));
        });
    return Exit.OK.code();
  }
}
