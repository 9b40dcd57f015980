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
      return PolicyCompiler.compile(decode(bytes));
    } catch (CharacterCodingException e) {
      return new PolicyCompiler.Outcome.Refused(List.of(notText()));
    }
  }

  /** Compiles the one layer in {@code file}. */
  static LayerCompiler.Outcome layer(Path file) throws InputFile.UnreadableException {
    try {
      return LayerCompiler.compile(file, text(file));
    } catch (CharacterCodingException e) {
      return new LayerCompiler.Outcome.Refused(List.of(notText()));
    }
  }

  /** The text of a source. */
  static String text(Path file) throws InputFile.UnreadableException, CharacterCodingException {
    return decode(InputFile.read(file, InputStream.nullInputStream(), MAX_BYTES));
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** A file that is no UTF-8 text. */
  static Problem notText() {
    return Problem.of(Code.YAML_SYNTAX, new Position(1, 1), "");
  }

  /** Lists every problem with its place; returns the exit code. */
  static int refused(Output output, Path file, List<Problem> problems) {
    return refused(
        output, problems.stream().map(problem -> new Located(file, problem)).toList(), file);
  }

  /** Lists every problem of several files; returns the exit code. */
  static int refused(Output output, List<Located> problems, Path what) {
    ObjectNode json = Output.object("refused");
    list(json.putArray("problems"), output, problems);
    output.result(
        json,
        () -> {
          problems.forEach(problem -> output.line(line(output, problem)));
          String count = String.valueOf(problems.size());
          output.line(output.messages().text("check.refused", what.toString(), count));
        });
    return Exit.REFUSED.code();
  }

  /** Adds problems to a list of JSON. */
  static void list(ArrayNode list, Output output, List<Located> problems) {
    for (Located located : problems) {
      Problem problem = located.problem();
      list.addObject()
          .put("code", problem.code().name())
          .put("file", located.file().toString())
          .put("line", problem.position().line())
          .put("column", problem.position().column())
          .put("path", problem.path())
          .put("text", text(output, problem));
    }
  }

  /** A problem as compilers print one: {@code file:line:column: CODE /path: text}. */
  static String line(Output output, Located located) {
    Problem problem = located.problem();
    return "%s:%d:%d: %s %s: %s"
        .formatted(
            located.file(),
            problem.position().line(),
            problem.position().column(),
            problem.code(),
            problem.path(),
            text(output, problem));
  }

  private static String text(Output output, Problem problem) {
    return output.messages().text("problem." + problem.code(), problem.arguments());
  }
}
