package jp.sekisho.agent.login;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Lets a card sign a text of this terminal's own: shown whole in the PIN window, and no service has
 * a part in it. Who the card belongs to, and what its signature is worth, is the caller's to find
 * out. Thread-safe.
 */
public final class TextSigning {
  private final CardSigning signing;

  /**
   * @param kinds what cards are asked, and what is known against one
   * @param readers runs the reading of a shared reader's card beside its open PIN window
   */
  public TextSigning(CardDesk desk, LoginCards.Kinds kinds, ExecutorService readers) {
    this.signing = new CardSigning(new LoginCards(desk, kinds), readers);
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * Signed.
     *
     * @param spki DER of the card key's SubjectPublicKeyInfo
     * @param signature over the text's bytes
     * @param kind how the card was spoken to
     * @param certificate the card's, of that key; nobody judged it in full
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Signed(byte[] spki, byte[] signature, CardKind kind, X509Certificate certificate)
        implements Outcome {}

    /**
     * Not signed.
     *
     * @param triesLeft PIN tries left, where that is known
     */
    record No(Refusal reason, OptionalInt triesLeft) implements Outcome {
      /** Without a word about tries. */
      public No(Refusal reason) {
        this(reason, OptionalInt.empty());
      }
    }
  }

  /**
   * Asks the card of a stay. A card with one PIN try left is not asked.
   *
   * @param purpose as a window says it
   * @param left how much longer the text may be signed
   */
  public Outcome sign(Seat seat, Stay stay, String purpose, byte[] text, Supplier<Duration> left) {
    return sign(seat, stay, purpose, new String(text, StandardCharsets.UTF_8), text, left, false);
  }

  /**
   * As the other, of a text that says nothing to the person: the window says what it is for.
   *
   * @param lastTry the person was told that one try is left and wants to use it
   */
  public Outcome prove(
      Seat seat, Stay stay, String purpose, byte[] text, Supplier<Duration> left, boolean lastTry) {
    return sign(seat, stay, purpose, null, text, left, lastTry);
  }

  private Outcome sign(
      Seat seat,
      Stay stay,
      String purpose,
      @Nullable String shown,
      byte[] text,
      Supplier<Duration> left,
      boolean lastTry) {
    return signing
        .sign(
            new CardSigning.Wish(
                seat, stay, purpose, shown, left, certificate -> Optional.of(text), lastTry))
        .fold(
            signed ->
                new Outcome.Signed(
                    signed.done().certificate().getPublicKey().getEncoded(),
                    signed.done().signature(),
                    signed.kind(),
                    signed.done().certificate()),
            refused -> new Outcome.No(refused.reason(), refused.triesLeft()));
  }
}
