package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.agent.emergency.EmergencyOutcome;
import jp.sekisho.agent.emergency.Talk;
import jp.sekisho.agent.ipc.EmergencyCall;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.protocol.statement.BreakGlass.Reason;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code sekisho-agent break-glass}: asks for an 緊急時の例外措置, run by the person who is logged in, on
 * their own screen.
 */
@Command(
    name = "break-glass",
    mixinStandardHelpOptions = true,
    description = {
      "Opens the one medium that is plugged in, read-only, while this terminal cannot reach its"
          + " service: two approvers and the person who is logged in sign with their cards.",
      "Closed for good after --minutes, by the clock of this boot, or when that person's card is"
          + " taken out. Everything is recorded, and stays unreported until somebody reports it."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:the medium is open",
      "1:refused",
      "2:wrong usage",
      "3:there is no agent service"
    })
final class BreakGlassCommand implements Callable<Integer> {
  @Option(
      names = "--reason",
      paramLabel = "WORD",
      required = true,
      description =
          "Why it cannot wait: disaster (a disaster), outage (line or server failed), rescue (life,"
              + " body or property), duty (a legal deadline).")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private String reason;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "How long, 1 to 60, at most what the policy allows. Default: ${DEFAULT-VALUE}.")
  private int minutes = 30;

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
    Reason why = why();
    Texts texts = Texts.ofProcess();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    EmergencyOutcome outcome;
    try {
      outcome =
          EmergencyCall.ask(
              socket,
              new PeerCredentials(),
              minutes,
              why,
              (step, problem) -> say(texts, out, step, problem));
    } catch (IOException e) {
      err.println(texts.text("break-glass.no-service", String.valueOf(e.getMessage())));
      return ExitCode.ENVIRONMENT;
    }
    if (outcome instanceof EmergencyOutcome.Opened open) {
      out.println(
          texts.text(
              "break-glass.open", open.mountPoint().toString(), String.valueOf(open.minutes())));
      return ExitCode.OK;
    }
    Refusal refusal = ((EmergencyOutcome.Refused) outcome).reason();
    err.println(texts.text("break-glass.refused", refusal.name(), words(refusal)));
    return ExitCode.REFUSED;
  }

  private Reason why() {
    try {
      return Reason.parse(reason);
    } catch (MalformedException e) {
      throw new ParameterException(
          spec.commandLine(), "--reason is disaster, outage, rescue or duty");
    }
  }

  private static void say(Texts texts, PrintWriter out, Talk.Step step, @Nullable Refusal problem) {
    if (problem != null) {
      out.println(texts.text("break-glass.again", problem.name(), words(problem)));
    }
    out.println(texts.text("break-glass.step." + step.text()));
  }

  private static String words(Refusal refusal) {
    RefusalText text = RefusalText.of(refusal, Locale.getDefault(), Map.of());
    return text.what() + " " + text.why() + " " + text.action() + " " + text.contact();
  }
}
