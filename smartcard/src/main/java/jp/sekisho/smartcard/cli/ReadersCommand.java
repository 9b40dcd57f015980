package jp.sekisho.smartcard.cli;

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
        List<Map<String, String>> list =
            readers.stream()
                .map(name -> Map.of("name", name, "role", roles.roleOf(name).code()))
                .toList();
        Output.print(out, Json.of(Map.of("readers", list)));
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
}
