package jp.sekisho.protocol;

import java.util.List;

/**
 * Records of one terminal in order of their sequence: {@code POST /agent/v1/events}.
 *
 * @param records base64url of the canonical bytes of {@link
 *     jp.sekisho.protocol.event.DeviceRecord}s, 1 to {@value #MAX_RECORDS}
 * @param checkpointSize entries of the newest checkpoint the terminal keeps of its log, 0 before
 *     the first: the acknowledgement proves that the log continues it
 */
public record EventBatch(List<String> records, long checkpointSize) {
  /** Most records in one batch. */
  public static final int MAX_RECORDS = 200;

  public EventBatch {
    records = List.copyOf(records);
  }
}
