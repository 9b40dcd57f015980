package jp.sekisho.smartcard;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/**
 * The terminal that somebody types a PIN at, unseen. Nothing else is one: neither a file nor a pipe
 * in the place of standard input.
 */
public final class PinTerminal {
  private PinTerminal() {}

  /** The terminal; empty when nobody can be asked here. */
  @SuppressWarnings("SystemConsoleNull") // before Java 22 it is null where there is no terminal
  public static Optional<Console> find() {
    Console console = System.console();
    return console != null && isTerminal(console) ? Optional.of(console) : Optional.empty();
  }

  /**
   * What is typed behind {@code prompt}, unseen; the caller wipes it.
   *
   * @return empty when nobody can be asked, or the input ended
   */
  public static Optional<char[]> read(String prompt) {
    return find().map(console -> console.readPassword("%s", prompt));
  }

  /**
   * From Java 22 on there is a console also where input is a file; only then there is this method.
   */
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
