package jp.sekisho.smartcard.issue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * A PUK of 8 digits, the form every PIV card takes, to be closed when used. It exists only between
 * {@link #join} of the two {@link PukHalf halves} and the command to the card (ADR 0008).
 *
 * <p>Thread-safe; unusable after {@link #close()}.
 */
public final class Puk implements AutoCloseable {
  static final int LENGTH = 8;

  private static final byte[] DEFAULT = "12345678".getBytes(StandardCharsets.US_ASCII);

  private final byte[] block;
  private boolean closed;

  private Puk(byte[] block) {
    this.block = block;
  }

  /** What cards come with. */
  static Puk ofNewCards() {
    return new Puk(DEFAULT.clone());
  }

  /** One drawn from all that are neither the default nor one digit eight times. */
  static Puk random(SecureRandom random) {
    byte[] block = new byte[LENGTH];
    do {
      for (int i = 0; i < LENGTH; i++) {
        block[i] = (byte) ('0' + random.nextInt(10));
      }
    } while (Arrays.equals(block, DEFAULT) || isOneDigit(block));
    return new Puk(block);
  }

  /**
   * The PUK of two halves, in either order; they stay the caller's.
   *
   * @return empty when both are of one role, or what comes out is not 8 digits: then they are not
   *     of one card
   */
  public static Optional<Puk> join(PukHalf one, PukHalf other) {
    byte[] first = one.values();
    byte[] second = other.values();
    byte[] block = new byte[LENGTH];
    boolean digits = one.role() != other.role();
    for (int i = 0; i < LENGTH; i++) {
      int digit = first[i] ^ second[i];
      digits &= digit <= 9;
      block[i] = (byte) ('0' | digit);
    }
    Arrays.fill(first, (byte) 0);
    Arrays.fill(second, (byte) 0);
    if (!digits) {
      Arrays.fill(block, (byte) 0);
      return Optional.empty();
    }
    return Optional.of(new Puk(block));
  }

  /** Its digits as values 0 to 9. A copy: the caller wipes it. */
  synchronized byte[] values() {
    byte[] values = block();
    for (int i = 0; i < LENGTH; i++) {
      values[i] &= 0x0F;
    }
    return values;
  }

  /** The 8 bytes for the card. A copy: the caller wipes it. */
  synchronized byte[] block() {
    if (closed) {
      throw new IllegalStateException("PUK already wiped");
    }
    return block.clone();
  }

  private static boolean isOneDigit(byte[] block) {
    boolean same = true;
    for (byte digit : block) {
      same &= digit == block[0];
    }
    return same;
  }

  /** Overwrites the digits. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(block, (byte) 0);
  }

  @Override
  public String toString() {
    return "Puk[********]";
  }
}
