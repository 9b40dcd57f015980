package jp.sekisho.smartcard.issue;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Optional;
import jp.sekisho.smartcard.CardFailure;

/** What came of issuing one card. */
public sealed interface IssueOutcome {

  /**
   * The card is ready; its PIN is the holder's, or nobody knows it and a PIN reset sets the first.
   *
   * @param card identity of the card, see {@link CardIssuer}
   * @param attestation empty when no attestation was demanded
   */
  record Issued(
      String card, X509Certificate certificate, Optional<Attestation.Verdict.Attested> attestation)
      implements IssueOutcome {}

  /**
   * The card must not be handed out.
   *
   * @param detail for the log: never command bytes
   * @param revoked serial number of the certificate made for it and revoked, if it came so far
   */
  record Refused(IssueFailure failure, String detail, Optional<BigInteger> revoked)
      implements IssueOutcome {}

  /**
   * Card or reader failed; the same order may be given again. It goes on if the card's PIN was not
   * set yet, else {@code CARD_NOT_NEW} is the answer.
   *
   * @param detail for the log: never command bytes
   * @param revoked serial number of the certificate made for it and revoked, if it came so far
   */
  record Failed(CardFailure failure, String detail, Optional<BigInteger> revoked)
      implements IssueOutcome {}
}
