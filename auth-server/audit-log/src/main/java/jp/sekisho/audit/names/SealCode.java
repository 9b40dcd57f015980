package jp.sekisho.audit.names;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The code that opens a sealed table: 128 random bits, as 26 letters and digits (Crockford's base
 * 32) in groups. Made by the program, never chosen by a person, so that it needs no slow
 * derivation. Whoever shows it asks for {@link #reveal}.
 */
public final class SealCode implements AutoCloseable {
  private static final int BYTES = 16;
  private static final int LETTERS = 26;
  private static final int BITS = 5;
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  private final byte[] secret;

  private SealCode(byte[] secret) {
    this.secret = secret;
  }

  /** A new one. */
  public static SealCode random() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return new SealCode(secret);
  }

  /**
   * Reads what was typed: small letters, blanks and hyphens do not count, and O, I and L are taken
   * for the digits they look like. Empty when it is no code.
   */
  public static Optional<SealCode> parse(String typed) {
    String text =
        typed
            .toUpperCase(Locale.ROOT)
            .replaceAll("[\\s-]", "")
            .replace('O', '0')
            .replace('I', '1')
            .replace('L', '1');
    BigInteger value = BigInteger.ZERO;
    for (int i = 0; i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0 || i == LETTERS) {
        return Optional.empty();
      }
      value = value.shiftLeft(BITS).or(BigInteger.valueOf(digit));
    }
    if (text.length() != LETTERS || value.bitLength() > BYTES * Byte.SIZE) {
      return Optional.empty();
    }
    byte[] secret = new byte[BYTES];
    byte[] bytes = value.toByteArray();
    int from = Math.max(0, bytes.length - BYTES);
    System.arraycopy(bytes, from, secret, BYTES - (bytes.length - from), bytes.length - from);
    return Optional.of(new SealCode(secret));
  }

  /** The code for whoever is to have it: on a page or a console, never in a log or an address. */
  public String reveal() {
    BigInteger value = new BigInteger(1, secret);
    StringBuilder text = new StringBuilder();
    for (int i = LETTERS - 1; i >= 0; i--) {
      text.append(ALPHABET.charAt(value.shiftRight(i * BITS).intValue() & 31));
      if (i > 0 && i % BITS == 0) {
        text.append('-');
      }
    }
    return text.toString();
  }

  byte[] secret() {
    return secret;
  }

  @Override
  public void close() {
    Arrays.fill(secret, (byte) 0);
  }

  @Override
  public String toString() {
    return "SealCode[***]";
  }
}
