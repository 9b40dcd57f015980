package jp.sekisho.policy.source;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the JSON Schema of policy sources, for editors. */
@Command(name = "schema")
final class SchemaCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--cases", descriptionKey = "schema.cases")
  private boolean cases;

  @Override
  public Integer call() {
    Output output = common.output();
    output.line((cases ? PolicySchema.CASES : PolicySchema.POLICY).text().strip());
    return Exit.OK.code();
  }
}
