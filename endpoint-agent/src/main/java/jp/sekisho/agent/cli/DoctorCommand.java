package jp.sekisho.agent.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.protocol.CanonicalJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sekisho-agent doctor}: what this terminal lacks, and what to do about it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Checks what the agent needs. Sends nothing to any card and connects to no reader.")
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--state", paramLabel = "DIR", description = "State directory.")
  private Path state = StateDirectory.DEFAULT;

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private CommandSpec spec;

  @Override
  public Integer call() {
    List<Checkup.Finding> findings = new Checkup(new StateDirectory(state)).run();
    boolean healthy = findings.stream().allMatch(Checkup.Finding::ok);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      List<Map<String, Object>> lines =
          findings.stream()
              .map(f ->
                  Map.<String, Object>of("check", f.check(), "ok", f.ok(), "detail", f.detail()))
              .toList();
      out.println(
          new String(CanonicalJson.write(Map.of("findings", lines)), StandardCharsets.UTF_8));
    } else {
      Texts texts = Texts.ofProcess();
      for (Checkup.Finding finding : findings) {
        String key = "doctor." + finding.check() + (finding.ok() ? ".ok" : ".problem");
        String mark = texts.text(finding.ok() ? "doctor.mark.ok" : "doctor.mark.problem");
        out.println(mark + " " + texts.text(key, finding.detail()));
      }
    }
    return healthy ? ExitCode.OK : ExitCode.REFUSED;
  }
}
