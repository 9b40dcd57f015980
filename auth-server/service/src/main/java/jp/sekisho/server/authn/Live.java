package jp.sekisho.server.authn;

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

  /** Takes the question; from a passed verdict on it is used, whatever the later steps say. */
  static Verdict<Live> of(
      OpenTransactions open,
      UsedTransactions used,
      String id,
      @Nullable Token cookie,
      Answer answer) {
    Verdict<OpenTransaction> taken = open.take(id, cookie);
    if (taken instanceof Verdict.Refused<OpenTransaction>(Refusal reason)
        && reason == Refusal.TRANSACTION_UNKNOWN
        && used.holds(id)) {
      return Verdict.refused(Refusal.TRANSACTION_USED);
    }
    return taken.then(question -> Verdict.passed(new Live(question, answer)));
  }

  OpenTransaction question() {
    return question;
  }

  Answer answer() {
    return answer;
  }
}
