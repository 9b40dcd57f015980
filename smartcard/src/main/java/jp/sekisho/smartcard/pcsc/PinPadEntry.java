package jp.sekisho.smartcard.pcsc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.PinKeys;

/**
 * What a reader needs to take a PIN on its own keys and to present it to the card: the
 * PIN_VERIFY_STRUCTURE of PC/SC part 10, 2.5.2. Packed and little-endian on every platform. The PIN
 * is in ASCII, left-justified.
 *
 * @param reference P2 of VERIFY, 0x80 in PIV
 * @param shortest fewest digits, 1 or more
 * @param longest most digits, at most 15
 * @param block length of a block padded with FF, at most 15; 0 = as many bytes as digits
 * @param limit for the whole entry, and again for the first key; 1 to 255 seconds
 * @param locale of the reader's display: Japanese or else English
 */
public record PinPadEntry(
    int reference, int shortest, int longest, int block, Duration limit, Locale locale) {
  /** A person finds the reader and types eight digits in it; the card waits meanwhile. */
  public static final Duration LIMIT = PinKeys.LIMIT;

  private static final int LENGTH = 19;

  /** Bytes as the unit, position 0, left-justified, ASCII. */
  private static final byte FORMAT = (byte) 0x82;

  private static final byte ENDS_WITH_ENTER_KEY = 0x02;
  private static final short JAPANESE = 0x0411;
  private static final short ENGLISH = 0x0409;

  public PinPadEntry {
    if (shortest < 1 || longest < shortest || longest > 15 || block > 15) {
      throw new IllegalArgumentException("PIN length");
    }
    if (block != 0 && block < longest) {
      throw new IllegalArgumentException("block shorter than the PIN");
    }
    if (limit.toSeconds() < 1 || limit.toSeconds() > 255) {
      throw new IllegalArgumentException("1 to 255 seconds");
    }
  }

  /** NIST SP 800-73: 6 to 8 digits, padded to 8 bytes. */
  public static PinPadEntry piv(Locale locale) {
    return new PinPadEntry(0x80, 6, 8, 8, LIMIT, locale);
  }

  /** The command the reader completes; where the PIN goes stands padding, so no PIN is in it. */
  Apdu command() {
    byte[] space = new byte[block];
    Arrays.fill(space, (byte) 0xFF);
    return new Apdu(0, Apdu.VERIFY, 0, reference, space, 0);
  }

  byte[] structure() {
    Apdu command = command();
    // Without data a reader still expects Lc, and replaces it.
    byte[] template =
        block == 0 ? new byte[] {0, Apdu.VERIFY, 0, (byte) reference, 0} : command.encode();
    boolean japanese = locale.getLanguage().equals(Locale.JAPANESE.getLanguage());
    return ByteBuffer.allocate(LENGTH + template.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) limit.toSeconds())
        .put((byte) limit.toSeconds())
        .put(FORMAT)
        .put((byte) block)
        .put((byte) 0)
        .putShort((short) (shortest << 8 | longest))
        .put(ENDS_WITH_ENTER_KEY)
        .put((byte) 1)
        .putShort(japanese ? JAPANESE : ENGLISH)
        .put((byte) 0)
        .put(new byte[3])
        .putInt(template.length)
        .put(template)
        .array();
  }
}
