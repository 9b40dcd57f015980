package jp.sekisho.policy.source;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options every command has. */
final class CommonOptions {
  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", descriptionKey = "option.json")
  private boolean json;

  // Read before parsing too, so that the help has its language.
  @SuppressWarnings("UnusedVariable")
  @Option(names = "--lang", paramLabel = "ja|en", descriptionKey = "option.lang")
  private String language = "";

  @SuppressWarnings("UnusedVariable")
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      descriptionKey = "option.help")
  private boolean help;

  /** Where the command's result goes. */
  Output output() {
    return new Output(spec.commandLine().getOut(), program().messages(), asksJson());
  }

  /** Where people read beside JSON. */
  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Whether JSON was asked for, before the command or after it. */
  private boolean asksJson() {
    return json || program().common().json;
  }

  private PolicyCommand program() {
    return (PolicyCommand) spec.root().userObject();
  }

  /** Says that this is a trial, on both streams unless JSON was asked for. */
  void banner() {
    spec.commandLine().getErr().println(TrialKey.BANNER);
    spec.commandLine().getErr().flush();
    if (!asksJson()) {
      spec.commandLine().getOut().println(TrialKey.BANNER);
    }
  }
}
