package jp.sekisho.server.measure;

import java.time.Instant;
import java.time.LocalDate;
import jp.sekisho.protocol.event.MeasureEvent.Due;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import org.jspecify.annotations.Nullable;

/**
 * One exceptional measure as its sealed row says; times in milliseconds.
 *
 * @param text what was asked for, word for word
 * @param seq its number's digits
 * @param decision who permitted or rejected it; null before
 * @param approval the CISO's signature; null unless permitted
 * @param review who looked at it again, and what was found; null before
 * @param end who ended it, and how; null before
 * @param told the day of which the clock last said that it passed; null for none
 */
record Measure(
    ExceptionalMeasure text,
    int seq,
    Instant created,
    MeasureState state,
    @Nullable Decision decision,
    @Nullable Approval approval,
    @Nullable Said review,
    @Nullable Said end,
    @Nullable LocalDate told) {

  /**
   * Permission or refusal.
   *
   * @param note why it was refused; null of a permission
   */
  record Decision(Instant at, String by, @Nullable String note) {}

  /** What somebody said with a step. */
  record Said(Instant at, String by, String note) {}

  /**
   * A card's signature over the text.
   *
   * @param transaction the service's question
   * @param statement bytes of the card statement
   * @param signature the card's over them
   * @param spki DER of the key that signed
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed after creation
  record Approval(String transaction, byte[] statement, byte[] signature, byte[] spki) {}

  static Measure requested(ExceptionalMeasure text, int seq, Instant now) {
    return new Measure(text, seq, now, MeasureState.REQUESTED, null, null, null, null, null);
  }

  String id() {
    return text.measure();
  }

  String number() {
    return text.number();
  }

  String organ() {
    return text.organ();
  }

  /** Whether the CISO permitted it and nobody ended it, whatever the day. */
  boolean isPermitted() {
    return state == MeasureState.PERMITTED || state == MeasureState.RENEWED;
  }

  /** Whether it counts on a day. */
  boolean runs(LocalDate today) {
    return isPermitted() && text.includes(today);
  }

  /**
   * What passed by a day without anybody having done what was due; null for nothing. A renewal
   * stands for the end, not for the review: that is due while it counts.
   */
  @Nullable Due due(LocalDate today) {
    if (!isPermitted()) {
      return null;
    }
    if (today.isAfter(text.until())) {
      return state == MeasureState.PERMITTED ? Due.END : null;
    }
    return review == null && today.isAfter(text.review()) ? Due.REVIEW : null;
  }

  /** Whether another begins no later than the day after this one's last. */
  boolean isCarriedOnBy(ExceptionalMeasure next) {
    return !next.from().isAfter(text.until().plusDays(1));
  }

  /** The day of {@link #due}. */
  LocalDate day(Due due) {
    return switch (due) {
      case REVIEW -> text.review();
      case END -> text.until();
    };
  }

  Measure permitted(Instant now, String by, Approval signed) {
    return new Measure(
        text,
        seq,
        created,
        to(MeasureState.PERMITTED),
        new Decision(now, by, null),
        signed,
        null,
        null,
        null);
  }

  Measure rejected(Instant now, String by, String why) {
    return with(to(MeasureState.REJECTED), new Decision(now, by, why), review, end, told);
  }

  Measure in(MeasureState next) {
    return with(to(next), decision, review, end, told);
  }

  Measure reviewed(Said said) {
    return with(state, decision, said, end, told);
  }

  Measure ended(Said said) {
    return with(to(MeasureState.ENDED), decision, review, said, told);
  }

  Measure told(LocalDate day) {
    return with(state, decision, review, end, day);
  }

  /** {@code next}, which this one may come to be in. */
  private MeasureState to(MeasureState next) {
    if (!state.leadsTo(next)) {
      throw new IllegalStateException(state + " does not lead to " + next);
    }
    return next;
  }

  private Measure with(
      MeasureState next,
      @Nullable Decision decided,
      @Nullable Said reviewed,
      @Nullable Said ended,
      @Nullable LocalDate toldDay) {
    return new Measure(text, seq, created, next, decided, approval, reviewed, ended, toldDay);
  }
}
