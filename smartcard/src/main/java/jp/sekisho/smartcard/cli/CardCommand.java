package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import jp.sekisho.smartcard.CardException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program's commands. */
@Command(
    name = "sekisho-card",
    description = "Card readers and staff cards.",
    mixinStandardHelpOptions = true,
    version = "sekisho-card 0.1.0",
    subcommands = {
      ReadersCommand.class,
      StatusCommand.class,
      VerifyPathCommand.class,
      VerifySignatureCommand.class,
      SimulateCommand.class,
      ControlCommand.class,
      IssueTestCaCommand.class
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      " 0:done",
      " 1:refused or invalid",
      " 2:wrong usage",
      " 3:the environment lacks something (card service, files)"
    })
public final class CardCommand {
  private CardCommand() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs one command line; never prints a stack trace. */
  public static int run(String... arguments) {
    return new CommandLine(new CardCommand())
        .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler((exception, command, parsed) -> {
          command.getErr().println(reason(exception));
          return exception instanceof IOException ? Output.ENVIRONMENT : Output.REFUSED;
        })
        .execute(arguments);
  }

  private static String reason(Exception exception) {
    // The message of these is the bare path.
    if (exception instanceof FileSystemException file) {
      return "FILE_UNUSABLE "
          + file.getFile()
          + ": "
          + (file.getReason() == null ? file.getClass().getSimpleName() : file.getReason());
    }
    return exception instanceof CardException || exception instanceof IOException
        ? String.valueOf(exception.getMessage())
        : exception.toString();
  }
}
