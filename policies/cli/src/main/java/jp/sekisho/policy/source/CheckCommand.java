package jp.sekisho.policy.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.source.Problem.Code;
import jp.sekisho.policy.source.Problem.Position;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks a policy's source and, asked for, writes the compiled policy. */
@Command(name = "check")
final class CheckCommand implements Callable<Integer> {
  private static final int MAX_BYTES = 4 * YamlSource.MAX_CODE_POINTS;

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
      outcome = compile(InputFile.read(file, InputStream.nullInputStream(), MAX_BYTES));
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
    if (outcome instanceof PolicyCompiler.Outcome.Refused refused) {
      return refused(output, refused.problems());
    }
    return compiled(output, ((PolicyCompiler.Outcome.Compiled) outcome).policy());
  }

  private static PolicyCompiler.Outcome compile(byte[] bytes) {
    try {
      return PolicyCompiler.compile(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return new PolicyCompiler.Outcome.Refused(
          List.of(Problem.of(Code.YAML_SYNTAX, Position.UNKNOWN, "")));
    }
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

  private int refused(Output output, List<Problem> problems) {
    ObjectNode json = Output.object("refused");
    ArrayNode list = json.putArray("problems");
    for (Problem problem : problems) {
      list.addObject()
          .put("code", problem.code().name())
          .put("line", problem.position().line())
          .put("column", problem.position().column())
          .put("path", problem.path())
          .put("text", text(output, problem));
    }
    output.result(
        json,
        () -> {
          problems.forEach(problem -> output.line(line(output, problem)));
          String count = String.valueOf(problems.size());
          output.line(output.messages().text("check.refused", file.toString(), count));
        });
    return Exit.REFUSED.code();
  }

  private String line(Output output, Problem problem) {
    Position position = problem.position();
    return "%s:%d:%d: %s %s: %s"
        .formatted(
            file,
            position.line(),
            position.column(),
            problem.code(),
            problem.path(),
            text(output, problem));
  }

  private static String text(Output output, Problem problem) {
    return output.messages().text("problem." + problem.code(), problem.arguments());
  }
}
