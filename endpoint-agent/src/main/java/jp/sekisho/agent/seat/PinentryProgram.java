package jp.sekisho.agent.seat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pinentry of this session and what it must be told about it.
 *
 * @param program to run, without arguments
 * @param terminal device of the terminal to draw on; empty for a window
 */
public record PinentryProgram(Path program, Optional<String> terminal) {
  private static final List<String> WINDOWS =
      List.of("pinentry-gnome3", "pinentry-qt", "pinentry-gtk-2");
  private static final String CURSES = "pinentry-curses";
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/bin"));

  /** A configured program. A tty, when there is one, is only for the programs that draw on it. */
  public static PinentryProgram configured(Path program) {
    return new PinentryProgram(program, terminalOfThisProcess());
  }

  /**
   * The best one installed: a window where there is a display, else curses where there is a tty;
   * empty where neither is.
   */
  public static Optional<PinentryProgram> choose() {
    return choose(PLACES, System.getenv(), terminalOfThisProcess());
  }

  static Optional<PinentryProgram> choose(
      List<Path> places, Map<String, String> environment, Optional<String> terminal) {
    boolean display =
        !environment.getOrDefault("DISPLAY", "").isEmpty()
            || !environment.getOrDefault("WAYLAND_DISPLAY", "").isEmpty();
    if (display) {
      // No tty with it: these fall back to drawing there, where nobody may be looking.
      Optional<Path> window = first(WINDOWS, places);
      if (window.isPresent()) {
        return window.map(program -> new PinentryProgram(program, Optional.empty()));
      }
    }
    return terminal.isPresent()
        ? first(List.of(CURSES), places).map(program -> new PinentryProgram(program, terminal))
        : Optional.empty();
  }

  private static Optional<Path> first(List<String> names, List<Path> places) {
    return names.stream()
        .flatMap(name -> places.stream().map(place -> place.resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Optional<String> terminalOfThisProcess() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
      return device.matches("/dev/(pts/[0-9]+|tty[0-9A-Za-z]*)")
          ? Optional.of(device)
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }
}
