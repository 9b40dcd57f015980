package jp.sekisho.agent.login;

import java.security.cert.X509Certificate;
import java.util.Optional;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;

/** What is known against a card's certificate before its PIN is asked. Thread-safe. */
@FunctionalInterface
public interface CardObjections {
  /** Knows nothing: the service decides. */
  CardObjections NONE = (kind, certificate) -> Optional.empty();

  /**
   * Why the PIN of this card must not be asked; may wait some seconds for the service.
   *
   * @param kind how the card was spoken to
   * @return empty: nothing is known against it, and the service decides
   */
  Optional<Refusal> against(CardKind kind, X509Certificate certificate);
}
