package jp.sekisho.audit.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code sekisho-audit}. Exit codes are those of {@link Exit}. */
@Command(
    name = "sekisho-audit",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    synopsisSubcommandLabel = "COMMAND")
public final class AuditCommand {
  private AuditCommand() {}

  /** Runs the program and ends the JVM with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = terminal(System.out, "stdout.encoding");
    PrintWriter err = terminal(System.err, "stderr.encoding");
    int exit = run(out, err, args);
    out.flush();
    err.flush();
    System.exit(exit);
  }

  /** Runs the program inside this JVM and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    Messages messages = Messages.of(Messages.language(args, Locale.getDefault()));
    CommandLine line = new CommandLine(new AuditCommand());
    line.addSubcommand(new VerifyCommand(messages));
    line.addSubcommand(new ProveCommand(messages));
    line.addSubcommand(new CheckProofCommand(messages));
    line.addSubcommand(new ConsistencyCommand(messages));
    line.addSubcommand(new BuildCommand(messages));
    line.addSubcommand(new WitnessCommand(messages));
    line.addSubcommand(new ExportCommand(messages));
    line.addSubcommand(new NamesCommand(messages));
    line.addSubcommand(new PageCommand(messages));
    line.addSubcommand(new SampleCommand(messages));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setResourceBundle(messages.bundle());
    line.setOut(out);
    line.setErr(err);
    return line.execute(args.length == 0 ? new String[] {"--help"} : args);
  }

  /** Speaks the terminal's encoding; Java 17 knows only one for all. */
  private static PrintWriter terminal(PrintStream stream, String property) {
    String charset = System.getProperty(property, System.getProperty("native.encoding", "UTF-8"));
    return new PrintWriter(new OutputStreamWriter(stream, Charset.forName(charset)), true);
  }
}
