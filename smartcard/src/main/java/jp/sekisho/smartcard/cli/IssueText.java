package jp.sekisho.smartcard.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import jp.sekisho.smartcard.issue.IssueFailure;

/**
 * What to tell the card desk about a refusal of {@code issue}, as the command was asked to print.
 */
final class IssueText {
  private IssueText() {}

  /**
   * The refusal.
   *
   * @param triesLeft of the PUK, where known
   */
  static String of(Output output, IssueFailure failure, OptionalInt triesLeft, String detail) {
    if (output.json()) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("failure", failure.name());
      triesLeft.ifPresent(tries -> values.put("pukTriesLeft", tries));
      values.put("detail", detail);
      return Json.of(values);
    }
    String key = "issue." + failure.name() + ".";
    String what = output.message(key + "what");
    if (triesLeft.isPresent()) {
      what += output.message("issue.puk-tries", triesLeft.getAsInt());
    }
    return String.join(
        "\n",
        what,
        output.message(key + "why"),
        output.message(key + "do"),
        output.message("issue.call"),
        output.message("cli.code", failure.name() + " (" + detail + ")"));
  }
}
