package jp.sekisho.server.grant;

import java.time.Instant;
import java.time.YearMonth;
import jp.sekisho.protocol.statement.SeriesConfirmation;

/**
 * A month for which a card let a series go on (月次確認), as its sealed row says.
 *
 * @param text what the card signed
 * @param by staff number
 */
record Confirmation(SeriesConfirmation text, Instant at, String by, Extension.Approval approval) {
  /** What tells it from all others. */
  String id() {
    return text.series() + "/" + text.month();
  }

  YearMonth month() {
    return text.month();
  }
}
