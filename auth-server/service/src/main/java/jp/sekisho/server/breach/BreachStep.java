package jp.sekisho.server.breach;

import java.util.Locale;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.session.StepUps;
import org.jspecify.annotations.Nullable;

/** What keepers do with a case of 漏えい等, each by card, and what stands in the way. */
enum BreachStep {
  /** Writes kinds and items anew. */
  AMEND(StepUps.AMEND_BREACH),
  /** Writes down that a report was made. */
  REPORT(StepUps.REPORT_BREACH) {
    @Override
    @Nullable Refusal obstacle(BreachCase one) {
      return one.isReported() ? Refusal.BREACH_STATE : AMEND.obstacle(one);
    }
  },
  /** Ends it: after both reports, or with the reason why none is due. */
  CLOSE(StepUps.CLOSE_BREACH);

  private final String proof;

  BreachStep(String proof) {
    this.proof = proof;
  }

  /** Why it is not done with the case any more; null when nothing is in the way. */
  @Nullable Refusal obstacle(BreachCase one) {
    return one.closed() == null ? null : Refusal.BREACH_STATE;
  }

  /** What the card proves before. */
  String proof(String id) {
    return proof + id;
  }

  /** The word on the wire and in the log. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
