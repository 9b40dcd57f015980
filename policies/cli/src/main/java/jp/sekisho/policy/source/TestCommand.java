package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.setting.Shapes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs the cases beside a policy. A policy without cases is refused: a test that tests nothing is
 * none.
 */
@Command(name = "test")
final class TestCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(paramLabel = "FILE.yaml|DIR", descriptionKey = "test.policy")
  private Path policy;

  private record Result(CaseFile.Case one, Decision decision, boolean passed) {}

  @Override
  public Integer call() {
    Output output = common.output();
    try {
      PolicyTree.Outcome outcome = PolicyTree.read(policy);
      if (outcome instanceof PolicyTree.Outcome.Refused refused) {
        return SourceFile.refused(output, refused.problems(), policy);
      }
      PolicyTree tree = ((PolicyTree.Outcome.Read) outcome).tree();
      List<Located> problems = new ArrayList<>();
      List<CaseFile.Case> cases = new ArrayList<>();
      for (Path file : CaseFile.files(policy)) {
        cases.addAll(CaseFile.read(file, problems));
      }
      if (!problems.isEmpty()) {
        return SourceFile.refused(output, problems, policy);
      }
      if (cases.isEmpty()) {
        return output.refused("NO_CASES", "test.NO_CASES", policy.toString());
      }
      return report(output, cases.stream().map(one -> run(tree, one)).toList());
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  private static Result run(PolicyTree tree, CaseFile.Case one) {
    Decision decision = one.question().ask(PolicyEvaluator.by(tree.policyOf(one.terminal())));
    boolean passed =
        Shapes.text(decision.effect()).equals(one.effect())
            && (one.rule().isEmpty() || one.rule().equals(decision.rule()))
            && (one.layer().isEmpty() || one.layer().equals(Shapes.text(decision.layer())));
    return new Result(one, decision, passed);
  }

  private static int report(Output output, List<Result> results) {
    long failed = results.stream().filter(result -> !result.passed()).count();
    ObjectNode json =
        Output.object(failed == 0 ? "ok" : "refused")
            .put("cases", results.size())
            .put("failed", failed);
    ArrayNode list = json.putArray("results");
    for (Result result : results) {
      list.addObject()
          .put("file", result.one().file().toString())
          .put("line", result.one().line())
          .put("name", result.one().name())
          .put("passed", result.passed())
          .put("effect", Shapes.text(result.decision().effect()))
          .put("rule", result.decision().rule())
          .put("layer", Shapes.text(result.decision().layer()));
    }
    output.result(
        json,
        () -> {
          for (Result result : results) {
            output.line(line(output, result));
          }
          output.line(
              output
                  .messages()
                  .text("test.summary", String.valueOf(results.size()), String.valueOf(failed)));
        });
    return (failed == 0 ? Exit.OK : Exit.REFUSED).code();
  }

  private static String line(Output output, Result result) {
    CaseFile.Case one = result.one();
    Decision is = result.decision();
    String got = Shapes.text(is.effect()) + " " + is.rule() + " (" + Shapes.text(is.layer()) + ")";
    String place = one.file().getFileName() + ":" + one.line();
    if (result.passed()) {
      return output.messages().text("test.passed", place, one.name(), got);
    }
    String expected = (one.effect() + " " + one.rule() + " " + one.layer()).strip();
    return output.messages().text("test.failed", place, one.name(), got, expected);
  }
}
