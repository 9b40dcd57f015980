package jp.sekisho.agent.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.intake.Clamd;
import jp.sekisho.agent.login.VendorModule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code sekisho-agent service}: runs until it is told to end. Its help and complaints, and what
 * {@link ServiceOptions#plain} leaves.
 */
@Command(
    name = ServiceOptions.COMMAND,
    mixinStandardHelpOptions = true,
    description = "Runs the agent: gates, readers, seats, loopback port, records, heartbeats.")
final class ServiceCommand implements Callable<Integer> {
  @Option(names = ServiceOptions.STATE, paramLabel = "DIR", description = "State directory.")
  private Path state = StateDirectory.DEFAULT;

  @Option(
      names = "--no-enforcement",
      description =
          "Gate no device and report so (設定不良). Nothing under /sys is opened for writing.")
  private boolean noEnforcement;

  @Option(
      names = ServiceOptions.LOOPBACK_PORT,
      paramLabel = "PORT",
      description = "Port of 127.0.0.1 for the login page. Default: as enrolled (47621).")
  private @Nullable Integer loopbackPort;

  @Option(
      names = ServiceOptions.SOCKET,
      paramLabel = "PATH",
      description = "Unix socket for sessions.")
  private Path socket = ServiceOptions.DEFAULT_SOCKET;

  @Option(
      names = ServiceOptions.SEATS,
      paramLabel = "active|any",
      description =
          "Who may log in: active, the user in the foreground of seat0 by systemd-logind (default);"
              + " any, every local user, for trials on machines without logind.")
  private ServiceOptions.Seats seats = ServiceOptions.Seats.active;

  @ArgGroup(exclusive = false)
  private @Nullable VendorOptions module;

  /** Both or neither. */
  private static final class VendorOptions {
    @Option(
        names = ServiceOptions.MODULE,
        required = true,
        paramLabel = "FILE",
        description =
            "A vendor's PKCS#11 library for logins by cards that are neither PIV nor JPKI (低保証);"
                + " used only where the signed policy's login.card-kinds names pkcs11 and every"
                + " reader is for staff.")
    @SuppressWarnings("NullAway.Init") // required
    private Path library;

    @Option(
        names = ServiceOptions.TOKEN,
        required = true,
        paramLabel = "LABEL",
        description = "Label of its token.")
    @SuppressWarnings("NullAway.Init") // required
    private String token;
  }

  @ArgGroup(exclusive = false)
  private @Nullable ScannerOptions scanner;

  /** The first, or nothing. */
  private static final class ScannerOptions {
    @Option(
        names = ServiceOptions.SCANNER,
        required = true,
        paramLabel = "PATH",
        description =
            "Unix socket of ClamAV's clamd, which looks into files that are taken in from media."
                + " Without it nothing is taken in.")
    @SuppressWarnings("NullAway.Init") // required
    private Path socket;

    @Option(
        names = ServiceOptions.SCANNER_DAYS,
        paramLabel = "DAYS",
        description = "How old its signatures may be; older, and nothing is taken in. Default: 7.")
    private @Nullable Integer days;

    @Option(
        names = ServiceOptions.SCANNER_LARGEST,
        paramLabel = "MIB",
        description =
            "Largest file that is taken in: at most clamd's MaxFileSize and StreamMaxLength."
                + " Default: 25, at most 256.")
    private @Nullable Integer largest;
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    return new ServiceRun(options(), spec.commandLine().getErr()::println).run();
  }

  ServiceOptions options() {
    VendorModule vendor =
        module == null ? null : ServiceOptions.module(module.library, module.token);
    return new ServiceOptions(
        state, !noEnforcement, loopbackPort, socket, seats, vendor, scannerSettings());
  }

  private Clamd.@Nullable Settings scannerSettings() {
    ScannerOptions wanted = scanner;
    if (wanted == null) {
      return null;
    }
    try {
      return ServiceOptions.scanner(wanted.socket, wanted.days, wanted.largest);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          ServiceOptions.SCANNER_DAYS + " or " + ServiceOptions.SCANNER_LARGEST + " out of range");
    }
  }
}
