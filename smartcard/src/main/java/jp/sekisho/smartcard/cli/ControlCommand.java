package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.CardText;
import jp.sekisho.smartcard.simulate.ControlSocket;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Speaks to a running simulator. */
@Command(name = "control", mixinStandardHelpOptions = true)
final class ControlCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--dir", required = true)
  private Path directory;

  @Parameters(arity = "1..4", paramLabel = "COMMAND", descriptionKey = "control.command")
  private List<String> words = List.of();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try {
      ControlSocket.send(directory, String.join(" ", words))
          .forEach(line -> Output.print(spec.commandLine().getOut(), line));
      return Output.OK;
    } catch (ControlSocket.RefusedException e) {
      Output.print(spec.commandLine().getErr(), String.valueOf(e.getMessage()));
      return Output.REFUSED;
    } catch (SocketException e) {
      Output.print(
          spec.commandLine().getErr(),
          CardText.message(
                  ((CardCommand) spec.root().userObject()).language().locale(), "cli.control.down")
              .formatted(directory, e.getMessage()));
      return Output.ENVIRONMENT;
    }
  }
}
