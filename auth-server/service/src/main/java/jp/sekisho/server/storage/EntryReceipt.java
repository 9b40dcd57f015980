package jp.sekisho.server.storage;

import java.util.Arrays;
import jp.sekisho.protocol.Base64Url;

/**
 * Names an audit entry that was written in the same transaction as a change. Worth nothing before
 * that transaction's {@code write} has returned.
 *
 * @param entryId 16 random bytes
 * @param log the log's organ, or {@code system}
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; equality is by content
public record EntryReceipt(byte[] entryId, String log) {
  /** Length of an entry id in bytes. */
  public static final int ID_BYTES = 16;

  /**
   * @throws IllegalArgumentException unless the id has 16 bytes
   */
  public EntryReceipt {
    entryId = entryId.clone();
    if (entryId.length != ID_BYTES) {
      throw new IllegalArgumentException("an entry id has " + ID_BYTES + " bytes");
    }
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
