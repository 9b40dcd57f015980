package jp.sekisho.server.grant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An approved exception as its sealed row says, with the evidence of its approval.
 *
 * @param id that of its request
 * @param terminal the one terminal where it can be used
 * @param transaction the question that the approval answered
 * @param statement bytes of the approver's card statement
 * @param signature the card's over them
 * @param spki DER of the key that signed
 * @param use null before its activation
 * @param ended when the use was over; null before
 * @param returned when the return was confirmed, or the medium handed over; null before, and of
 *     what is about no medium
 * @param returnedBy staff number of who confirmed it
 * @param overdue when it was noticed that the medium did not come back in time; null if never
 * @param report what became of its use (事後報告); null before, and where none is asked for
 * @param occurrences how many occurrences of a series were made exceptions of their own, in order;
 *     never falls, so that none is made twice
 * @param receipt number that the recipient gave (受領番号), where the medium was handed over; null
 *     where it came back
 * @param erasure of what was on the medium that came back; null before
 * @param reportOverdue when it was noticed that its use was not reported in time; null if never
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after reading; identity is not asked for
public record Grant(
    String id,
    String terminal,
    String transaction,
    byte[] statement,
    byte[] signature,
    byte[] spki,
    GrantState state,
    @Nullable Use use,
    @Nullable Instant ended,
    @Nullable Instant returned,
    @Nullable String returnedBy,
    @Nullable Instant overdue,
    @Nullable Report report,
    int occurrences,
    @Nullable String receipt,
    @Nullable Erasure erasure,
    @Nullable Instant reportOverdue) {

  /** One of which no report is known, and that is no series. */
  Grant(
      String id,
      String terminal,
      String transaction,
      byte[] statement,
      byte[] signature,
      byte[] spki,
      GrantState state,
      @Nullable Use use,
      @Nullable Instant ended,
      @Nullable Instant returned,
      @Nullable String returnedBy,
      @Nullable Instant overdue) {
    this(
        id,
        terminal,
        transaction,
        statement,
        signature,
        spki,
        state,
        use,
        ended,
        returned,
        returnedBy,
        overdue,
        null,
        0,
        null,
        null,
        null);
  }

  /**
   * What became of a use.
   *
   * @param by staff number
   * @param said in their words
   */
  public record Report(Instant at, String by, String said) {}

  /**
   * 消去確認: what was on the medium is erased.
   *
   * @param by staff number of who confirmed it
   */
  public record Erasure(Instant at, String by) {}

  /**
   * Its one activation.
   *
   * @param at by the service's clock
   * @param nonce the terminal's, base64url of 32 bytes
   * @param deadline when the use must be over
   */
  public record Use(Instant at, String nonce, Instant deadline) {}

  /**
   * Whether it was taken into use and no medium confirmed as returned or handed over; {@link
   * Dossier#isOut} knows whether there is one.
   */
  boolean isOut() {
    return use != null && returned == null;
  }

  Grant activated(Use activation) {
    return with(next(GrantState.ACTIVE), activation, null, null, null, null);
  }

  /**
   * Over by use, withdrawal, revocation or the clock; by use {@link GrantState#CLOSED} at once
   * where no medium has to come back.
   */
  Grant ended(GrantState how, Instant at) {
    return with(next(how), use, at, null, null, overdue);
  }

  Grant returned(Instant at, String by) {
    return with(next(GrantState.CLOSED), use, ended == null ? at : ended, at, by, overdue);
  }

  /** Given to whom it was for, against a receipt. */
  Grant handedOver(Instant at, String by, String number) {
    Grant closed = returned(at, by);
    return closed.with(report, occurrences, number, null, reportOverdue);
  }

  /** Whether the medium came back and nobody has confirmed that it is erased. */
  public boolean isUnerased() {
    return returned != null && receipt == null && erasure == null;
  }

  Grant erased(Erasure done) {
    if (!isUnerased()) {
      throw new IllegalStateException("nothing is left to be erased");
    }
    return with(report, occurrences, receipt, done, reportOverdue);
  }

  /** In use for longer, by a further approval; what ended is not in use. */
  Grant extended(Instant deadline) {
    Use running = use;
    if (state != GrantState.ACTIVE || running == null || !deadline.isAfter(running.deadline())) {
      throw new IllegalStateException(state + " is not extended");
    }
    Use longer = new Use(running.at(), running.nonce(), deadline);
    return with(state, longer, ended, returned, returnedBy, overdue);
  }

  Grant overdue(Instant at) {
    return with(state, use, ended, returned, returnedBy, at);
  }

  /** Noticed as not reported in time. */
  Grant reportOverdue(Instant at) {
    return with(report, occurrences, receipt, erasure, at);
  }

  /** 事後報告 of a use that is over, once. */
  Grant reported(Report what) {
    if (use == null || state == GrantState.ACTIVE || report != null) {
      throw new IllegalStateException(state + " is not reported");
    }
    return with(what, occurrences, receipt, erasure, reportOverdue);
  }

  /** The next occurrence of this series, by the series' approval; not used yet. */
  Grant occurrence(String its) {
    return new Grant(
        its,
        terminal,
        transaction,
        statement,
        signature,
        spki,
        GrantState.APPROVED,
        null,
        null,
        null,
        null,
        null);
  }

  /** With one more occurrence made. */
  Grant counted() {
    if (state != GrantState.APPROVED) {
      throw new IllegalStateException(state + " has no further occurrence");
    }
    return with(report, occurrences + 1, receipt, erasure, reportOverdue);
  }

  /** What was approved never changes; the rest does. */
  private Grant with(
      GrantState newState,
      @Nullable Use newUse,
      @Nullable Instant newEnded,
      @Nullable Instant newReturned,
      @Nullable String newReturnedBy,
      @Nullable Instant newOverdue) {
    return new Grant(
        id,
        terminal,
        transaction,
        statement,
        signature,
        spki,
        newState,
        newUse,
        newEnded,
        newReturned,
        newReturnedBy,
        newOverdue,
        report,
        occurrences,
        receipt,
        erasure,
        reportOverdue);
  }

  /** Where it stands does not change, what is known of it does. */
  private Grant with(
      @Nullable Report newReport,
      int newOccurrences,
      @Nullable String newReceipt,
      @Nullable Erasure newErasure,
      @Nullable Instant newReportOverdue) {
    return new Grant(
        id,
        terminal,
        transaction,
        statement,
        signature,
        spki,
        state,
        use,
        ended,
        returned,
        returnedBy,
        overdue,
        newReport,
        newOccurrences,
        newReceipt,
        newErasure,
        newReportOverdue);
  }

  private GrantState next(GrantState next) {
    if (!state.leadsTo(next)) {
      throw new IllegalStateException(state + " does not lead to " + next);
    }
    return next;
  }
}
