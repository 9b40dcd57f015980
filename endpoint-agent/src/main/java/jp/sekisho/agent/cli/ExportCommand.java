package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.agent.export.WrittenPart;
import jp.sekisho.agent.ipc.ExportCall;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.platform.linux.ProcessHardening;
import jp.sekisho.agent.seat.Pinentry;
import jp.sekisho.agent.seat.PinentryProgram;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sekisho-agent export}: has files written to the medium of an approved exception, run by
 * the person it is for, on their own screen.
 */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Has the agent write files to the one medium of an approved exception (持ち出し), encrypted for"
          + " its recipient or, where that was approved, as they are. Nobody else can write to it.",
      "Needs the staff card of the person it is for in its reader, the medium plugged in, and the"
          + " service. Taking the card out, or ending this command, breaks it off; what is not"
          + " reported as written then counts for nothing. What recipients do: docs/export.md."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all files were written",
      "1:refused, or not all of them",
      "2:wrong usage",
      "3:there is no agent service"
    })
final class ExportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "What to write, in this order.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private List<Path> files;

  @Option(
      names = "--grant",
      paramLabel = "ID",
      required = true,
      description = "The exception's id, as its page shows it.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private String grant;

  @Option(
      names = "--pinentry",
      paramLabel = "PROGRAM",
      description = "The program that shows a passphrase. Default: as of the session command.")
  private @Nullable Path pinentry;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The agent service's Unix socket. Default: ${DEFAULT-VALUE}.")
  private Path socket = Path.of("/run/sekisho/agent.sock");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    for (Path file : files) {
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw new ParameterException(spec.commandLine(), file + " is not a file you can read");
      }
    }
    // Waits for the service as well: a passphrase must not be left in a core dump of this.
    ProcessHardening.apply();
    Texts texts = Texts.ofProcess();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ExportCall.Told told;
    try (LocalFiles local =
        new LocalFiles(
            files, passphrase -> show(texts, passphrase), part -> say(texts, out, part))) {
      told = ExportCall.ask(socket, new PeerCredentials(), grant, local);
    } catch (IOException e) {
      err.println(texts.text("export.no-service", String.valueOf(e.getMessage())));
      return ExitCode.ENVIRONMENT;
    }
    ExportOutcome outcome = told.outcome();
    String whole = String.valueOf(outcome.files());
    Refusal refusal = outcome.refusal();
    if (refusal == null) {
      out.println(texts.text("export.done", whole));
      return ExitCode.OK;
    }
    RefusalText text =
        RefusalText.of(
            refusal,
            Locale.getDefault(),
            told.help().isEmpty() ? Map.of() : Map.of("help", told.help()));
    err.println(
        texts.text(
            "export.refused",
            refusal.name(),
            text.what() + " " + text.why() + " " + text.action() + " " + text.contact(),
            whole,
            String.valueOf(files.size())));
    return ExitCode.REFUSED;
  }

  private static void say(Texts texts, PrintWriter out, WrittenPart part) {
    out.println(
        texts.text("export.written", part.name(), String.valueOf(part.bytes()), part.sha256()));
    out.flush();
  }

  private boolean show(Texts texts, Passphrase passphrase) {
    Path program = pinentry;
    Supplier<Optional<PinentryProgram>> programs =
        program == null
            ? PinentryProgram::choose
            : () -> Optional.of(PinentryProgram.configured(program));
    char[] shown = passphrase.chars();
    try {
      return new Pinentry(programs, Locale.getDefault())
          .confirm(
              texts.text("export.passphrase.title"),
              // A window's words are text, which nobody can wipe: this process ends soon after.
              texts.text("export.passphrase.text", new String(shown)),
              texts.text("export.passphrase.ok"),
              texts.text("export.passphrase.cancel"),
              ExportCall.PATIENCE);
    } finally {
      Arrays.fill(shown, '\0');
    }
  }
}
