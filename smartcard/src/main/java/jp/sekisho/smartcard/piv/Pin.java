package jp.sekisho.smartcard.piv;

import java.util.Arrays;
import java.util.Optional;

/**
 * A PIN of 6 to 8 digits, to be closed when used. Full-width digits, which a Japanese input method
 * leaves on, are taken for what they mean (as NFKC would, without making a String of them);
 * anything else is no PIN and must not cost a try.
 *
 * <p>Thread-safe; unusable after {@link #close()}.
 */
public final class Pin implements AutoCloseable {
  public static final int SHORTEST = 6;
  public static final int LONGEST = 8;

  private static final byte PADDING = (byte) 0xFF;

  private final byte[] digits;
  private boolean closed;

  private Pin(byte[] digits) {
    this.digits = digits;
  }

  /**
   * Takes what was typed; the caller wipes its own copy.
   *
   * @return empty when it is not 6 to 8 digits ({@code PIN_FORMAT})
   */
  public static Optional<Pin> of(char[] typed) {
    if (typed.length < SHORTEST || typed.length > LONGEST) {
      return Optional.empty();
    }
    byte[] digits = new byte[typed.length];
    for (int i = 0; i < typed.length; i++) {
      int digit = typed[i] >= '０' ? typed[i] - '０' : typed[i] - '0';
      if (digit < 0 || digit > 9) {
        Arrays.fill(digits, (byte) 0);
        return Optional.empty();
      }
      digits[i] = (byte) ('0' + digit);
    }
    return Optional.of(new Pin(digits));
  }

  /** The 8 bytes for VERIFY, padded with FF. A copy: the caller wipes it. */
  synchronized byte[] padded() {
    if (closed) {
      throw new IllegalStateException("PIN already wiped");
    }
    byte[] block = Arrays.copyOf(digits, LONGEST);
    Arrays.fill(block, digits.length, LONGEST, PADDING);
    return block;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Overwrites the digits. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(digits, (byte) 0);
  }

  @Override
  public String toString() {
    return "Pin[******]";
  }
}
