package jp.sekisho.smartcard.jpki;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A typed PIN of one of JPKI's two kinds, to be closed when used. Two types, so that the one cannot
 * be sent where the other belongs: people confuse them and block their cards.
 *
 * <p>Thread-safe; unusable after {@link #close()}.
 */
public abstract sealed class JpkiPin implements AutoCloseable {
  private final byte[] characters;
  private boolean closed;

  private JpkiPin(byte[] characters) {
    this.characters = characters;
  }

  /** The PIN of the user-authentication key (利用者証明用電子証明書の暗証番号): 4 digits. */
  public static final class Authentication extends JpkiPin {
    private Authentication(byte[] characters) {
      super(characters);
    }
  }

  /** The password of the signature key (署名用電子証明書の暗証番号): 6 to 16 letters and digits. */
  public static final class Signature extends JpkiPin {
    private Signature(byte[] characters) {
      super(characters);
    }
  }

  /**
   * Takes what was typed for login; the caller wipes its own copy. Full-width digits count as the
   * digits they mean.
   *
   * @return empty when it is not 4 digits: nothing must be sent then
   */
  public static Optional<Authentication> authentication(char[] typed) {
    return characters(typed, 4, 4, false).map(Authentication::new);
  }

  /**
   * Takes what was typed for a document; the caller wipes its own copy. Full-width characters count
   * as what they mean, small letters as capitals: cards hold capitals only.
   *
   * @return empty when it is not 6 to 16 letters and digits: nothing must be sent then
   */
  public static Optional<Signature> signature(char[] typed) {
    return characters(typed, 6, 16, true).map(Signature::new);
  }

  private static Optional<byte[]> characters(
      char[] typed, int shortest, int longest, boolean letters) {
    if (typed.length < shortest || typed.length > longest) {
      return Optional.empty();
    }
    byte[] characters = new byte[typed.length];
    for (int i = 0; i < typed.length; i++) {
      OptionalInt character = character(typed[i], letters);
      if (character.isEmpty()) {
        Arrays.fill(characters, (byte) 0);
        return Optional.empty();
      }
      characters[i] = (byte) character.getAsInt();
    }
    return Optional.of(characters);
  }

  private static OptionalInt character(char typed, boolean letters) {
    // Full-width forms stand in the order of ASCII (Unicode FF01 to FF5E).
    int ascii = typed >= '！' && typed <= '～' ? typed - '！' + '!' : typed;
    if (ascii >= '0' && ascii <= '9') {
      return OptionalInt.of(ascii);
    }
    int capital = ascii >= 'a' && ascii <= 'z' ? ascii - 'a' + 'A' : ascii;
    return letters && capital >= 'A' && capital <= 'Z'
        ? OptionalInt.of(capital)
        : OptionalInt.empty();
  }

  /** The bytes for VERIFY, unpadded. A copy: the caller wipes it. */
  synchronized byte[] bytes() {
    if (closed) {
      throw new IllegalStateException("PIN already wiped");
    }
    return characters.clone();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Overwrites the characters. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(characters, (byte) 0);
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[******]";
  }
}
