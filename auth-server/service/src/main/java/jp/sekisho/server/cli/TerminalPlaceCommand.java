package jp.sekisho.server.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.TerminalDivisions;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.Terminals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code terminal place T-0042 --division shimin}. */
@Command(
    name = "place",
    mixinStandardHelpOptions = true,
    description = {
      "端末を置く課を登録する。併任のある職員は、その端末ではその課の職で働く。",
      "Says in which division a terminal stands: there, a person with several posts acts in that one."
    })
final class TerminalPlaceCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();

  @Parameters(
      index = "0",
      paramLabel = "TERMINAL",
      description = {"端末番号（例 T-0042）", "Terminal id, such as T-0042."})
  @SuppressWarnings("NullAway.Init") // required
  private String terminal;

  @Option(
      names = "--division",
      required = true,
      paramLabel = "CODE",
      description = {"端末の機関の課コード", "Code of a division of the terminal's organ."})
  @SuppressWarnings("NullAway.Init") // required
  private String division;

  @Override
  public Integer call() {
    return console.run(this::run);
  }

  private int run(Installation installation) {
    Terminals terminals = Terminals.of(installation.seal());
    Optional<Terminal> found =
        installation.transactions().read(handle -> terminals.find(handle, terminal));
    if (found.isEmpty() || found.get().state() == Terminal.State.REVOKED) {
      return say("UNKNOWN", ExitCode.REFUSED);
    }
    boolean placed =
        new TerminalDivisions(installation.seal())
            .place(installation.transactions(), terminal, found.get().organ(), division);
    return placed ? say("DONE", ExitCode.OK) : say("NO_DIVISION", ExitCode.REFUSED);
  }

  private int say(String outcome, int exit) {
    String text =
        Texts.of(Console.class, console.locale())
            .say("terminal.place." + outcome, terminal, division);
    if (console.json()) {
      Json.print(console.out(), "outcome", outcome, "terminal", terminal, "division", division);
    }
    if (exit != ExitCode.OK) {
      console.err().println(text);
    } else if (!console.json()) {
      console.out().println(text);
    }
    return exit;
  }
}
