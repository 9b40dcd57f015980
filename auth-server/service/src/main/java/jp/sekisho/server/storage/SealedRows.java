package jp.sekisho.server.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/**
 * Rows of a list, each read with its seal.
 *
 * @param sound those that carry their seal and are the newest about them
 * @param tampered the others; nothing of them is believed, so they may be any that was looked for
 */
public record SealedRows<T>(List<T> sound, List<TamperedException> tampered) {
  /** More of them say no more than these do, and each is a look at the log of alarms. */
  private static final int MOST_TAMPERED = 100;

  private static final int FETCHED = 200;

  public SealedRows {
    sound = List.copyOf(sound);
    tampered = List.copyOf(tampered);
  }

  /** All rows of a query. */
  public static <T> SealedRows<T> of(Query query, RowMapper<T> read) {
    return of(query, read, row -> true);
  }

  /**
   * The rows of a query that are wanted once their seal was verified; of the others none is held.
   * What decides whether a row is wanted must not stand in the query: whoever edits the column
   * would hide the row.
   *
   * @param read throws {@link TamperedException} for a row that cannot be believed
   */
  public static <T> SealedRows<T> of(Query query, RowMapper<T> read, Predicate<T> wanted) {
    List<T> sound = new ArrayList<>();
    List<TamperedException> tampered = new ArrayList<>();
    query
        .setFetchSize(FETCHED)
        .map((row, context) -> {
          try {
            return Optional.of(read.map(row, context));
          } catch (TamperedException e) {
            if (tampered.size() < MOST_TAMPERED) {
              tampered.add(e);
            }
            return Optional.<T>empty();
          }
        })
        .forEach(found -> found.filter(wanted).ifPresent(sound::add));
    return new SealedRows<>(sound, tampered);
  }
}
