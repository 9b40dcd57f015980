package jp.sekisho.policy.source;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/** The terminal a PIN is typed at; nothing else is one: a PIN never comes from a file or a pipe. */
final class PinConsole {
  private PinConsole() {}

  /** What is typed behind {@code prompt}, unseen; empty without a terminal. The caller wipes it. */
  @SuppressWarnings("SystemConsoleNull") // before Java 22 it is null where there is no terminal
  static Optional<char[]> read(String prompt) {
    Console console = System.console();
    return console != null && isTerminal(console)
        ? Optional.ofNullable(console.readPassword("%s", prompt))
        : Optional.empty();
  }

  /** From Java 22 on there is a console also where input is a file; only then this method. */
  private static boolean isTerminal(Console console) {
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
