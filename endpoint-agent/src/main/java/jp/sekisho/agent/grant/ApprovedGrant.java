package jp.sekisho.agent.grant;

import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import org.jspecify.annotations.Nullable;

/**
 * A grant whose approval this terminal verified itself; only {@link ApprovalCheck} makes one.
 * Immutable.
 */
final class ApprovedGrant {
  private final ExportGrant text;
  private final @Nullable GrantSeries series;
  private final String approver;
  private final String approval;
  private final Further further;

  /** What came with the grant to make it last longer. */
  sealed interface Further {
    /** Nothing. */
    record None() implements Further {}

    /**
     * An extension that this terminal verified itself.
     *
     * @param approval base64url of the SHA-256 of its approver's card statement
     */
    record Extension(ExportGrant text, String approval) implements Further {}

    /** Something that is no extension of it: the grant stays as it is. */
    record Refused(Refusal reason) implements Further {}
  }

  /**
   * @param text of an occurrence what it allows
   * @param series the signed text of which it is an occurrence; null for what is used once
   * @param approver staff number
   * @param approval base64url of the SHA-256 of the approver's card statement
   */
  ApprovedGrant(
      ExportGrant text,
      @Nullable GrantSeries series,
      String approver,
      String approval,
      Further further) {
    this.text = text;
    this.series = series;
    this.approver = approver;
    this.approval = approval;
    this.further = further;
  }

  ExportGrant text() {
    return text;
  }

  /** Names the grant: the text's request. */
  String id() {
    return text.request();
  }

  /** The signed series of which this is one occurrence; null for what is used once. */
  @Nullable GrantSeries series() {
    return series;
  }

  /** The same, with what came to make it last longer. */
  ApprovedGrant with(Further more) {
    return new ApprovedGrant(text, series, approver, approval, more);
  }

  String approver() {
    return approver;
  }

  String approval() {
    return approval;
  }

  Further further() {
    return further;
  }

  /** What counts here: its own text, or the longer one that this terminal made durable. */
  ExportGrant limits(@Nullable Activation known) {
    return known == null ? text : known.limits(text);
  }
}
