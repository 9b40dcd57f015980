package jp.sekisho.smartcard;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A command to a card (ISO/IEC 7816-4, short form).
 *
 * <p>{@code toString} shows the header and masks every data byte of the commands that carry a PIN
 * or a key.
 *
 * @param data command data; more than 255 bytes only as input to command chaining
 * @param le expected answer length 1 to 256, or 0 for "none"
 */
@SuppressWarnings("ArrayRecordComponent") // the caller wipes it; never compared
public record Apdu(int cla, int ins, int p1, int p2, byte[] data, int le) {
  public static final int VERIFY = 0x20;
  public static final int CHANGE_REFERENCE_DATA = 0x24;
  public static final int RESET_RETRY_COUNTER = 0x2C;
  public static final int SELECT = 0xA4;
  public static final int GET_RESPONSE = 0xC0;
  public static final int GET_DATA = 0xCB;
  public static final int PUT_DATA = 0xDB;
  public static final int GENERAL_AUTHENTICATE = 0x87;

  /** Yubico: the data is a private key. */
  public static final int IMPORT_KEY = 0xFE;

  /** Yubico: the data holds the new management key. */
  public static final int SET_MANAGEMENT_KEY = 0xFF;

  /** Longest command data of the short form. */
  public static final int MAX_DATA = 255;

  public Apdu {
    if (((cla | ins | p1 | p2) & ~0xFF) != 0 || le < 0 || le > 256) {
      throw new IllegalArgumentException("header byte or le out of range");
    }
  }

  /** A command with data that expects up to 256 bytes. */
  public static Apdu of(int cla, int ins, int p1, int p2, byte[] data) {
    return new Apdu(cla, ins, p1, p2, data, 256);
  }

  /** SELECT by application identifier. */
  public static Apdu select(byte[] aid) {
    return of(0, SELECT, 4, 0, aid);
  }

  /**
   * Reads the short form; the class byte may carry the chaining bit.
   *
   * @throws IllegalArgumentException when the bytes are not a short-form command
   */
  public static Apdu parse(byte[] bytes) {
    if (bytes.length < 4) {
      throw new IllegalArgumentException("shorter than a header");
    }
    int lc = bytes.length > 5 ? bytes[4] & 0xFF : 0;
    int rest = bytes.length - 5 - lc;
    if (bytes.length > 5 && (lc == 0 || rest < 0 || rest > 1)) {
      throw new IllegalArgumentException("lengths disagree");
    }
    byte[] data = lc == 0 ? new byte[0] : Arrays.copyOfRange(bytes, 5, 5 + lc);
    boolean hasLe = bytes.length == 5 || rest == 1;
    int le = hasLe ? bytes[bytes.length - 1] & 0xFF : 0;
    return new Apdu(
        bytes[0] & 0xFF,
        bytes[1] & 0xFF,
        bytes[2] & 0xFF,
        bytes[3] & 0xFF,
        data,
        hasLe && le == 0 ? 256 : le);
  }

  /** The same command with another expected length; the data is shared. */
  public Apdu withLe(int other) {
    return new Apdu(cla, ins, p1, p2, data, other);
  }

  /** The bytes on the wire. A copy that may hold a PIN: the caller wipes it. */
  public byte[] encode() {
    if (data.length > MAX_DATA) {
      throw new IllegalStateException("needs command chaining");
    }
    boolean caseOne = data.length == 0 && le == 0;
    int body = caseOne ? 0 : (data.length == 0 ? 0 : 1 + data.length) + (le == 0 ? 0 : 1);
    byte[] bytes = new byte[4 + body];
    bytes[0] = (byte) cla;
    bytes[1] = (byte) ins;
    bytes[2] = (byte) p1;
    bytes[3] = (byte) p2;
    if (data.length > 0) {
      bytes[4] = (byte) data.length;
      System.arraycopy(data, 0, bytes, 5, data.length);
    }
    if (le > 0) {
      bytes[bytes.length - 1] = (byte) le;
    }
    return bytes;
  }

  /** Whether the data holds a PIN, a PUK or a key. */
  public boolean isSecret() {
    return switch (ins) {
      case VERIFY, CHANGE_REFERENCE_DATA, RESET_RETRY_COUNTER, IMPORT_KEY, SET_MANAGEMENT_KEY ->
          true;
      default -> false;
    };
  }

  /** Overwrites the data. */
  public void wipe() {
    Arrays.fill(data, (byte) 0);
  }

  @Override
  public String toString() {
    String header = "%02X %02X %02X %02X".formatted(cla, ins, p1, p2);
    String shown =
        isSecret() ? "XX".repeat(data.length) : HexFormat.of().withUpperCase().formatHex(data);
    String body = data.length == 0 ? "" : " %02X %s".formatted(data.length, shown);
    return header + body + (le == 0 ? "" : " %02X".formatted(le & 0xFF));
  }
}
