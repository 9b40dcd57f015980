package jp.sekisho.smartcard;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A card's answer.
 *
 * @param data answer data, at most 256 bytes from one command, more after GET RESPONSE
 * @param sw the status word, 0x0000 to 0xFFFF
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Response(byte[] data, int sw) {
  public static final int OK = 0x9000;

  /**
   * Splits the bytes a reader delivered.
   *
   * @throws CardException CARD_ERROR when there is not even a status word
   */
  public static Response parse(byte[] bytes) throws CardException {
    if (bytes.length < 2) {
      throw new CardException(CardFailure.CARD_ERROR, "answer without status word");
    }
    int end = bytes.length - 2;
    return new Response(
        Arrays.copyOf(bytes, end), (bytes[end] & 0xFF) << 8 | (bytes[end + 1] & 0xFF));
  }

  public static Response of(int sw) {
    return new Response(new byte[0], sw);
  }

  public boolean ok() {
    return sw == OK;
  }

  /** Data and status word as on the wire. */
  public byte[] encode() {
    byte[] bytes = Arrays.copyOf(data, data.length + 2);
    bytes[data.length] = (byte) (sw >> 8);
    bytes[data.length + 1] = (byte) sw;
    return bytes;
  }

  @Override
  public String toString() {
    String hex = HexFormat.of().withUpperCase().formatHex(data);
    return (hex.isEmpty() ? "" : hex + " ") + "%04X".formatted(sw);
  }
}
