package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.agent.ipc.ClipboardCall;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sekisho-agent clipboard}: lets the person it is for paste over boundaries under an
 * approved exception, on their own screen, while it runs.
 */
@Command(
    name = "clipboard",
    mixinStandardHelpOptions = true,
    description = {
      "Lets you paste what the policy keeps inside the segment, under an approved exception (capability"
          + " clipboard): up to the bytes that were approved, each paste recorded.",
      "Needs the staff card of the person it is for in its reader, and the service to begin. Taking"
          + " the card out interrupts it, ending this command ends it for good: docs/clipboard.md."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:it was in use and is over",
      "1:refused",
      "2:wrong usage",
      "3:there is no agent service"
    })
final class ClipboardCommand implements Callable<Integer> {
  @Option(
      names = "--grant",
      paramLabel = "ID",
      required = true,
      description = "The exception's id, as its page shows it.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private String grant;

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
    Texts texts = Texts.ofProcess();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ClipboardCall.Told told;
    try {
      told =
          ClipboardCall.ask(
              socket,
              new PeerCredentials(),
              grant,
              (minutes, bytes) -> {
                out.println(
                    texts.text("clipboard.open", String.valueOf(minutes), String.valueOf(bytes)));
                out.flush();
              });
    } catch (IOException e) {
      err.println(texts.text("clipboard.no-service", String.valueOf(e.getMessage())));
      return ExitCode.ENVIRONMENT;
    }
    Refusal refusal = told.refusal();
    if (refusal == null) {
      String cause = String.valueOf(told.cause());
      out.println(
          texts.text(
              "clipboard.over",
              texts.wordOr("clipboard.cause." + cause, cause),
              String.valueOf(told.copies()),
              String.valueOf(told.bytes())));
      return ExitCode.OK;
    }
    RefusalText text =
        RefusalText.of(
            refusal,
            Locale.getDefault(),
            told.help().isEmpty() ? Map.of() : Map.of("help", told.help()));
    err.println(
        texts.text(
            "clipboard.refused",
            refusal.name(),
            text.what() + " " + text.why() + " " + text.action() + " " + text.contact()));
    return ExitCode.REFUSED;
  }
}
