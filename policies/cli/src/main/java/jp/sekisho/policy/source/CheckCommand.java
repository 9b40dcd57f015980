package jp.sekisho.policy.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import jp.sekisho.policy.Policy;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Checks a policy's source and, asked for, writes the compiled policy. */
@Command(name = "check")
final class CheckCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "FILE.yaml", descriptionKey = "check.file")
  private Path file;

  @Option(names = "--out", paramLabel = "compiled.json", descriptionKey = "check.out")
  private @Nullable Path out;

  @Override
  public Integer call() {
    Output output = common.output();
    PolicyCompiler.Outcome outcome;
    try {
      outcome = SourceFile.compile(file);
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
    if (outcome instanceof PolicyCompiler.Outcome.Refused refused) {
      return SourceFile.refused(output, file, refused.problems());
    }
    return compiled(output, ((PolicyCompiler.Outcome.Compiled) outcome).policy());
  }

  private int compiled(Output output, Policy policy) {
    byte[] bytes = policy.bytes();
    if (out != null) {
      try {
        Files.write(out, bytes);
      } catch (IOException e) {
        return output.unreadable(
            new InputFile.UnreadableException(
                Exit.ENVIRONMENT, "error.unwritable", out.toString()));
      }
    }
    String hash = Sha256.text(bytes);
    String rules = String.valueOf(policy.rules().count());
    ObjectNode json = Output.object("ok").put("sha256", hash).put("bytes", bytes.length);
    json.put("rules", policy.rules().count());
    output.result(
        json, () -> output.line(output.messages().text("check.ok", file.toString(), rules, hash)));
    return Exit.OK.code();
  }
}
