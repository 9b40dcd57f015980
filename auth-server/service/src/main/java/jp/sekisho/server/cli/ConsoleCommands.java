package jp.sekisho.server.cli;

import java.util.List;

/** The commands of the features beside {@code init} and {@code serve}; each adds one line here. */
final class ConsoleCommands {
  private ConsoleCommands() {}

  static List<Class<?>> all() {
    return List.of(
        CardCommand.class,
        PasskeyCommand.class,
        PersonCommand.class,
        LogCommand.class,
        TerminalCommand.class,
        PolicyCommand.class,
        MediumCommand.class,
        DeputyCommand.class,
        ServiceCommand.class,
        SetupCommand.class);
  }
}
