package jp.sekisho.agent.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
    COMMANDS.put("export", ExportCommand.class);
    COMMANDS.put("import", ImportCommand.class);
    COMMANDS.put("clipboard", ClipboardCommand.class);
    COMMANDS.put("break-glass", BreakGlassCommand.class);
    COMMANDS.put("offline-login", OfflineLoginCommand.class);
  }

  /** Starts the program. */
  public static void main(String[] args) {
    Optional<ServiceOptions> service = ServiceOptions.plain(args);
    System.exit(service.isPresent() ? serve(service.get()) : commandLine(args).execute(args));
  }

  /** As {@link CommandLine#execute} would: whatever is thrown ends the process with a code. */
  private static int serve(ServiceOptions options) {
    try {
      return new ServiceRun(options, System.err::println).run();
    } catch (Exception e) {
      System.getLogger(AgentCommand.class.getName())
          .log(System.Logger.Level.ERROR, "the service ended", e);
      return ExitCode.ENVIRONMENT;
    }
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
