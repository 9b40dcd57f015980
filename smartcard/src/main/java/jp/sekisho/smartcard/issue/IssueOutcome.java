package jp.sekisho.smartcard.issue;

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
   */
  record Refused(IssueFailure failure, String detail) implements IssueOutcome {}

  /** Card or reader failed; the same order may be given again and continues. */
  record Failed(CardFailure failure, String detail) implements IssueOutcome {}
}
