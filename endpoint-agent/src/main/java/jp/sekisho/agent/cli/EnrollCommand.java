package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.agent.config.AgentSettings;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.enroll.EnrollOutcome;
import jp.sekisho.agent.enroll.Enrollment;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sekisho-agent enroll TICKET}: makes this machine a terminal. */
@Command(
    name = "enroll",
    mixinStandardHelpOptions = true,
    description = "Enrols this terminal with a ticket and says which readers may be touched.")
final class EnrollCommand implements Callable<Integer> {
  private static final int LONGEST_TICKET = 4096;

  @Parameters(
      paramLabel = "TICKET",
      description = "The administrator's ticket, or - to read it from standard input.")
  private String ticket = "";

  @Option(names = "--state", paramLabel = "DIR", description = "State directory.")
  private Path state = StateDirectory.DEFAULT;

  @Option(
      names = "--reader-role",
      paramLabel = "PATTERN=staff|resident|shared",
      description =
          "Whose cards a reader serves; * stands for any characters, the first match counts."
              + " Readers that match nothing are never touched. May be repeated.")
  private List<String> readerRoles = List.of();

  @Option(names = "--loopback-port", paramLabel = "PORT", description = "Default: 47621.")
  private int loopbackPort = AgentSettings.DEFAULT_LOOPBACK_PORT;

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Texts texts = Texts.ofProcess();
    List<ReaderRoles.Rule> rules = new ArrayList<>();
    try {
      readerRoles.forEach(text -> rules.add(ReaderRoles.Rule.parse(text)));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    if (loopbackPort < 1 || loopbackPort > 65535) {
      throw new ParameterException(spec.commandLine(), "--loopback-port is 1 to 65535");
    }
    StateDirectory directory = new StateDirectory(state);
    Enrollment enrollment =
        new Enrollment(directory, rules, loopbackPort, Version.text(), ServiceClient.TIMEOUT);
    try {
      return say(texts, enrollment.enroll(ticketText()), rules.isEmpty());
    } catch (StateException e) {
      return fail(ExitCode.ENVIRONMENT, e.code().name(), StateTexts.say(texts, e));
    } catch (SpoolException e) {
      return fail(ExitCode.ENVIRONMENT, e.code().name(), StateTexts.say(texts, e, directory));
    }
  }

  private String ticketText() throws IOException {
    return ticket.equals("-")
        ? new String(System.in.readNBytes(LONGEST_TICKET), StandardCharsets.US_ASCII)
        : ticket;
  }

  private int say(Texts texts, EnrollOutcome outcome, boolean noReaders) {
    if (outcome instanceof EnrollOutcome.Done done) {
      if (json) {
        print(
            Map.of(
                "terminal", done.terminal(),
                "organ", done.organ(),
                "state", done.state(),
                "fingerprint", done.fingerprint()));
        return ExitCode.OK;
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println(texts.text("enroll.done", done.terminal(), done.organ(), done.state()));
      out.println(texts.text("enroll.fingerprint", done.fingerprint()));
      out.println(texts.text("enroll.next", done.terminal()));
      if (noReaders) {
        out.println(texts.text("enroll.no-readers"));
      }
      return ExitCode.OK;
    }
    if (outcome instanceof EnrollOutcome.AlreadyEnrolled already) {
      return fail(
          ExitCode.REFUSED,
          "ALREADY_ENROLLED",
          texts.text("enroll.already", already.terminal(), state.toString()));
    }
    if (outcome instanceof EnrollOutcome.NotATicket) {
      return fail(ExitCode.REFUSED, "NOT_A_TICKET", texts.text("enroll.not-a-ticket"));
    }
    if (outcome instanceof EnrollOutcome.ForeignServer) {
      return fail(ExitCode.REFUSED, "FOREIGN_SERVER", texts.text("enroll.foreign-server"));
    }
    if (outcome instanceof EnrollOutcome.Refused refused) {
      RefusalText why = RefusalText.of(refused.reply().refusal(), Locale.getDefault(), Map.of());
      return fail(
          ExitCode.REFUSED,
          refused.reply().code(),
          texts.text("enroll.refused", refused.reply().code(), why.what(), why.action()));
    }
    if (outcome instanceof EnrollOutcome.BadAnswer bad) {
      return fail(ExitCode.REFUSED, "BAD_ANSWER", texts.text("enroll.bad-answer", bad.why()));
    }
    String why = ((EnrollOutcome.Unreachable) outcome).why();
    return fail(ExitCode.ENVIRONMENT, "SERVER_UNREACHABLE", texts.text("enroll.unreachable", why));
  }

  private int fail(int exitCode, String code, String text) {
    if (json) {
      print(Map.of("error", code));
    } else {
      spec.commandLine().getErr().println(text);
    }
    return exitCode;
  }

  private void print(Map<String, Object> object) {
    spec.commandLine()
        .getOut()
        .println(new String(CanonicalJson.write(object), StandardCharsets.UTF_8));
  }
}
