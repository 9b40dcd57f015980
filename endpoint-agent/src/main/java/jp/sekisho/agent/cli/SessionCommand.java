package jp.sekisho.agent.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.ipc.Screen;
import jp.sekisho.agent.ipc.SessionProcess;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.platform.linux.ProcessHardening;
import jp.sekisho.agent.platform.linux.ProgramNames;
import jp.sekisho.agent.platform.linux.x11.DisplayName;
import jp.sekisho.agent.platform.linux.x11.Times;
import jp.sekisho.agent.platform.linux.x11.XClipboard;
import jp.sekisho.agent.seat.LockCommand;
import jp.sekisho.agent.seat.Pinentry;
import jp.sekisho.agent.seat.PinentryProgram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code sekisho-agent session}: the agent at one user's screen; runs as that user until it is
 * ended.
 *
 * <p>One per user: a second one would only take the seat from the first, again and again.
 */
@Command(
    name = "session",
    mixinStandardHelpOptions = true,
    description =
        "Shows PIN windows, locks the screen and holds the clipboard (X11) for the agent service. Runs as"
            + " the logged-on user.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:ended by a signal", "2:wrong usage", "3:the environment does not allow it"})
public final class SessionCommand implements Callable<Integer> {
  private static final int ENVIRONMENT = 3;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      required = true,
      description = "The agent service's Unix socket.")
  private Path socket = Path.of("/run/sekisho/agent.sock");

  @Option(
      names = "--pinentry",
      paramLabel = "PROGRAM",
      description =
          "The pinentry program to show. Default: pinentry-gnome3, -qt or -gtk-2 where there is a"
              + " display, else pinentry-curses where there is a tty.")
  private @Nullable Path pinentry;

  @Option(
      names = "--lock-command",
      paramLabel = "WORD",
      arity = "1..*",
      description =
          "Program and arguments that lock this screen, such as: loginctl lock-session. No shell"
              + " reads them. Default: loginctl lock-session.")
  private List<String> lockCommand = List.of("loginctl", "lock-session");

  @Option(
      names = "--language",
      paramLabel = "ja|en",
      description = "Language of the PIN window. Default: en if the locale is English, else ja.")
  private @Nullable String language;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Locale locale = locale();
    Path program = pinentry;
    if (program != null && !Files.isExecutable(program)) {
      return fail("--pinentry: " + program + " is not an executable file");
    }
    Supplier<Optional<PinentryProgram>> programs =
        program == null
            ? PinentryProgram::choose
            : () -> Optional.of(PinentryProgram.configured(program));
    LockCommand lock = new LockCommand(lockCommand);
    try {
      ProcessHardening.apply();
    } catch (IllegalStateException e) {
      return fail(e.getMessage());
    }
    try (Closer alone = alone()) {
      if (!alone.first()) {
        return fail("another session process of this user runs already");
      }
      try (SessionProcess session =
          new SessionProcess(
              socket,
              new PeerCredentials(),
              locale,
              new Pinentry(programs, locale),
              lock::run,
              screen(System.getenv(), locale, new Pinentry(programs, locale)))) {
        Runtime.getRuntime().addShutdownHook(new Thread(session::close, "session-end"));
        session.run();
      }
    } catch (IOException e) {
      return fail(e.getMessage());
    }
    return 0;
  }

  /** What holds the clipboard of this person's screen, or why nothing does. */
  static Screen screen(Map<String, String> environment, Locale locale, Pinentry notices) {
    String type = environment.getOrDefault("XDG_SESSION_TYPE", "");
    String display = environment.getOrDefault("DISPLAY", "");
    if (type.equals("wayland") || environment.containsKey("WAYLAND_DISPLAY")) {
      return new Screen.Without(Hold.WAYLAND);
    }
    if (display.isEmpty()) {
      return new Screen.Without(type.equals("x11") ? Hold.NO_DISPLAY : Hold.YES);
    }
    Optional<DisplayName> name =
        DisplayName.parse(display, environment.get("XAUTHORITY"), environment.get("HOME"));
    if (name.isEmpty()) {
      return new Screen.Without(Hold.NO_DISPLAY);
    }
    ProgramNames programs = new ProgramNames();
    return new Screen.With(service ->
        new XClipboard(
            name.get(),
            Times.DEFAULT,
            service,
            ClipboardNotices.onScreen(locale, notices),
            programs::of));
  }

  private Locale locale() {
    if (language == null) {
      return Locale.getDefault().getLanguage().equals("en") ? Locale.ENGLISH : Locale.JAPANESE;
    }
    return switch (language) {
      case "ja" -> Locale.JAPANESE;
      case "en" -> Locale.ENGLISH;
      default -> throw new ParameterException(spec.commandLine(), "--language is ja or en");
    };
  }

  private int fail(@Nullable String reason) {
    spec.commandLine().getErr().println("sekisho-agent session: " + reason);
    return ENVIRONMENT;
  }

  /**
   * The user's lock, in the user's own runtime directory.
   *
   * @param file null where there is no such directory: then nothing is locked
   */
  private record Closer(@Nullable FileChannel file, boolean first) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (file != null) {
        file.close();
      }
    }
  }

  private static Closer alone() throws IOException {
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    if (runtime == null || !Files.isDirectory(Path.of(runtime))) {
      return new Closer(null, true);
    }
    FileChannel file =
        FileChannel.open(
            Path.of(runtime, "sekisho-session.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      @Nullable FileLock lock = file.tryLock();
      return new Closer(file, lock != null);
    } catch (OverlappingFileLockException e) {
      return new Closer(file, false);
    }
  }
}
