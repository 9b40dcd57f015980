package jp.sekisho.agent.grant;

import java.time.Instant;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;

/**
 * A grant whose approval this terminal verified itself; only {@link ApprovalCheck} makes one.
 * Immutable.
 */
final class ApprovedGrant {
  private final ExportGrant text;
  private final String approver;
  private final String approval;

  /**
   * @param approver staff number
   * @param approval base64url of the SHA-256 of the approver's card statement
   */
  ApprovedGrant(ExportGrant text, String approver, String approval) {
    this.text = text;
    this.approver = approver;
    this.approval = approval;
  }

  ExportGrant text() {
    return text;
  }

  /** Names the grant: the text's request. */
  String id() {
    return text.request();
  }

  String approver() {
    return approver;
  }

  String approval() {
    return approval;
  }

  /** Why it cannot begin at {@code serverTime}; empty when it can: start ≤ time &lt; end. */
  Optional<Refusal> untimely(Instant serverTime) {
    if (serverTime.isBefore(text.start())) {
      return Optional.of(Refusal.GRANT_EARLY);
    }
    return serverTime.isBefore(text.end()) ? Optional.empty() : Optional.of(Refusal.GRANT_OVER);
  }
}
