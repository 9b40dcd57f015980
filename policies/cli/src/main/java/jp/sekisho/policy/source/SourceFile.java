package jp.sekisho.policy.source;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.policy.source.Problem.Code;
import jp.sekisho.policy.source.Problem.Position;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A policy's source file: compiles it, and says what is wrong with it and where. */
final class SourceFile {
  private static final int MAX_BYTES = 4 * YamlSource.MAX_CODE_POINTS;

  private SourceFile() {}

  /** Compiles the policy in {@code file}. */
  static PolicyCompiler.Outcome compile(Path file) throws InputFile.UnreadableException {
    return compile(InputFile.read(file, InputStream.nullInputStream(), MAX_BYTES));
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

  /** Lists every problem with its place; returns the exit code. */
  static int refused(Output output, Path file, List<Problem> problems) {
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
          problems.forEach(problem -> output.line(line(output, file, problem)));
          String count = String.valueOf(problems.size());
          output.line(output.messages().text("check.refused", file.toString(), count));
        });
    return Exit.REFUSED.code();
  }

  private static String line(Output output, Path file, Problem problem) {
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
