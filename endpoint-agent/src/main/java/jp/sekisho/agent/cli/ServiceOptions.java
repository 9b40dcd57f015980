package jp.sekisho.agent.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.intake.Clamd;
import jp.sekisho.agent.login.VendorModule;
import jp.sekisho.smartcard.pkcs11.TokenSelector;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sekisho-agent service} was told on its command line.
 *
 * @param state directory
 * @param enforcing whether devices are gated
 * @param loopbackPort null for the enrolled one
 * @param socket for sessions
 * @param module a vendor's PKCS#11 module for logins, where the policy lets such cards in
 * @param scanner what looks for viruses in files that are taken in; null without one
 */
record ServiceOptions(
    Path state,
    boolean enforcing,
    @Nullable Integer loopbackPort,
    Path socket,
    Seats seats,
    @Nullable VendorModule module,
    Clamd.@Nullable Settings scanner) {
  static final String COMMAND = "service";
  static final String STATE = "--state";
  static final String LOOPBACK_PORT = "--loopback-port";
  static final String SOCKET = "--socket";
  static final String SEATS = "--seats";
  static final String MODULE = "--pkcs11-module";
  static final String TOKEN = "--pkcs11-token";
  static final String SCANNER = "--scanner";
  static final String SCANNER_DAYS = "--scanner-days";
  static final String SCANNER_LARGEST = "--scanner-largest";

  static final Path DEFAULT_SOCKET = Path.of("/run/sekisho/agent.sock");

  /** The module and the label of its token. */
  static VendorModule module(Path library, String token) {
    return new VendorModule(library, TokenSelector.label(token));
  }

  /**
   * The scanner.
   *
   * @param days how old its signatures may be; null for a week
   * @param mebibytes what it looks at whole; null for Debian's 25
   * @throws IllegalArgumentException when a number is none that it can be
   */
  static Clamd.Settings scanner(Path socket, @Nullable Integer days, @Nullable Integer mebibytes) {
    return new Clamd.Settings(
        socket,
        days == null ? Clamd.Settings.DEFAULT_OLDEST : Duration.ofDays(days),
        mebibytes == null ? Clamd.Settings.DEFAULT_LARGEST : (long) mebibytes << 20);
  }

  /** Values of {@code --seats}, as typed. */
  enum Seats {
    active,
    any
  }

  /**
   * The options of an enforcing service whose arguments need no library to be understood, as those
   * in its unit. Reading annotations costs a slow terminal three seconds, in which gates would be
   * open: so this comes first. Empty for everything else, wrong values too, which {@link
   * ServiceCommand} then reads or complains about.
   */
  static Optional<ServiceOptions> plain(String... args) {
    if (args.length == 0 || !args[0].equals(COMMAND)) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 1; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      String name = equals < 0 ? args[i] : args[i].substring(0, equals);
      if (equals < 0) {
        i++;
      }
      if (i == args.length || (equals < 0 && args[i].startsWith("-"))) {
        return Optional.empty();
      }
      String value = args[i].substring(equals + 1);
      if (value.isEmpty() || values.put(name, value) != null) {
        return Optional.empty();
      }
    }
    try {
      String state = values.remove(STATE);
      String port = values.remove(LOOPBACK_PORT);
      String socket = values.remove(SOCKET);
      String seats = values.remove(SEATS);
      String module = values.remove(MODULE);
      String token = values.remove(TOKEN);
      String scanner = values.remove(SCANNER);
      String days = values.remove(SCANNER_DAYS);
      String largest = values.remove(SCANNER_LARGEST);
      if ((module == null) != (token == null)
          || (scanner == null && (days != null || largest != null))) {
        return Optional.empty();
      }
      return values.isEmpty()
          ? Optional.of(
              new ServiceOptions(
                  state == null ? StateDirectory.DEFAULT : Path.of(state),
                  true,
                  port == null ? null : Integer.valueOf(port),
                  socket == null ? DEFAULT_SOCKET : Path.of(socket),
                  seats == null ? Seats.active : Seats.valueOf(seats),
                  module == null || token == null ? null : module(Path.of(module), token),
                  scanner == null
                      ? null
                      : scanner(
                          Path.of(scanner),
                          days == null ? null : Integer.valueOf(days),
                          largest == null ? null : Integer.valueOf(largest))))
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) { // of a number or a word
      return Optional.empty();
    }
  }
}
