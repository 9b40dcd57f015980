package jp.sekisho.agent.cli;

import jp.sekisho.agent.platform.linux.LinuxGates;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code sekisho-agent}: the agent of a terminal. */
@Command(
    name = "sekisho-agent",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "The agent of a terminal of the My Number segment.",
    subcommands = {
      ServiceCommand.class,
      SessionCommand.class,
      EnrollCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeOnExecutionException = ExitCode.ENVIRONMENT,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:ok",
      "1:refused, or a problem was found",
      "2:wrong usage",
      "3:the environment does not allow it"
    })
public final class AgentCommand {
  /** Starts the program. */
  public static void main(String[] args) {
    EarlyGate.close(args, LinuxGates.SYS);
    System.exit(commandLine().execute(args));
  }

  /** The command tree. */
  static CommandLine commandLine() {
    return new CommandLine(new AgentCommand());
  }
}
