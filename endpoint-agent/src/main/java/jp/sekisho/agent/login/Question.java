package jp.sekisho.agent.login;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;

/**
 * A transaction this process fetched itself and found answerable for that page: the only thing the
 * card and the device key are ever asked to sign for.
 *
 * @param details as the service gave them
 * @param purpose what is signed for
 * @param expires by the service's clock
 */
record Question(TransactionDetails details, Purpose purpose, Instant expires) {
  /** Either a question or why there is none. */
  sealed interface Checked {
    record Good(Question question) implements Checked {}

    record Bad(Refusal reason) implements Checked {}
  }

  /**
   * Checks the details against what the page said.
   *
   * @param pageOrigin the Origin header the agent itself saw
   * @param origins the terminal's list
   */
  static Checked check(
      String asked, TransactionDetails details, String pageOrigin, List<String> origins) {
    if (!details.origin().equals(pageOrigin) || !origins.contains(pageOrigin)) {
      return new Checked.Bad(Refusal.ORIGIN_FOREIGN);
    }
    try {
      Purpose purpose = Purpose.parse(details.purpose());
      Instant expires = Instant.parse(details.expires());
      if (!details.transaction().equals(asked) || !textMatches(details, purpose)) {
        return new Checked.Bad(Refusal.STATEMENT_INVALID);
      }
      return new Checked.Good(new Question(details, purpose, expires));
    } catch (MalformedException | DateTimeException e) {
      return new Checked.Bad(Refusal.STATEMENT_INVALID);
    }
  }

  /** What is shown must be what is signed. */
  private static boolean textMatches(TransactionDetails details, Purpose purpose) {
    String text = details.text();
    if (purpose != Purpose.APPROVE) {
      return text == null && details.detail() == null;
    }
    return text != null
        && Sha256.text(text.getBytes(StandardCharsets.UTF_8)).equals(details.detail());
  }

  /** The text for the card. */
  CardStatement statement(String terminal, byte[] certificate) {
    return new CardStatement(
        details.origin(),
        details.transaction(),
        details.nonce(),
        purpose,
        terminal,
        CardStatement.certificateHash(certificate),
        details.detail());
  }
}
