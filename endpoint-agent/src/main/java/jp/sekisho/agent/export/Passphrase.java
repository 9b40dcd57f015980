package jp.sekisho.agent.export;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A passphrase for a recipient without a certificate: seven groups of four of 32 letters and
 * digits, 140 bits of chance, with hyphens between. The letters that are taken for digits (I, L, O,
 * U) are not among them. {@link #close} wipes it.
 */
public final class Passphrase implements AutoCloseable {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int GROUPS = 7;
  private static final int GROUP = 4;

  private final char[] text;

  private Passphrase(char[] text) {
    this.text = text;
  }

  /** A new one. */
  public static Passphrase make(SecureRandom random) {
    char[] text = new char[GROUPS * (GROUP + 1) - 1];
    byte[] chance = new byte[text.length];
    random.nextBytes(chance);
    for (int i = 0; i < text.length; i++) {
      // 32 divides 256: every letter is as likely.
      text[i] = i % (GROUP + 1) == GROUP ? '-' : ALPHABET.charAt(chance[i] & 31);
    }
    Arrays.fill(chance, (byte) 0);
    return new Passphrase(text);
  }

  /** One that came from elsewhere, hyphens included. */
  public static Passphrase copyOf(byte[] ascii) {
    char[] text = new char[ascii.length];
    for (int i = 0; i < ascii.length; i++) {
      text[i] = (char) (ascii[i] & 0x7F);
    }
    return new Passphrase(text);
  }

  /** A copy, which the caller wipes. */
  public char[] chars() {
    return text.clone();
  }

  /** As {@link #chars}, one byte each. */
  public byte[] bytes() {
    byte[] copy = new byte[text.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (byte) text[i];
    }
    return copy;
  }

  @Override
  public void close() {
    Arrays.fill(text, '\0');
  }

  /** Nothing of it. */
  @Override
  public String toString() {
    return "Passphrase[…]";
  }
}
