package jp.sekisho.agent.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import jp.sekisho.agent.platform.linux.LinuxGates;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code sekisho-agent}: the agent of a terminal. */
@Command(
    name = "sekisho-agent",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "The agent of a terminal of the My Number segment.",
    exitCodeOnExecutionException = ExitCode.ENVIRONMENT,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:ok",
      "1:refused, or a problem was found",
      "2:wrong usage",
      "3:the environment does not allow it"
    })
public final class AgentCommand {
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("service", ServiceCommand.class);
    COMMANDS.put("session", SessionCommand.class);
    COMMANDS.put("enroll", EnrollCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("doctor", DoctorCommand.class);
  }

  /** Starts the program. */
  public static void main(String[] args) {
    EarlyGate.close(args, LinuxGates.SYS);
    System.exit(commandLine(args).execute(args));
  }

  /**
   * The command tree as far as {@code args} need it: of all, reading one command's annotations is
   * the most a terminal with a slow processor should pay for while its start is waited for.
   */
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new AgentCommand());
    Class<?> named = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (named != null) {
      return line.addSubcommand(named);
    }
    COMMANDS.values().forEach(line::addSubcommand);
    return line.addSubcommand(CommandLine.HelpCommand.class);
  }
}
