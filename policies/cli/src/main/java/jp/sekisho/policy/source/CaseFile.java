package jp.sekisho.policy.source;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.policy.source.Problem.Code;
import tools.jackson.databind.JsonNode;

/** The cases beside a policy: acts, and what the policy is to decide about each. */
final class CaseFile {
  /**
   * One case.
   *
   * @param file where it stands
   * @param line where in it
   * @param name what it shows
   * @param terminal at which terminal it happens; empty for one that no layer names
   * @param question what happens
   * @param effect what is to be decided
   * @param rule id of the rule that is to decide; empty for any
   * @param layer layer of that rule; empty for any
   */
  record Case(
      Path file,
      int line,
      String name,
      String terminal,
      Question question,
      String effect,
      String rule,
      String layer) {}

  private CaseFile() {}

  /** The files of cases in a directory, or beside a file of the same name. */
  static List<Path> files(Path policy) throws InputFile.UnreadableException {
    if (!Files.isDirectory(policy)) {
      Path beside =
          policy.resolveSibling(
              policy.getFileName().toString().replaceAll("\\.yaml$", "") + PolicyTree.CASES);
      return Files.exists(beside) ? List.of(beside) : List.of();
    }
    try (Stream<Path> files = Files.list(policy)) {
      return files.filter(file -> file.toString().endsWith(PolicyTree.CASES)).sorted().toList();
    } catch (IOException e) {
      throw new InputFile.UnreadableException(
          Exit.ENVIRONMENT, "error.unreadable", policy.toString());
    }
  }

  /** Reads the cases of one file; what is wrong goes to {@code problems}. */
  static List<Case> read(Path file, List<Located> problems) throws InputFile.UnreadableException {
    YamlSource.Outcome outcome;
    try {
      outcome = YamlSource.read(SourceFile.text(file));
    } catch (CharacterCodingException e) {
      outcome = new YamlSource.Outcome.Refused(SourceFile.notText());
    }
    if (outcome instanceof YamlSource.Outcome.Refused refused) {
      problems.add(new Located(file, refused.problem()));
      return List.of();
    }
    YamlSource.Outcome.Read read = (YamlSource.Outcome.Read) outcome;
    PolicySchema.CASES.check(read).forEach(problem -> problems.add(new Located(file, problem)));
    List<Case> cases = new ArrayList<>();
    JsonNode list = read.root().path("cases");
    for (int i = 0; problems.isEmpty() && i < list.size(); i++) {
      JsonNode one = list.path(i);
      String path = "/cases/" + i;
      if (CaseQuestions.KINDS.stream().filter(one::has).count() != 1) {
        String kinds = String.join(" | ", CaseQuestions.KINDS);
        problems.add(new Located(file, Problem.of(Code.CASE_QUESTION, read.at(path), path, kinds)));
        continue;
      }
      try {
        cases.add(of(file, read.at(path).line(), one));
      } catch (DateTimeException | ArithmeticException e) {
        problems.add(new Located(file, Problem.of(Code.FORM_WRONG, read.at(path), path)));
      }
    }
    return cases;
  }

  private static Case of(Path file, int line, JsonNode one) {
    JsonNode expect = one.path("expect");
    return new Case(
        file,
        line,
        one.path("name").asString(),
        one.path("terminal").asString(""),
        CaseQuestions.of(one),
        expect.path("effect").asString(),
        expect.path("rule").asString(""),
        expect.path("layer").asString(""));
  }
}
