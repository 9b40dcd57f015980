package jp.sekisho.server.authn;

import java.security.cert.X509Certificate;
import java.util.Optional;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.card.CardTrust;
import jp.sekisho.server.card.StaffTrust.Judgement;

/**
 * Step 3: the certificate leads to a CA pinned for that kind of card, is fit for signing and known
 * not to be revoked.
 */
final class PathTrusted {
  private final OriginAndTerminal before;
  private final Answer.Card card;
  private final CardKind kind;
  private final X509Certificate certificate;
  private final Optional<String> number;

  private PathTrusted(
      OriginAndTerminal before,
      Answer.Card card,
      CardKind kind,
      X509Certificate certificate,
      Optional<String> number) {
    this.before = before;
    this.card = card;
    this.kind = kind;
    this.certificate = certificate;
    this.number = number;
  }

  static Verdict<PathTrusted> of(OriginAndTerminal before, Answer.Card card, CardTrust trust) {
    CardKind kind = before.spoke().statement().card();
    if (kind == null) {
      return Verdict.refused(Refusal.STATEMENT_INVALID); // a passkey's statement under a card
    }
    return switch (trust.judge(kind, card.certificate())) {
      case Judgement.Distrusted(Refusal reason, var detail) -> Verdict.refused(reason);
      case Judgement.Trusted trusted ->
          Verdict.passed(
              new PathTrusted(before, card, kind, trusted.certificate(), trusted.number()));
    };
  }

  OriginAndTerminal before() {
    return before;
  }

  Answer.Card card() {
    return card;
  }

  /** How the terminal says it spoke to the card, and whose trust it was judged by. */
  CardKind kind() {
    return kind;
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** The staff number in the certificate's subject. */
  Optional<String> number() {
    return number;
  }
}
