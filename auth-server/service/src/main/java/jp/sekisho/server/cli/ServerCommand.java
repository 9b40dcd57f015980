package jp.sekisho.server.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code sekisho-server}: the service and the console commands beside it. */
@Command(
    name = "sekisho-server",
    mixinStandardHelpOptions = true,
    versionProvider = ServerCommand.Version.class,
    description = {"関所サーバー", "The Sekisho service."},
    exitCodeListHeading = "%n終了コード / Exit codes:%n",
    exitCodeList = {
      "0:成功 / done",
      "1:拒否または不正な入力 / refused or invalid",
      "2:使い方の誤り / usage",
      "3:環境の問題 / environment"
    })
public final class ServerCommand {
  private ServerCommand() {}

  /** Called by {@code launch.Main}; ends the JVM. */
  public static void main(String[] args) {
    System.exit(commandLine(utf8(System.out), utf8(System.err)).execute(args));
  }

  /** The command tree, writing where it is told. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new ServerCommand());
    line.addSubcommand(new InitCommand());
    line.addSubcommand(new ServeCommand());
    ConsoleCommands.all().forEach(line::addSubcommand);
    line.setOut(out);
    line.setErr(err);
    line.setExecutionExceptionHandler((e, failing, _) -> {
      e.printStackTrace(failing.getErr());
      return ExitCode.ENVIRONMENT;
    });
    return line;
  }

  /** The release of this program. */
  static String version() {
    String version = ServerCommand.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static PrintWriter utf8(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /** {@code --version}. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"sekisho-server " + version()};
    }
  }
}
