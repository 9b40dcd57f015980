package jp.sekisho.server.authn;

import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.smartcard.verify.SignatureVerifier;

/**
 * Step 4: the key of that certificate signed a statement that says exactly what was asked, here,
 * now and with this certificate; of an approval, over the very text that was shown.
 */
final class CardSigned {
  private final PathTrusted trusted;

  private CardSigned(PathTrusted trusted) {
    this.trusted = trusted;
  }

  static Verdict<CardSigned> of(PathTrusted trusted) {
    TerminalSpoke spoke = trusted.before().spoke();
    Answer.Card answer = trusted.card();
    OpenTransaction question = spoke.question();
    Matter matter = question.matter();
    CardStatement asked;
    CardStatement said;
    try {
      said = CardStatement.parse(answer.statement());
      asked =
          new CardStatement(
              question.origin(),
              question.id(),
              question.nonce(),
              question.purpose(),
              spoke.terminal().id(),
              CardStatement.certificateHash(answer.certificate()),
              matter == null ? null : matter.detail());
    } catch (MalformedException e) {
      return Verdict.refused(Refusal.STATEMENT_INVALID);
    }
    if (!said.equals(asked)) {
      boolean otherText = matter != null && !matter.detail().equals(said.detail());
      return Verdict.refused(otherText ? Refusal.APPROVAL_TEXT : Refusal.STATEMENT_INVALID);
    }
    return SignatureVerifier.verifies(
            trusted.certificate().getPublicKey(), answer.statement(), answer.signature())
        ? Verdict.passed(new CardSigned(trusted))
        : Verdict.refused(Refusal.SIGNATURE_INVALID);
  }

  PathTrusted trusted() {
    return trusted;
  }

  TerminalSpoke spoke() {
    return trusted.before().spoke();
  }

  /** DER of the key that signed. */
  byte[] spki() {
    return trusted.certificate().getPublicKey().getEncoded();
  }

  /** SHA-256 of {@link #spki}. */
  byte[] spkiHash() {
    return Sha256.of(spki());
  }
}
