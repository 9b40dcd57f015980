package jp.sekisho.smartcard.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.CardText;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option that says how to print, and the printing. */
final class Output {
  static final int OK = 0;
  static final int REFUSED = 1;
  static final int USAGE = 2;
  static final int ENVIRONMENT = 3;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json")
  private boolean json;

  boolean json() {
    return json;
  }

  String message(String key, Object... arguments) {
    return CardText.message(locale(), key).formatted(arguments);
  }

  /** The text of a refusal with its code. */
  String refusal(CardFailure failure) {
    return refusal(failure, OptionalInt.empty());
  }

  String refusal(CardFailure failure, OptionalInt triesLeft) {
    return CardText.of(failure, locale(), triesLeft) + "\n" + message("cli.code", failure.name());
  }

  /** Prints a refusal as this command was asked to print. */
  int refuse(CardFailure failure, OptionalInt triesLeft) {
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("failure", failure.name());
      triesLeft.ifPresent(tries -> values.put("triesLeft", tries));
      print(out, Json.of(values));
    } else {
      print(out, refusal(failure, triesLeft));
    }
    return exitCode(failure);
  }

  /** Nobody can be asked for a PIN: said before any card is looked at. */
  int promptUnavailable() {
    print(
        command.commandLine().getOut(),
        json ? Json.of(Map.of("failure", "PROMPT_UNAVAILABLE")) : message("cli.pin.none"));
    return ENVIRONMENT;
  }

  /** The line that was promised on standard input is not there. */
  int pinMissing() {
    print(
        command.commandLine().getOut(),
        json ? Json.of(Map.of("failure", "PIN_MISSING")) : message("cli.pin.missing"));
    return ENVIRONMENT;
  }

  /** Text from a card or module nobody vouches for yet, without what a terminal would obey. */
  static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    text.codePoints()
        .map(c ->
            switch (Character.getType(c)) {
              case Character.CONTROL,
                  Character.FORMAT,
                  Character.SURROGATE,
                  Character.PRIVATE_USE,
                  Character.UNASSIGNED,
                  Character.LINE_SEPARATOR,
                  Character.PARAGRAPH_SEPARATOR ->
                  '?';
              default -> c;
            })
        .forEach(printable::appendCodePoint);
    return printable.toString();
  }

  static int exitCode(CardFailure failure) {
    return failure == CardFailure.SERVICE_DOWN || failure == CardFailure.REMOTE_SESSION
        ? ENVIRONMENT
        : REFUSED;
  }

  Locale locale() {
    return ((CardCommand) command.root().userObject()).language().locale();
  }

  static void print(PrintWriter out, Object line) {
    out.println(line);
    out.flush();
  }
}
