package jp.sekisho.server.audit;

import java.util.Comparator;
import java.util.regex.Pattern;
import jp.sekisho.protocol.event.Entry;
import org.jspecify.annotations.Nullable;

/**
 * What the index says of an entry; the entry itself decides.
 *
 * @param index its place in the log
 * @param time milliseconds UTC
 * @param type {@code feature.outcome}
 * @param grant the exception it is about
 */
public record EntryHit(
    long index,
    long time,
    @Nullable String person,
    @Nullable String terminal,
    String type,
    boolean failed,
    @Nullable String grant) {
  /** Newest first: by time, and by index where times are equal. */
  public static final Comparator<EntryHit> NEWEST_FIRST =
      Comparator.comparingLong(EntryHit::time).thenComparingLong(EntryHit::index).reversed();

  /**
   * What an exception's id looks like. Terminals write into their records what they like; anything
   * else could be longer than an index takes, and would keep it from following for ever.
   */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");

  /** Between two pages: everything on the next one is older. */
  public record Position(long time, long index) {
    /** Before the newest entry. */
    public static final Position NEWEST = new Position(Long.MAX_VALUE, Long.MAX_VALUE);

    /** Whether an entry comes after this place, on a later page. */
    public boolean isBefore(EntryHit hit) {
      return hit.time < time || (hit.time == time && hit.index < index);
    }
  }

  /** What the index says of an entry. */
  public static EntryHit of(long index, Entry entry) {
    Object grant = entry.data().get("grant");
    return new EntryHit(
        index,
        entry.time().toEpochMilli(),
        entry.subject().person(),
        entry.subject().terminal(),
        entry.type(),
        !entry.success(),
        grant instanceof String text && ID.matcher(text).matches() ? text : null);
  }

  /** The type up to its dot. */
  public String feature() {
    return type.substring(0, type.indexOf('.'));
  }

  /** Where the entry stands. */
  public Position position() {
    return new Position(time, index);
  }
}
