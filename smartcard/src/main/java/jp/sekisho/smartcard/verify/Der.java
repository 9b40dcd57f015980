package jp.sekisho.smartcard.verify;

import java.util.Arrays;

/**
 * Cuts the signed part out of a signed structure, and puts one together, without re-encoding it.
 */
final class Der {
  private static final int SEQUENCE = 0x30;

  private Der() {}

  /**
   * The first element, header included, of a SEQUENCE with definite lengths.
   *
   * @throws MalformedException if the bytes are not exactly such a sequence
   */
  static byte[] firstElement(byte[] sequence) throws MalformedException {
    int[] outer = header(sequence, 0);
    int[] inner = header(sequence, outer[0]);
    int end = inner[0] + inner[1];
    if (outer[0] + outer[1] != sequence.length || end > sequence.length) {
      throw new MalformedException("4.1", "not exactly one DER structure");
    }
    return Arrays.copyOfRange(sequence, outer[0], end);
  }

  /** A SEQUENCE of elements that are encoded already. */
  static byte[] sequence(byte[]... elements) {
    int length = 0;
    for (byte[] element : elements) {
      length = Math.addExact(length, element.length);
    }
    int octets = length < 0x80 ? 0 : (39 - Integer.numberOfLeadingZeros(length)) / 8;
    byte[] sequence = new byte[2 + octets + length];
    sequence[0] = SEQUENCE;
    sequence[1] = (byte) (octets == 0 ? length : 0x80 | octets);
    for (int i = 0; i < octets; i++) {
      sequence[2 + i] = (byte) (length >>> (8 * (octets - 1 - i)));
    }
    int next = 2 + octets;
    for (byte[] element : elements) {
      System.arraycopy(element, 0, sequence, next, element.length);
      next += element.length;
    }
    return sequence;
  }

  /** Where the content begins, and how long it is. */
  private static int[] header(byte[] bytes, int offset) throws MalformedException {
    if (offset + 2 > bytes.length || bytes[offset] != SEQUENCE) {
      throw new MalformedException("4.1", "no DER sequence");
    }
    int first = bytes[offset + 1] & 0xff;
    if (first < 0x80) {
      return new int[] {offset + 2, first};
    }
    int count = first - 0x80;
    if (count == 0 || count > 4 || offset + 2 + count > bytes.length) {
      throw new MalformedException("4.1", "no definite DER length");
    }
    long length = 0;
    for (int i = 0; i < count; i++) {
      length = (length << 8) | (bytes[offset + 2 + i] & 0xff);
    }
    if (length > bytes.length || length < 0x80 || bytes[offset + 2] == 0) {
      throw new MalformedException("4.1", "a length that is no DER");
    }
    return new int[] {offset + 2 + count, (int) length};
  }
}
