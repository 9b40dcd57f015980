package jp.sekisho.protocol;

import java.util.List;

/**
 * The series (定例許可) that an exception is, or is an occurrence of.
 *
 * @param series id of the series
 * @param number which occurrence the exception is, 1 for the first; 0 for the series itself
 * @param repeat {@code weekly} or {@code monthly}
 * @param count how many occurrences there are
 * @param occurrences those that were made so far, oldest first; in lists, and of an occurrence,
 *     none
 */
public record SeriesView(
    String series, int number, String repeat, int count, List<OccurrenceView> occurrences) {
  public SeriesView {
    occurrences = List.copyOf(occurrences);
  }
}
