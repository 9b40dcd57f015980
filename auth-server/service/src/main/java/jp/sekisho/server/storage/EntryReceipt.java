package jp.sekisho.server.storage;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import jp.sekisho.protocol.Base64Url;

/**
 * Names an audit entry that was written in the same transaction as a change. Worth nothing before
 * that transaction's {@code write} has returned.
 *
 * @param entryId 16 bytes: when it was written, milliseconds UTC, in 6 of them, and 10 random ones.
 *     Ids that follow each other stand beside each other in the database's index (ADR 0054); before
 *     there were 16 random ones
 * @param log the log's organ, or {@code system}
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; equality is by content
public record EntryReceipt(byte[] entryId, String log) {
  /** Length of an entry id in bytes. */
  public static final int ID_BYTES = 16;

  private static final int TIME_BYTES = 6;

  /**
   * @throws IllegalArgumentException unless the id has 16 bytes
   */
  public EntryReceipt {
    entryId = entryId.clone();
    if (entryId.length != ID_BYTES) {
      throw new IllegalArgumentException("an entry id has " + ID_BYTES + " bytes");
    }
  }

  /**
   * The id of an entry written at {@code now}.
   *
   * @param random at least 16 random bytes, of which the 7th to the 16th are used
   */
  public static byte[] id(Instant now, byte[] random) {
    byte[] id = Arrays.copyOf(random, ID_BYTES);
    byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(now.toEpochMilli()).array();
    System.arraycopy(time, Long.BYTES - TIME_BYTES, id, 0, TIME_BYTES);
    return id;
  }

  @Override
  public byte[] entryId() {
    return entryId.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryReceipt that
        && Arrays.equals(entryId, that.entryId)
        && log.equals(that.log);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(entryId);
  }

  @Override
  public String toString() {
    return log + "/" + Base64Url.encode(entryId);
  }
}
