package jp.sekisho.server.cli;

import java.util.List;
import jp.sekisho.server.card.CardCommand;
import jp.sekisho.server.grant.MediumCommand;
import jp.sekisho.server.policy.PolicyCommand;

/** The commands of the features beside {@code init} and {@code serve}; each adds one line here. */
final class ConsoleCommands {
  private ConsoleCommands() {}

  static List<Class<?>> all() {
    return List.of(
        CardCommand.class, //
        PersonCommand.class,
        LogCommand.class,
        TerminalCommand.class,
        MediumCommand.class,
        PolicyCommand.class);
  }
}
