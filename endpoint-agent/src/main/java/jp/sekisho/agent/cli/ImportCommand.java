package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.agent.intake.ImportOutcome;
import jp.sekisho.agent.ipc.ImportCall;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code sekisho-agent import}: has the files of a medium taken in under an approved exception, run
 * by the person it is for, on their own screen.
 */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Has the agent copy the files of the one medium plugged in, look for viruses and at their"
          + " kind, and hand over those that may be taken in (媒体の取込み). Nobody else can read"
          + " the medium.",
      "Needs the staff card of the person it is for in its reader and the service. Taking the card"
          + " or the medium out, or ending this command, breaks it off; what is not reported as"
          + " taken in is not kept. docs/import.md says what is let in."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all files were taken in",
      "1:refused, or some files stayed out",
      "2:wrong usage",
      "3:there is no agent service"
    })
final class ImportCommand implements Callable<Integer> {
  @Option(
      names = "--grant",
      paramLabel = "ID",
      required = true,
      description = "The exception's id, as its page shows it.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private String grant;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "The folder where the files go. Default: the current one.")
  private Path to = Path.of(".");

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The agent service's Unix socket. Default: ${DEFAULT-VALUE}.")
  private Path socket = Path.of("/run/sekisho/agent.sock");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private CommandSpec spec;

  @Override
  public Integer call() {
    if (!Files.isDirectory(to) || !Files.isWritable(to)) {
      throw new ParameterException(spec.commandLine(), to + " is not a folder you can write to");
    }
    Texts texts = Texts.ofProcess();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ImportCall.Told told;
    try (LocalFolder folder =
        new LocalFolder(
            to,
            stage -> say(out, texts.text("import." + stage.name().toLowerCase(Locale.ROOT))),
            file -> say(out, taken(texts, file)),
            file -> say(err, leftOut(texts, file)))) {
      told = ImportCall.ask(socket, new PeerCredentials(), grant, folder);
    } catch (IOException e) {
      err.println(texts.text("import.no-service", String.valueOf(e.getMessage())));
      return ExitCode.ENVIRONMENT;
    }
    ImportOutcome outcome = told.outcome();
    String files = String.valueOf(outcome.files());
    String leftOut = String.valueOf(outcome.leftOut());
    Refusal refusal = outcome.refusal();
    if (refusal != null) {
      err.println(texts.text("import.refused", refusal.name(), text(refusal, told.help()), files));
      return ExitCode.REFUSED;
    }
    if (outcome.leftOut() > 0) {
      String help = told.help().isEmpty() ? "" : " (" + told.help() + ")";
      err.println(texts.text("import.partly", files, leftOut, help));
      return ExitCode.REFUSED;
    }
    out.println(texts.text("import.done", files));
    return ExitCode.OK;
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }

  private static String taken(Texts texts, ClerkFolder.Taken file) {
    return texts.text(
        "import.taken", String.join("/", file.path()), String.valueOf(file.bytes()), file.sha256());
  }

  private static String leftOut(Texts texts, ClerkFolder.LeftOut file) {
    @Nullable String found = file.found();
    RefusalText text = RefusalText.of(file.reason(), Locale.getDefault(), Map.of());
    return texts.text(
        "import.left-out",
        file.shown(),
        file.reason().name() + (found == null ? "" : ": " + found),
        text.what() + " " + text.why() + " " + text.action());
  }

  private static String text(Refusal refusal, String help) {
    RefusalText text =
        RefusalText.of(
            refusal, Locale.getDefault(), help.isEmpty() ? Map.of() : Map.of("help", help));
    return text.what() + " " + text.why() + " " + text.action() + " " + text.contact();
  }
}
