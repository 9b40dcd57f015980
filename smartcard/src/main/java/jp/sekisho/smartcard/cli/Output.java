package jp.sekisho.smartcard.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalInt;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.CardText;
import picocli.CommandLine.Option;

/** The options that say how to print, and the printing. */
final class Output {
  static final int OK = 0;
  static final int REFUSED = 1;
  static final int USAGE = 2;
  static final int ENVIRONMENT = 3;

  @Option(
      names = "--lang",
      paramLabel = "ja|en",
      defaultValue = "ja",
      description = "Language of the texts (default: ja).")
  private String language = "ja";

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  private boolean json;

  boolean json() {
    return json;
  }

  String message(String key, Object... arguments) {
    return CardText.message(locale(), key).formatted(arguments);
  }

  /** The text of a refusal with its code. */
  String refusal(CardFailure failure) {
    return CardText.of(failure, locale(), OptionalInt.empty())
        + "\n"
        + message("cli.code", failure.name());
  }

  static int exitCode(CardFailure failure) {
    return failure == CardFailure.SERVICE_DOWN || failure == CardFailure.REMOTE_SESSION
        ? ENVIRONMENT
        : REFUSED;
  }

  private Locale locale() {
    return Locale.forLanguageTag(language);
  }

  static void print(PrintWriter out, Object line) {
    out.println(line);
    out.flush();
  }
}
