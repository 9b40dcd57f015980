package jp.sekisho.protocol;

import java.util.List;

/**
 * A relying service's events for our log: {@code POST /agent/v1/services/events}. Without any it is
 * a sign of life, every 10 s.
 *
 * @param realm the registered realm
 * @param spool id of the spool that the records are of
 * @param records lines of {@link RelyingRecord}, at most {@link #MOST}, in their order without a
 *     gap
 */
public record RelyingRecords(String realm, String spool, List<String> records) {
  /** Records in one batch. */
  public static final int MOST = 500;

  public RelyingRecords {
    records = List.copyOf(records);
  }
}
