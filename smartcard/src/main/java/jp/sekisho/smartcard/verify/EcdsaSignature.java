package jp.sekisho.smartcard.verify;

import java.math.BigInteger;
import java.util.Arrays;

/** The form of an ECDSA signature (RFC 3279 2.2.3), which decides nothing but is not negotiable. */
final class EcdsaSignature {
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  private EcdsaSignature() {}

  /**
   * Whether the bytes are DER, and no other encoding, of two numbers from 1 to order − 1. Providers
   * differ in what else they let pass: padded or negative numbers, long lengths, trailing bytes.
   */
  static boolean isWellFormed(byte[] signature, BigInteger order) {
    int[] body = element(signature, 0, SEQUENCE);
    if (body.length == 0 || body[1] != signature.length) {
      return false;
    }
    int[] r = element(signature, body[0], INTEGER);
    if (r.length == 0) {
      return false;
    }
    int[] s = element(signature, r[1], INTEGER);
    return s.length != 0
        && s[1] == signature.length
        && isNumber(signature, r, order)
        && isNumber(signature, s, order);
  }

  private static boolean isNumber(byte[] bytes, int[] range, BigInteger order) {
    byte[] content = Arrays.copyOfRange(bytes, range[0], range[1]);
    if (content.length == 0) {
      return false;
    }
    BigInteger value = new BigInteger(content);
    return value.signum() > 0
        && value.compareTo(order) < 0
        && Arrays.equals(value.toByteArray(), content);
  }

  /** Where the content begins and ends; empty when there is no such element in minimal DER. */
  private static int[] element(byte[] bytes, int offset, int tag) {
    if (offset + 2 > bytes.length || bytes[offset] != tag) {
      return new int[0];
    }
    int length = bytes[offset + 1] & 0xff;
    int start = offset + 2;
    if (length == 0x81 && start < bytes.length && (bytes[start] & 0xff) >= 0x80) {
      length = bytes[start] & 0xff;
      start++;
    } else if (length >= 0x80) {
      return new int[0];
    }
    return start + length <= bytes.length ? new int[] {start, start + length} : new int[0];
  }
}
