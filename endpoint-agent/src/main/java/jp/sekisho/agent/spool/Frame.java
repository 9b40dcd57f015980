package jp.sekisho.agent.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import jp.sekisho.protocol.CanonicalJson;

/** The bytes of a segment; the format is in the package's description. */
final class Frame {
  static final byte[] MAGIC = "SKSPOOL1".getBytes(StandardCharsets.US_ASCII);

  private static final int HEADER = 8;
  private static final int TRAILER = 4;

  private Frame() {}

  /**
   * What a segment holds.
   *
   * @param payloads of the whole frames, in order
   * @param goodBytes length up to which the file is good
   * @param tornBytes bytes after that: a torn tail
   */
  record Contents(List<byte[]> payloads, long goodBytes, long tornBytes) {}

  /** Bytes on disk of a record of {@code payload} bytes. */
  static int size(int payload) {
    return HEADER + payload + TRAILER;
  }

  static byte[] encode(byte[] payload) {
    return ByteBuffer.allocate(size(payload.length))
        .putInt(payload.length)
        .putInt(~payload.length)
        .put(payload)
        .putInt(crc(payload))
        .array();
  }

  /**
   * Reads a segment.
   *
   * @param last whether it is the newest, the only one that may end torn
   */
  static Contents decode(byte[] file, boolean last) throws SpoolException {
    List<byte[]> payloads = new ArrayList<>();
    int at = MAGIC.length;
    if (file.length < at || !Arrays.equals(MAGIC, Arrays.copyOf(file, at))) {
      // A segment whose very making was cut: a part of its first bytes, or zeros.
      if (last && (isPrefix(file, MAGIC) || isZero(file, 0))) {
        return new Contents(payloads, 0, file.length);
      }
      throw corrupt("first bytes of a segment");
    }
    while (at < file.length) {
      byte[] payload = frame(file, at);
      if (payload.length == 0) {
        if (!last) {
          throw corrupt("torn frame before the last segment");
        }
        return new Contents(payloads, at, file.length - at);
      }
      payloads.add(payload);
      at += size(payload.length);
    }
    return new Contents(payloads, at, 0);
  }

  /** The payload at {@code at}; empty when the frame is torn. */
  private static byte[] frame(byte[] file, int at) throws SpoolException {
    byte[] torn = new byte[0];
    ByteBuffer in = ByteBuffer.wrap(file, at, file.length - at);
    if (in.remaining() < HEADER || isZero(file, at)) {
      return torn;
    }
    int length = in.getInt();
    int inverted = in.getInt();
    boolean possible = length >= 1 && length <= CanonicalJson.MAX_BYTES;
    if (length != ~inverted || !possible) {
      if (possible && isCutShort(file, at + 4, ~length)) {
        return torn;
      }
      throw corrupt("length at " + at);
    }
    if (in.remaining() < length + TRAILER) {
      return torn;
    }
    byte[] payload = new byte[length];
    in.get(payload);
    int crc = crc(payload);
    if (in.getInt() == crc) {
      return payload;
    }
    // Canonical JSON ends in "}": a zero there was never written.
    int end = at + HEADER + length;
    if (end + TRAILER == file.length && (isZero(file, end - 1) || isCutShort(file, end, crc))) {
      return torn;
    }
    throw corrupt("check value at " + at);
  }

  /** Whether only the first bytes of {@code value} were written, and zeros stand to the end. */
  private static boolean isCutShort(byte[] file, int at, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      if (isZero(file, at + i)) {
        return true;
      }
      if (file[at + i] != (byte) (value >> (24 - 8 * i))) {
        return false;
      }
    }
    return false;
  }

  static SpoolException corrupt(String what) {
    return new SpoolException(SpoolException.Code.SPOOL_CORRUPT, what);
  }

  private static boolean isPrefix(byte[] bytes, byte[] of) {
    return bytes.length < of.length && Arrays.equals(bytes, Arrays.copyOf(of, bytes.length));
  }

  private static boolean isZero(byte[] file, int from) {
    for (int i = from; i < file.length; i++) {
      if (file[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int crc(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    return (int) crc.getValue();
  }
}
