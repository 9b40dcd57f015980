package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of the log page that only an active session gets.
 *
 * @param filter what was asked for
 * @param rows at most 50, newest first
 * @param newer link back to the newest entries; null when they are shown
 * @param older link to the page of older entries; null on the last
 * @param record newest signed checkpoint; null unless the reader audits this log
 */
public record LogContent(
    LogFilter filter,
    List<EntryRow> rows,
    @Nullable String newer,
    @Nullable String older,
    @Nullable SignedRecord record) {
  public LogContent {
    rows = List.copyOf(rows);
  }

  /**
   * The newest signed checkpoint (確定記録) of a log.
   *
   * @param organ whose log
   * @param origin its name in signatures
   * @param size number of entries under the signature
   * @param root base64 of the tree's root hash
   */
  public record SignedRecord(String organ, String origin, String size, String root) {}
}
