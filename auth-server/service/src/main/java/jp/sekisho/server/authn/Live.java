package jp.sekisho.server.authn;

import java.util.Objects;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.session.Token;
import org.jspecify.annotations.Nullable;

/**
 * Step 1: this browser asked this question less than 90 seconds ago, and this is its only answer.
 */
final class Live {
  private final OpenTransaction question;
  private final Answer answer;

  private Live(OpenTransaction question, Answer answer) {
    this.question = question;
    this.answer = answer;
  }

  /**
   * Takes the question; from a passed verdict on it is used, whatever the later steps say.
   *
   * @param asker the relying service and session whose question it must be; null for our own pages'
   */
  static Verdict<Live> of(
      OpenTransactions open,
      UsedTransactions used,
      String id,
      @Nullable Token cookie,
      @Nullable RelyingLogin asker,
      Answer answer) {
    Verdict<OpenTransaction> taken = open.take(id, cookie);
    if (taken instanceof Verdict.Refused<OpenTransaction>(Refusal reason)
        && reason == Refusal.TRANSACTION_UNKNOWN
        && used.holds(id)) {
      return Verdict.refused(Refusal.TRANSACTION_USED);
    }
    // What one side asked the other cannot answer, whatever secret it got hold of.
    return taken.then(question ->
        Objects.equals(question.relying(), asker)
            ? Verdict.passed(new Live(question, answer))
            : Verdict.refused(Refusal.TRANSACTION_UNKNOWN));
  }

  OpenTransaction question() {
    return question;
  }

  Answer answer() {
    return answer;
  }
}
