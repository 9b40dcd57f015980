package jp.sekisho.audit.stamp;

import static jp.sekisho.audit.FormatException.Code.STAMP_REFUSED;

import java.nio.ByteBuffer;
import java.util.Arrays;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.note.SignedNote;

/**
 * A checkpoint and the time-stamp token over its bytes, nothing of it looked at. As a file: four
 * bytes of length, the signed note, the token in DER.
 */
public final class Stamped {
  /** Longest file in bytes. */
  public static final int MAX_BYTES = Integer.BYTES + SignedNote.MAX_BYTES + TimeStamps.MAX_BYTES;

  private final byte[] note;
  private final byte[] token;

  private Stamped(byte[] note, byte[] token) {
    this.note = note;
    this.token = token;
  }

  /** Puts both together. */
  public static Stamped of(byte[] note, byte[] token) {
    return new Stamped(note.clone(), token.clone());
  }

  /**
   * Reads a file.
   *
   * @throws FormatException when it cannot hold both
   */
  public static Stamped parse(byte[] file) throws FormatException {
    if (file.length < Integer.BYTES || file.length > MAX_BYTES) {
      throw new FormatException(STAMP_REFUSED, "no checkpoint with a time-stamp");
    }
    int length = ByteBuffer.wrap(file).getInt();
    if (length < 0 || length > SignedNote.MAX_BYTES || Integer.BYTES + length > file.length) {
      throw new FormatException(STAMP_REFUSED, "no checkpoint with a time-stamp");
    }
    return new Stamped(
        Arrays.copyOfRange(file, Integer.BYTES, Integer.BYTES + length),
        Arrays.copyOfRange(file, Integer.BYTES + length, file.length));
  }

  /** Returns the file's contents. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(Integer.BYTES + note.length + token.length)
        .putInt(note.length)
        .put(note)
        .put(token)
        .array();
  }

  /** Returns the checkpoint's bytes, over which the token is. */
  public byte[] note() {
    return note.clone();
  }

  /** Returns the token. */
  public byte[] token() {
    return token.clone();
  }
}
