package jp.sekisho.smartcard.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists readers and their roles; touches none. */
@Command(name = "readers", mixinStandardHelpOptions = true)
final class ReadersCommand implements Callable<Integer> {
  @Mixin private final RoleOptions roleOptions = new RoleOptions();
  @Mixin private final Output output = new Output();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    ReaderRoles roles = roleOptions.roles();
    try (PcscContext context = PcscContext.establish()) {
      List<String> readers = context.readers();
      if (output.json()) {
        Output.print(out, json(readers, roles));
        return Output.OK;
      }
      readers.forEach(name ->
          Output.print(out, name + "\t" + output.message("cli.role." + roles.roleOf(name).code())));
      if (readers.isEmpty()) {
        Output.print(out, output.message("cli.readers.none"));
      } else if (!roleOptions.given()) {
        Output.print(out, output.message("cli.readers.all-resident"));
      }
      return Output.OK;
    } catch (CardException e) {
      Output.print(
          out,
          output.json()
              ? Json.of(Map.of("failure", e.failure().name()))
              : output.refusal(e.failure()));
      return Output.exitCode(e.failure());
    }
  }

  /** What {@code --json} prints, its keys in this order. */
  static String json(List<String> readers, ReaderRoles roles) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (String name : readers) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("name", name);
      values.put("role", roles.roleOf(name).code());
      list.add(values);
    }
    return Json.of(Map.of("readers", list));
  }
}
