package jp.sekisho.agent.login;

import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.piv.PinRequest;

/**
 * The card of one turn, spoken to as one kind of card: {@link #read} before the PIN is asked,
 * {@link #sign} with it. One thread at a time; closing lets go of the card.
 */
interface LoginCard extends AutoCloseable {
  CardKind kind();

  /** What the card says before the PIN; costs no try. */
  Reading read();

  /**
   * Presents the PIN once and signs once.
   *
   * @param read what {@link #read} gave
   * @param typed the caller's to wipe
   * @param content what to sign, given the certificate; empty: nothing is signed
   * @param lastTry the person was told that one try is left and wants to use it
   */
  Signing sign(Reading.Present read, char[] typed, PinRequest.Content content, boolean lastTry);

  /** Whether the reader has keys of its own for this card's PIN, which then nobody types here. */
  default boolean takesPinOnKeys() {
    return false;
  }

  /**
   * As {@link #sign}, with the PIN typed on the reader's keys.
   *
   * @param locale of the reader's display
   */
  default Signing signOnKeys(
      Reading.Present read, Locale locale, PinRequest.Content content, boolean lastTry) {
    return new Signing.No(Refusal.CARD_FAILED, OptionalInt.empty());
  }

  @Override
  void close();

  /** What a card says before the PIN. */
  sealed interface Reading {
    /**
     * A card of this kind. Nothing about it is verified yet.
     *
     * @param certificate empty where the card shows it only after the PIN
     * @param tries 0 (blocked) to 15; empty where nobody tells
     */
    record Present(Optional<X509Certificate> certificate, OptionalInt tries) implements Reading {}

    /** Not readable; UNKNOWN_CARD: perhaps a card of another kind. */
    record No(Refusal reason) implements Reading {}
  }

  /** What came of a signature wanted. */
  sealed interface Signing {
    /** Signed, and the signature verifies under that certificate's key. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Done(X509Certificate certificate, byte[] signature) implements Signing {}

    /**
     * Not signed.
     *
     * @param tries what the card said last; empty when it did not
     */
    record No(Refusal reason, OptionalInt tries) implements Signing {}
  }
}
