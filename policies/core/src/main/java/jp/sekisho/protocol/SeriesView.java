package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The series (定例許可) that an exception is, or is an occurrence of.
 *
 * @param series id of the series
 * @param number which occurrence the exception is, 1 for the first; 0 for the series itself
 * @param repeat {@code weekly} or {@code monthly}
 * @param count how many occurrences there are
 * @param rota staff numbers of who uses it in turn
 * @param occurrences those that were made so far, oldest first; in lists, and of an occurrence,
 *     none
 * @param months the months that were confirmed (月次確認), oldest first
 * @param due the month that this person can confirm now; null for none
 * @param suspended whether nothing of it opens until the month is confirmed; of an occurrence its
 *     own month
 */
public record SeriesView(
    String series,
    int number,
    String repeat,
    int count,
    List<String> rota,
    List<OccurrenceView> occurrences,
    List<ConfirmedMonth> months,
    @Nullable DueMonth due,
    boolean suspended) {
  public SeriesView {
    rota = List.copyOf(rota);
    occurrences = List.copyOf(occurrences);
    months = List.copyOf(months);
  }
}
