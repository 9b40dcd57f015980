package jp.sekisho.policy.source;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sekisho-policy}: checks policies, texts and signed statements, on files only. */
@Command(name = "sekisho-policy", versionProvider = PolicyCommand.Version.class)
public final class PolicyCommand implements Runnable {
  private final Messages messages;

  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      descriptionKey = "option.version")
  private boolean version;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec;

  private PolicyCommand(Messages messages) {
    this.messages = messages;
  }

  /** The program; ends the JVM with the exit code. */
  public static void main(String[] arguments) {
    // The schema library would say on stderr that no log was configured.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.exit(run(arguments, System.in, writer(FileDescriptor.out), writer(FileDescriptor.err)));
  }

  /** The program on given streams; returns the exit code. */
  static int run(String[] arguments, InputStream in, PrintWriter out, PrintWriter err) {
    return run(arguments, in, out, err, CardPlace.DESK);
  }

  /** As {@link #run(String[], InputStream, PrintWriter, PrintWriter)}, with another reader. */
  static int run(
      String[] arguments, InputStream in, PrintWriter out, PrintWriter err, CardPlace cards) {
    Messages messages = Messages.of(language(arguments));
    CommandLine line = commandLine(messages, in, cards);
    line.setOut(out);
    line.setErr(err);
    line.setExecutionExceptionHandler((e, command, parsed) -> {
      // The message could quote a file; the type is enough to report it.
      command.getErr().println(messages.text("error.internal", e.getClass().getSimpleName()));
      command.getErr().flush();
      return Exit.ENVIRONMENT.code();
    });
    int exit = line.execute(arguments);
    out.flush();
    err.flush();
    return exit;
  }

  /** The commands, with their help in one language. */
  static CommandLine commandLine(Messages messages, InputStream in) {
    return commandLine(messages, in, CardPlace.DESK);
  }

  private static CommandLine commandLine(Messages messages, InputStream in, CardPlace cards) {
    CommandLine line = new CommandLine(new PolicyCommand(messages));
    line.addSubcommand("check", new CheckCommand());
    line.addSubcommand("schema", new SchemaCommand());
    line.addSubcommand("explain", new ExplainCommand());
    line.addSubcommand("diff", new DiffCommand());
    line.addSubcommand("test", new TestCommand());
    line.addSubcommand("detect-number", new DetectNumberCommand(in));
    line.addSubcommand("verify-statement", new VerifyStatementCommand());
    line.addSubcommand("root", new RootCommand(Clock.systemUTC()));
    line.addSubcommand("sign", new SignCommand(Clock.systemUTC()));
    line.addSubcommand("draft", new DraftCommand(Clock.systemUTC()));
    line.addSubcommand("cosign", new CosignCommand(Clock.systemUTC(), cards));
    line.addSubcommand("verify", new VerifyCommand(Clock.systemUTC()));
    line.setResourceBundle(messages.bundle());
    return line;
  }

  /** Without a command the usage is shown, as a wrong usage. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), messages.text("error.no-command"));
  }

  /** What was asked for before the command. */
  CommonOptions common() {
    return common;
  }

  Messages messages() {
    return messages;
  }

  private static String language(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith("--lang=")) {
        return arguments[i].substring("--lang=".length());
      }
      if (arguments[i].equals("--lang") && i + 1 < arguments.length) {
        return arguments[i + 1];
      }
    }
    return Locale.getDefault(Locale.Category.DISPLAY).getLanguage();
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    // Since JDK 19 the JVM says what the terminal shows; a POSIX locale would lose all Japanese.
    Charset terminal = Charset.forName(System.getProperty("stdout.encoding", "UTF-8"));
    Charset charset =
        terminal.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : terminal;
    return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), charset), true);
  }

  /** The jar's version. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = PolicyCommand.class.getPackage().getImplementationVersion();
      return new String[] {"sekisho-policy " + (version == null ? "(classes)" : version)};
    }
  }
}
