package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The program's commands. */
@Command(
    name = "sekisho-card",
    mixinStandardHelpOptions = true,
    version = "sekisho-card 0.1.0",
    subcommands = {
      ReadersCommand.class,
      StatusCommand.class,
      WatchCommand.class,
      SignCommand.class,
      ChangePinCommand.class,
      DoctorCommand.class,
      VerifyPathCommand.class,
      VerifySignatureCommand.class,
      SimulateCommand.class,
      ControlCommand.class,
      IssueTestCaCommand.class,
      IssueCommand.class,
      ResetPinCommand.class
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {" 0:", " 1:", " 2:", " 3:"})
public final class CardCommand {
  private static final String HELP = "jp.sekisho.smartcard.help";

  @Option(
      names = Language.OPTION,
      paramLabel = "ja|en",
      scope = ScopeType.INHERIT,
      converter = Language.Converter.class)
  private Language language;

  private CardCommand(Language language) {
    this.language = language;
  }

  Language language() {
    return language;
  }

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs one command line; never prints a stack trace. */
  public static int run(String... arguments) {
    return commandLine(Language.asked(arguments, Locale.getDefault())).execute(arguments);
  }

  static CommandLine commandLine(Language language) {
    return new CommandLine(new CardCommand(language))
        .setResourceBundle(help(language))
        .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler((exception, arguments) -> complain(exception, language))
        .setExecutionExceptionHandler((exception, command, parsed) -> {
          command.getErr().println(reason(exception, language));
          if (exception instanceof FileSystemException file
              && command.getParseResult().hasMatchedOption("--json")) {
            Output.print(command.getOut(), fileUnusable(file));
          }
          return exception instanceof IOException ? Output.ENVIRONMENT : Output.REFUSED;
        });
  }

  static ResourceBundle help(Language language) {
    return ResourceBundle.getBundle(
        HELP,
        language.locale(),
        CardCommand.class.getClassLoader(),
        ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
  }

  private static int complain(ParameterException exception, Language language) {
    CommandLine command = exception.getCommandLine();
    if (command.getCommandSpec().userObject() instanceof Batch.Answering) {
      // Who calls these reads a line of JSON whatever happens.
      Output.print(
          command.getOut(),
          Json.of(Batch.unusable(String.valueOf(exception.getMessage())).values()));
    }
    PrintWriter err = command.getErr();
    err.println(CardText.message(language.locale(), "cli.usage").formatted(exception.getMessage()));
    err.println(
        CardText.message(language.locale(), "cli.usage.help")
            .formatted(command.getCommandSpec().qualifiedName()));
    return Output.USAGE;
  }

  private static String fileUnusable(FileSystemException exception) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("failure", "FILE_UNUSABLE");
    values.put("file", String.valueOf(exception.getFile()));
    return Json.of(values);
  }

  private static String reason(Exception exception, Language language) {
    // The message of these is the bare path.
    if (exception instanceof FileSystemException file) {
      return CardText.message(language.locale(), "cli.file")
          .formatted(
              file.getFile(),
              file.getReason() == null ? file.getClass().getSimpleName() : file.getReason());
    }
    return exception instanceof CardException || exception instanceof IOException
        ? String.valueOf(exception.getMessage())
        : exception.toString();
  }
}
