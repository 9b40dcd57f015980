package jp.sekisho.policy.source;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.setting.Shapes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Says in words what a new policy changes, and whether that is stricter or wider. */
@Command(name = "diff")
final class DiffCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(index = "0", paramLabel = "OLD", descriptionKey = "diff.old")
  private Path old;

  @SuppressWarnings("NullAway.Init") // required
  @Parameters(index = "1", paramLabel = "NEW", descriptionKey = "diff.new")
  private Path now;

  @Override
  public Integer call() {
    Output output = common.output();
    try {
      PolicySet.Outcome before = PolicySet.read(old);
      PolicySet.Outcome after = PolicySet.read(now);
      if (before instanceof PolicySet.Outcome.Refused refused) {
        return SourceFile.refused(output, refused.problems(), old);
      }
      if (after instanceof PolicySet.Outcome.Refused refused) {
        return SourceFile.refused(output, refused.problems(), now);
      }
      return compared(
          output,
          ((PolicySet.Outcome.Read) before).policies(),
          ((PolicySet.Outcome.Read) after).policies());
    } catch (InputFile.UnreadableException e) {
      return output.unreadable(e);
    }
  }

  private int compared(Output output, Map<String, Policy> before, Map<String, Policy> after) {
    Set<String> scopes = new LinkedHashSet<>(after.keySet());
    scopes.addAll(before.keySet());
    ObjectNode json = Output.object("compared");
    ArrayNode list = json.putArray("changes");
    StringBuilder lines = new StringBuilder();
    boolean wider = false;
    for (String scope : scopes) {
      List<RuleWords.Change> changes =
          RuleWords.changes(nearest(before, scope), nearest(after, scope));
      wider |= RuleWords.widens(changes);
      changes.forEach(change -> put(list.addObject().put("scope", scope), change));
      if (!changes.isEmpty()) {
        lines.append(output.messages().text("diff.scope", scope)).append('\n');
        changes.forEach(change -> lines.append(change.line(output.messages())).append('\n'));
      }
    }
    String key =
        list.isEmpty() ? "diff.nothing" : wider ? "diff.wider-whole" : "diff.stricter-whole";
    json.put("wider", wider);
    output.result(
        json,
        () -> {
          output.out().print(lines);
          output.line(output.messages().text(key));
        });
    return Exit.OK.code();
  }

  /** One change as JSON. */
  static void put(ObjectNode json, RuleWords.Change change) {
    json.put("setting", change.setting())
        .put("rule", change.rule())
        .put("before", change.before())
        .put("after", change.after())
        .put("direction", Shapes.text(change.comparison()));
  }

  /** What holds in {@code scope}: its own policy, or that of the layer above which has one. */
  private static Policy nearest(Map<String, Policy> policies, String scope) {
    String at = scope;
    while (!policies.containsKey(at)) {
      int slash = at.lastIndexOf('/');
      at = slash < 0 ? "common" : at.substring(0, slash);
    }
    Policy policy = policies.get(at);
    if (policy == null) {
      throw new IllegalStateException("there is always a common policy");
    }
    return policy;
  }
}
