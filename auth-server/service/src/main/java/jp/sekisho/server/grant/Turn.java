package jp.sekisho.server.grant;

import java.util.Optional;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;

/**
 * Which part of a series (定例許可) a request is.
 *
 * @param number 1 for the first occurrence; 0 for the series itself, which nobody uses
 */
public record Turn(GrantSeries series, int number) {
  /** The series as one request. */
  static Turn whole(GrantSeries series) {
    return new Turn(series, 0);
  }

  /** The part called {@code id}; empty when the series has none of that id. */
  static Optional<Turn> of(GrantSeries series, String id) {
    if (series.request().equals(id)) {
      return Optional.of(whole(series));
    }
    int number = series.number(id);
    return number == 0 ? Optional.empty() : Optional.of(new Turn(series, number));
  }

  /** Whether it is the series itself. */
  public boolean isSeries() {
    return number == 0;
  }

  /** What this part allows; of the series, from its first start to its last end. */
  ExportGrant text() {
    return isSeries() ? series.whole() : series.occurrence(number);
  }
}
