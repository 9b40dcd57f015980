package jp.sekisho.smartcard.piv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;

/**
 * One data object of BER-TLV as cards use it: tag of 1 to 3 bytes, definite length of up to 2^16-1.
 *
 * @param tag the tag bytes as a number, e.g. 0x5FC105
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Tlv(int tag, byte[] value) {
  private static final int MOST_OBJECTS = 64;

  /**
   * Reads a sequence of objects, not into them.
   *
   * @throws CardException CARD_ERROR when the bytes are not exactly such a sequence
   */
  public static List<Tlv> parse(byte[] bytes) throws CardException {
    List<Tlv> objects = new ArrayList<>();
    Cursor in = new Cursor(bytes);
    while (in.at < bytes.length) {
      if (objects.size() == MOST_OBJECTS) {
        throw malformed("more than " + MOST_OBJECTS + " objects");
      }
      int tag = in.tag();
      int length = in.length();
      if (length > bytes.length - in.at) {
        throw malformed("object longer than its container");
      }
      objects.add(new Tlv(tag, Arrays.copyOfRange(bytes, in.at, in.at + length)));
      in.at += length;
    }
    return objects;
  }

  /** The value of the first object with the tag. */
  public static Optional<byte[]> find(List<Tlv> objects, int tag) {
    return objects.stream().filter(object -> object.tag == tag).map(Tlv::value).findFirst();
  }

  /** The value of the first object with the tag. */
  public static byte[] require(byte[] container, int tag) throws CardException {
    return find(parse(container), tag).orElseThrow(() -> malformed("no object %X".formatted(tag)));
  }

  /** The object's bytes, lengths in their shortest form. */
  public byte[] encode() {
    int tagBytes = tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;
    int lengthBytes = value.length > 0xFF ? 3 : value.length > 0x7F ? 2 : 1;
    byte[] bytes = new byte[tagBytes + lengthBytes + value.length];
    int at = 0;
    for (int i = tagBytes - 1; i >= 0; i--) {
      bytes[at++] = (byte) (tag >> (8 * i));
    }
    if (lengthBytes > 1) {
      bytes[at++] = (byte) (0x7F + lengthBytes);
    }
    for (int i = Math.max(1, lengthBytes - 1) - 1; i >= 0; i--) {
      bytes[at++] = (byte) (value.length >> (8 * i));
    }
    System.arraycopy(value, 0, bytes, at, value.length);
    return bytes;
  }

  /** An object around other objects. */
  public static Tlv of(int tag, Tlv... children) {
    byte[] value = new byte[0];
    for (Tlv child : children) {
      byte[] encoded = child.encode();
      int end = value.length;
      value = Arrays.copyOf(value, end + encoded.length);
      System.arraycopy(encoded, 0, value, end, encoded.length);
    }
    return new Tlv(tag, value);
  }

  private static CardException malformed(String what) {
    return new CardException(CardFailure.CARD_ERROR, "TLV: " + what);
  }

  private static final class Cursor {
    private final byte[] bytes;
    private int at;

    private Cursor(byte[] bytes) {
      this.bytes = bytes;
    }

    private int next() throws CardException {
      if (at == bytes.length) {
        throw malformed("ends inside an object");
      }
      return bytes[at++] & 0xFF;
    }

    private int tag() throws CardException {
      int tag = next();
      if ((tag & 0x1F) != 0x1F) {
        return tag;
      }
      // The top bit says "one more byte"; PIV's names (5FC105) need three in all.
      int second = next();
      int two = tag << 8 | second;
      return (second & 0x80) == 0 ? two : two << 8 | next();
    }

    private int length() throws CardException {
      int first = next();
      if (first < 0x80) {
        return first;
      }
      return switch (first) {
        case 0x81 -> next();
        case 0x82 -> next() << 8 | next();
        default -> throw malformed("length form %02X".formatted(first));
      };
    }
  }
}
