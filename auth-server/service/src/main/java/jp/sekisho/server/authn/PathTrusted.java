package jp.sekisho.server.authn;

import java.security.cert.X509Certificate;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.card.StaffTrust.Judgement;

/**
 * Step 3: the certificate leads to the pinned staff CA, is fit for signing and known not to be
 * revoked.
 */
final class PathTrusted {
  private final OriginAndTerminal before;
  private final Answer.Card card;
  private final X509Certificate certificate;
  private final Optional<String> number;

  private PathTrusted(
      OriginAndTerminal before,
      Answer.Card card,
      X509Certificate certificate,
      Optional<String> number) {
    this.before = before;
    this.card = card;
    this.certificate = certificate;
    this.number = number;
  }

  static Verdict<PathTrusted> of(OriginAndTerminal before, Answer.Card card, StaffTrust trust) {
    return switch (trust.judge(card.certificate())) {
      case Judgement.Distrusted(Refusal reason, var detail) -> Verdict.refused(reason);
      case Judgement.Trusted trusted ->
          Verdict.passed(new PathTrusted(before, card, trusted.certificate(), trusted.number()));
    };
  }

  OriginAndTerminal before() {
    return before;
  }

  Answer.Card card() {
    return card;
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** The staff number in the certificate's subject. */
  Optional<String> number() {
    return number;
  }
}
