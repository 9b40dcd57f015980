package jp.sekisho.smartcard.piv;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Contents of the data objects of a new PIV card (SP 800-73-5 part 1, appendix A). */
public final class CardObjects {
  private static final byte[] NONE = new byte[0];

  private CardObjects() {}

  /** Certificate container, not compressed. */
  public static byte[] certificate(byte[] der) {
    return join(new Tlv(0x70, der), new Tlv(0x71, new byte[1]), new Tlv(0xFE, NONE));
  }

  /** Card holder unique identifier: a FASC-N of no agency, a random GUID. */
  public static byte[] chuid(SecureRandom random) {
    byte[] guid = new byte[16];
    random.nextBytes(guid);
    return join(
        new Tlv(
            0x30, HexFormat.of().parseHex("d4e739da739ced39ce739d836858210842108421c84210c3eb")),
        new Tlv(0x34, guid),
        new Tlv(0x35, "20491231".getBytes(StandardCharsets.US_ASCII)),
        new Tlv(0x3E, NONE),
        new Tlv(0xFE, NONE));
  }

  /** Card capability container: mandatory, and says nothing. */
  public static byte[] capabilities(SecureRandom random) {
    byte[] identifier = new byte[21];
    random.nextBytes(identifier);
    byte[] head = HexFormat.of().parseHex("a000000116ff02");
    System.arraycopy(head, 0, identifier, 0, head.length);
    return join(
        new Tlv(0xF0, identifier),
        new Tlv(0xF1, new byte[] {0x21}),
        new Tlv(0xF2, new byte[] {0x21}),
        new Tlv(0xF3, NONE),
        new Tlv(0xF4, new byte[] {0}),
        new Tlv(0xF5, new byte[] {0x10}),
        new Tlv(0xF6, NONE),
        new Tlv(0xF7, NONE),
        new Tlv(0xFA, NONE),
        new Tlv(0xFB, NONE),
        new Tlv(0xFC, NONE),
        new Tlv(0xFD, NONE),
        new Tlv(0xFE, NONE));
  }

  /** Discovery object: this application, and "the application PIN is the only one". */
  public static byte[] discovery() {
    return join(
        new Tlv(0x4F, HexFormat.of().parseHex("A000000308000010000100")),
        new Tlv(0x5F2F, new byte[] {0x40, 0}));
  }

  private static byte[] join(Tlv... objects) {
    return Tlv.of(0, objects).value();
  }
}
