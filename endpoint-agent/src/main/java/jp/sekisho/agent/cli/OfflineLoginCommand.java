package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.agent.ipc.OfflineCall;
import jp.sekisho.agent.offline.OfflineOutcome;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.protocol.RefusalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sekisho-agent offline-login}: logs in by card and PIN while the service cannot be reached,
 * run by the person on their own screen.
 */
@Command(
    name = "offline-login",
    mixinStandardHelpOptions = true,
    description = {
      "Logs you in at this terminal by your staff card and PIN while it cannot reach its service:"
          + " within the signed policy's limits, and only where you logged in online lately.",
      "It opens no page of Sekisho and unlocks no screen. Taking the card out, or the service coming"
          + " back, ends it. Everything is recorded."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:logged in", "1:refused", "2:wrong usage", "3:there is no agent service"})
final class OfflineLoginCommand implements Callable<Integer> {
  @Option(
      names = "--last-try",
      description =
          "Uses the last try of the PIN; without this a card with one try left is not asked.")
  private boolean lastTry;

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
    out.println(texts.text("offline-login.wait"));
    OfflineCall.Told told;
    try {
      told = OfflineCall.ask(socket, new PeerCredentials(), lastTry);
    } catch (IOException e) {
      err.println(texts.text("break-glass.no-service", String.valueOf(e.getMessage())));
      return ExitCode.ENVIRONMENT;
    }
    OfflineOutcome outcome = told.outcome();
    if (outcome instanceof OfflineOutcome.LoggedIn in) {
      out.println(texts.text("offline-login.done", in.person(), String.valueOf(in.minutes() / 60)));
      return ExitCode.OK;
    }
    OfflineOutcome.Refused refused = (OfflineOutcome.Refused) outcome;
    RefusalText text =
        RefusalText.of(
            refused.reason(),
            Locale.getDefault(),
            told.help().isEmpty() ? Map.of() : Map.of("help", told.help()));
    err.println(
        texts.text(
            "offline-login.refused",
            refused.reason().name(),
            text.what() + " " + text.why() + " " + text.action() + " " + text.contact()));
    Reason why = refused.why();
    if (why != null) {
      boolean japanese = Locale.getDefault().getLanguage().equals("ja");
      err.println(texts.text("offline-login.rule", japanese ? why.ja() : why.en()));
    }
    return ExitCode.REFUSED;
  }
}
