package jp.sekisho.smartcard.cli;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.issue.IssueFailure;
import jp.sekisho.smartcard.issue.IssueOutcome;

/**
 * What to tell the card desk about a refusal of {@code issue}, as the command was asked to print.
 */
final class IssueText {
  private IssueText() {}

  /** Why the card of that staff number was not issued. */
  static String of(Output output, String number, IssueOutcome.Refused refused) {
    return output.json()
        ? json(number, refused.failure().name(), refused.detail(), refused.revoked())
        : of(output, refused.failure(), OptionalInt.empty(), refused.detail())
            + revoked(output, refused.revoked());
  }

  /** What card or reader did with the card of that staff number. */
  static String of(Output output, String number, IssueOutcome.Failed failed) {
    return output.json()
        ? json(number, failed.failure().name(), failed.detail(), failed.revoked())
        : of(output, failed.failure(), failed.detail()) + revoked(output, failed.revoked());
  }

  /** What card or reader did. */
  static String of(Output output, CardFailure failure, String detail) {
    if (output.json()) {
      return json(failure, detail);
    }
    return output.refusal(failure) + " (" + detail + ")";
  }

  /** What {@code --json} prints, its keys in this order. */
  static String json(CardFailure failure, String detail) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("failure", failure.name());
    values.put("detail", detail);
    return Json.of(values);
  }

  private static String json(
      String number, String failure, String detail, Optional<BigInteger> revoked) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("failure", failure);
    values.put("number", number);
    values.put("detail", detail);
    revoked.ifPresent(serial -> values.put("revoked", serial.toString(16)));
    return Json.of(values);
  }

  private static String revoked(Output output, Optional<BigInteger> serial) {
    return serial.isEmpty()
        ? ""
        : "\n" + output.message("issue.revoked", serial.get().toString(16));
  }

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
