package jp.sekisho.server.card;

import jp.sekisho.protocol.CardKind;
import jp.sekisho.server.card.StaffTrust.Judgement;

/** Judges a certificate by the trust of one kind of card. Thread-safe. */
@FunctionalInterface
public interface CardTrust {
  /**
   * Judges a certificate now.
   *
   * @param kind what it is judged as: the CAs of another kind count for nothing
   * @param certificate DER
   */
  Judgement judge(CardKind kind, byte[] certificate);
}
