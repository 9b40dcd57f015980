package jp.sekisho.smartcard.issue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * One of the two halves of a card's PUK, as one role keeps it on paper (ADR 0008). Eight values of
 * 4 bits; digit {@code i} of the PUK is the exclusive-or of both halves' values {@code i}. The
 * first half is drawn uniformly from all 2^32, so each half alone is uniform whatever the PUK is.
 *
 * <p>Written {@code 1-3F9A-02C7-xx}: the role, eight hexadecimal digits, and a check of two that
 * finds any one wrong character and any two exchanged neighbours before a try is spent.
 *
 * <p>Thread-safe; unusable after {@link #close()}.
 */
public final class PukHalf implements AutoCloseable {
  /** Role, values and check without hyphens. */
  private static final int SYMBOLS = 11;

  /** Written with hyphens, spaces and full-width characters; nobody types more. */
  private static final int LONGEST = 32;

  /** CRC-8 with the polynomial x^8+x^2+x+1, most significant bit first, starting from zero. */
  private static final int POLYNOMIAL = 0x07;

  private final int role;
  private final byte[] values;
  private boolean closed;

  private PukHalf(int role, byte[] values) {
    this.role = role;
    this.values = values;
  }

  /** Both halves of one PUK. */
  public record Pair(PukHalf first, PukHalf second) implements AutoCloseable {
    @Override
    public void close() {
      first.close();
      second.close();
    }
  }

  /** Splits a PUK; it stays the caller's. */
  static Pair split(Puk puk, SecureRandom random) {
    byte[] first = new byte[Puk.LENGTH];
    byte[] digits = puk.values();
    byte[] second = new byte[Puk.LENGTH];
    random.nextBytes(first);
    for (int i = 0; i < Puk.LENGTH; i++) {
      first[i] &= 0x0F;
      second[i] = (byte) (first[i] ^ digits[i]);
    }
    Arrays.fill(digits, (byte) 0);
    return new Pair(new PukHalf(1, first), new PukHalf(2, second));
  }

  /**
   * Reads what was typed; case, hyphens, spaces and full-width characters do not matter. The caller
   * wipes its own copy.
   *
   * @return empty when it is no half, or its check does not fit ({@code HALF_FORMAT})
   */
  public static Optional<PukHalf> parse(char[] typed) {
    if (typed.length > LONGEST) {
      return Optional.empty();
    }
    byte[] symbols = new byte[LONGEST];
    byte[] values = new byte[Puk.LENGTH];
    try {
      int count = 0;
      for (char c : typed) {
        // Full-width forms stand at the same distance from ASCII, all of them.
        char plain = c >= '！' && c <= '～' ? (char) (c - 0xFEE0) : c;
        if (plain == '-' || plain == ' ' || plain == '　' || plain == 'ー' || plain == '−') {
          continue;
        }
        int value = Character.digit(plain, 16);
        if (value < 0 || plain > 'f') {
          return Optional.empty();
        }
        symbols[count++] = (byte) value;
      }
      int role = symbols[0];
      if (count != SYMBOLS || role < 1 || role > 2) {
        return Optional.empty();
      }
      System.arraycopy(symbols, 1, values, 0, Puk.LENGTH);
      int check = symbols[SYMBOLS - 2] << 4 | symbols[SYMBOLS - 1];
      return check == check(role, values)
          ? Optional.of(new PukHalf(role, values.clone()))
          : Optional.empty();
    } finally {
      Arrays.fill(symbols, (byte) 0);
      Arrays.fill(values, (byte) 0);
    }
  }

  /** Which role keeps it: 1 or 2. */
  public int role() {
    return role;
  }

  /** As it is given to its role, once. A copy: the caller wipes it. */
  public synchronized char[] written() {
    byte[] plain = values();
    int check = check(role, plain);
    char[] written = new char[SYMBOLS + 3];
    written[0] = (char) ('0' + role);
    written[1] = '-';
    written[6] = '-';
    written[11] = '-';
    for (int i = 0; i < Puk.LENGTH; i++) {
      written[i < 4 ? 2 + i : 3 + i] = hex(plain[i]);
    }
    written[12] = hex(check >> 4);
    written[13] = hex(check & 0x0F);
    Arrays.fill(plain, (byte) 0);
    return written;
  }

  /** A copy: the caller wipes it. */
  synchronized byte[] values() {
    if (closed) {
      throw new IllegalStateException("half already wiped");
    }
    return values.clone();
  }

  private static char hex(int value) {
    return Character.toUpperCase(Character.forDigit(value, 16));
  }

  /** Over the role and the four bytes that the eight values make. */
  private static int check(int role, byte[] values) {
    int crc = step(0, role);
    for (int i = 0; i < values.length; i += 2) {
      crc = step(crc, values[i] << 4 | values[i + 1]);
    }
    return crc;
  }

  private static int step(int crc, int octet) {
    int next = crc ^ octet;
    for (int bit = 0; bit < 8; bit++) {
      next = (next & 0x80) == 0 ? next << 1 : next << 1 ^ POLYNOMIAL;
      next &= 0xFF;
    }
    return next;
  }

  /** Overwrites the values. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(values, (byte) 0);
  }

  @Override
  public String toString() {
    return "PukHalf[" + role + "-****-****]";
  }
}
