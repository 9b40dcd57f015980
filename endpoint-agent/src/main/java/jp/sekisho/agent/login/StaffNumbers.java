package jp.sekisho.agent.login;

import java.security.cert.X509Certificate;
import java.util.Collection;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;

/**
 * Whose a card's certificate says it is, for what no service decides afterwards: what cannot be
 * told is refused. Thread-safe.
 */
@FunctionalInterface
public interface StaffNumbers {
  /**
   * Judges a certificate in full, by what is at hand in this terminal.
   *
   * @param kind how the card was spoken to
   * @param pins base64url SHA-256 of the DER of the CAs that count
   */
  Outcome of(CardKind kind, X509Certificate certificate, Collection<String> pins);

  /** What came of it. */
  sealed interface Outcome {
    /** The certificate's path leads to one of those CAs, and this number is in it. */
    record Carries(String number) implements Outcome {}

    /** It does not, it carries none, or nobody here can tell. */
    record No(Refusal reason) implements Outcome {}
  }
}
