package jp.sekisho.server.grant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A registered medium (登録媒体).
 *
 * @param id such as {@code M-0007}, written on it
 * @param organ the 機関 that keeps it
 * @param fingerprint base64url of the SHA-256 that recognises it at a port
 * @param registered when it was entered into the register
 * @param disposal null while it is in use
 * @param loan where it is while it is neither kept here nor out under an exception; null else
 * @param loss null unless it was lost
 */
public record Medium(
    String id,
    String organ,
    String fingerprint,
    Instant registered,
    @Nullable Disposal disposal,
    @Nullable Loan loan,
    @Nullable Loss loss) {

  /** One that was never handed out nor lost. */
  public Medium(
      String id,
      String organ,
      String fingerprint,
      Instant registered,
      @Nullable Disposal disposal) {
    this(id, organ, fingerprint, registered, disposal, null, null);
  }

  /**
   * The end of a medium (廃棄). Its row stays: neither its number nor the very device is registered
   * again.
   *
   * @param at when it was entered into the register
   * @param reference the document that proves it, such as a 廃棄証明書's number ({@link
   *     jp.sekisho.protocol.Names#isReference})
   */
  public record Disposal(Instant at, String reference) {}

  /**
   * Handed out at the counter (貸出), or handed over under an exception (引渡し).
   *
   * @param person staff number of who has it; null for the recipient of a hand-over
   * @param due when it has to be back; null for what was handed over
   * @param reference the document of the loan, or the recipient's receipt number
   */
  public record Loan(Instant at, @Nullable String person, @Nullable Instant due, String reference) {
    /** Whether it should be back. */
    public boolean isOverdue(Instant now) {
      return due != null && !now.isBefore(due);
    }
  }

  /**
   * 紛失. It is for good: one that is found again is disposed of.
   *
   * @param at when it was entered into the register
   * @param reference the document that reports it
   */
  public record Loss(Instant at, String reference) {}

  /** Whether an exception may name it. */
  public boolean usable() {
    return disposal == null && loss == null;
  }

  Medium disposed(Disposal end) {
    return new Medium(id, organ, fingerprint, registered, end, loan, loss);
  }

  Medium lent(@Nullable Loan to) {
    return new Medium(id, organ, fingerprint, registered, disposal, to, loss);
  }

  Medium lost(Loss how) {
    return new Medium(id, organ, fingerprint, registered, disposal, loan, how);
  }
}
