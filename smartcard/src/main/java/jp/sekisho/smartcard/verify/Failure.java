package jp.sekisho.smartcard.verify;

/**
 * Why a path is refused.
 *
 * @param clause our stable code
 * @param section where RFC 5280 demands it, e.g. {@code 6.1.3(a)(2)}; another source is named, e.g.
 *     {@code RFC 5480 2.1.1}
 * @param reason one sentence for an operator
 */
public record Failure(Clause clause, String section, String reason) {
  /** Section and reason in one line, as {@link Verdict.Distrusted} carries them. */
  public String detail() {
    return section + ": " + reason;
  }
}
