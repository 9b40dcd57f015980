package jp.sekisho.agent.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jp.sekisho.agent.config.AgentSettings;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.enroll.Renewal;
import jp.sekisho.agent.policy.TrustedPolicies;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.CanonicalJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sekisho-agent status}: what the state directory and a running service say. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows whether this terminal is enrolled, confirmed, running and heard.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:running, confirmed, records arrive",
      "1:something of that is not so",
      "2:wrong usage",
      "3:not enrolled, or the state directory is not readable"
    })
final class StatusCommand implements Callable<Integer> {
  @Option(names = "--state", paramLabel = "DIR", description = "State directory.")
  private Path state = StateDirectory.DEFAULT;

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private CommandSpec spec;

  @Override
  public Integer call() {
    Texts texts = Texts.ofProcess();
    StateDirectory directory = new StateDirectory(state);
    try {
      AgentSettings settings = directory.settings();
      Heard heard = directory.heard();
      X509Certificate certificate = directory.certificates().get(0);
      Instant now = Instant.now();
      Optional<RunStatus> run = RunStatus.read(directory).filter(r -> r.isRunning(now));
      boolean alarm = Files.exists(directory.alarm());
      List<String> problems = problems(heard, certificate, run, alarm, now);
      Optional<TrustedState> policy =
          TrustedPolicies.kept(
              directory.trust(), settings.organ(), settings.terminal(), settings.rootHash());
      if (policy.isPresent() && policy.get().rulesExpired(now)) {
        problems.add("policy-expired");
      }
      Map<String, Object> fields = new TreeMap<>();
      fields.put("terminal", settings.terminal());
      fields.put("organ", settings.organ());
      fields.put("server", settings.server().toString());
      fields.put("state", heard.state());
      fields.put("certificateEnds", certificate.getNotAfter().toInstant().toString());
      fields.put("problems", problems);
      policy.ifPresent(files -> fields.put("policy", policyFields(files)));
      run.ifPresent(r -> fields.put("service", r.fields()));
      if (json) {
        spec.commandLine()
            .getOut()
            .println(new String(CanonicalJson.write(fields), StandardCharsets.UTF_8));
      } else {
        print(texts, settings, heard, certificate, run, policy, problems);
      }
      return problems.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    } catch (StateException e) {
      if (json) {
        spec.commandLine()
            .getOut()
            .println(
                new String(
                    CanonicalJson.write(Map.of("error", e.code().name())), StandardCharsets.UTF_8));
      } else {
        spec.commandLine().getErr().println(StateTexts.say(texts, e));
      }
      return ExitCode.ENVIRONMENT;
    }
  }

  private static Map<String, Object> policyFields(TrustedState files) {
    return Map.of(
        "trial",
        files.trial(),
        "rootVersion",
        files.signedRoot().version(),
        "policyVersion",
        files.signedPolicy().version(),
        "policyHash",
        files.signedPolicy().hash(),
        "layers",
        files.layerNames(),
        "rosterVersion",
        files.signedRoster().version(),
        "currentExpires",
        files.signedCurrent().header().expires().toString(),
        "rulesExpire",
        files.rulesUntil().toString());
  }

  /** Keys of {@code status.problem.*}. */
  private static List<String> problems(
      Heard heard,
      X509Certificate certificate,
      Optional<RunStatus> run,
      boolean alarm,
      Instant now) {
    List<String> problems = new ArrayList<>();
    if (alarm) {
      problems.add("spool-alarm");
    }
    if (!heard.state().equals(Heard.ACTIVE)) {
      problems.add(heard.state().equals(Heard.PENDING) ? "pending" : "revoked");
    }
    if (Renewal.due(certificate, now) == Renewal.Due.TOO_LATE) {
      problems.add("certificate-ended");
    }
    if (run.isEmpty()) {
      problems.add("not-running");
      return problems;
    }
    RunStatus status = run.get();
    if (!status.reachable()) {
      problems.add("unreachable");
    }
    if (status.halted() != null) {
      problems.add("halted");
    }
    if (status.logFork()) {
      problems.add("log-fork");
    }
    if (!status.room().equals("PLENTY")) {
      problems.add("spool-room");
    }
    if (!status.enforcing()) {
      problems.add("not-enforcing");
    }
    return problems;
  }

  private void print(
      Texts texts,
      AgentSettings settings,
      Heard heard,
      X509Certificate certificate,
      Optional<RunStatus> run,
      Optional<TrustedState> policy,
      List<String> problems) {
    PrintWriter out = spec.commandLine().getOut();
    if (policy.isPresent() && policy.get().trial()) {
      out.println(texts.text("status.trial"));
    }
    out.println(
        texts.text(
            "status.terminal",
            settings.terminal(),
            settings.organ(),
            settings.server().toString(),
            heard.state()));
    out.println(texts.text("status.certificate", certificate.getNotAfter().toInstant().toString()));
    run.ifPresent(r ->
        out.println(
            texts.text(
                "status.running",
                Long.toString(r.pid()),
                Long.toString(r.depth()),
                Long.toString(r.lastSeq()))));
    out.println(
        policy
            .map(files ->
                texts.text(
                    "status.policy",
                    Long.toString(files.signedPolicy().version()),
                    files.rulesUntil().toString()))
            .orElseGet(() -> texts.text("status.no-policy")));
    Instant now = Instant.now();
    run.ifPresent(r ->
        r.open()
            .forEach(open ->
                out.println(
                    texts.text(
                        "status.open",
                        open.medium(),
                        open.mountPoint(),
                        open.until().toString(),
                        Long.toString(r.minutesLeft(open, now))))));
    for (String problem : problems) {
      String detail =
          problem.equals("not-enforcing")
              ? run.map(RunStatus::fault).orElse("")
              : run.map(RunStatus::halted).orElse("");
      out.println(texts.text("status.problem." + problem, detail));
    }
    if (problems.isEmpty()) {
      out.println(texts.text("status.ok"));
    }
  }
}
