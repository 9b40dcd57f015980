package jp.sekisho.policy.source;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the JSON Schema of policy sources, for editors. */
@Command(name = "schema")
final class SchemaCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    Output output = common.output();
    output.line(PolicySchema.text().strip());
    return Exit.OK.code();
  }
}
