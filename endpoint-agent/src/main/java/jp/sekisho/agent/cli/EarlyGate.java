package jp.sekisho.agent.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import jp.sekisho.agent.platform.linux.LinuxGates;

/**
 * Closes the USB controllers in the first lines of {@code main}, before the command line is parsed
 * by a library that takes longer to load than a stick needs.
 *
 * <p>Only for exactly what runs an enforcing service: any argument it does not know leaves
 * everything as it is, and {@link ServiceCommand} closes them later or says what is wrong.
 */
final class EarlyGate {
  private static final Set<String> WITH_VALUE =
      Set.of("--state", "--loopback-port", "--socket", "--seats");

  private EarlyGate() {}

  /** Closes the controllers below {@code sys} if {@code args} run an enforcing service. */
  static void close(String[] args, Path sys) {
    if (runsEnforcing(args)) {
      try {
        LinuxGates.closeControllers(sys);
      } catch (IOException e) {
        // ServiceCommand tries again and does not start.
      }
    }
  }

  private static boolean runsEnforcing(String[] args) {
    if (args.length == 0 || !args[0].equals("service")) {
      return false;
    }
    for (int i = 1; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      String name = equals < 0 ? args[i] : args[i].substring(0, equals);
      if (!WITH_VALUE.contains(name)) {
        return false;
      }
      if (equals < 0) {
        i++;
        if (i == args.length || args[i].startsWith("-")) {
          return false;
        }
      }
    }
    return true;
  }
}
