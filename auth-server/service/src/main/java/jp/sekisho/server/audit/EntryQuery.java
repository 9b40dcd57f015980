package jp.sekisho.server.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What entries are looked for; each part that is not null must hold.
 *
 * @param person staff number
 * @param terminal terminal id
 * @param event a type such as {@code usb.blocked}, or a feature such as {@code usb}
 * @param success the outcome
 * @param from earliest time of the entry, inclusive
 * @param until latest time of the entry, exclusive
 */
public record EntryQuery(
    @Nullable String person,
    @Nullable String terminal,
    @Nullable String event,
    @Nullable Boolean success,
    @Nullable Instant from,
    @Nullable Instant until) {
  /** Every entry. */
  public static final EntryQuery ALL = new EntryQuery(null, null, null, null, null, null);

  /** Whether every entry is asked for. */
  public boolean isAll() {
    return equals(ALL);
  }

  /** Entries of one type or feature. */
  public EntryQuery withEvent(String other) {
    return new EntryQuery(person, terminal, other, success, from, until);
  }

  /** Entries of one person. */
  public EntryQuery withPerson(String other) {
    return new EntryQuery(other, terminal, event, success, from, until);
  }

  /** Entries of one outcome. */
  public EntryQuery withSuccess(boolean other) {
    return new EntryQuery(person, terminal, event, other, from, until);
  }

  /** Entries of a time. */
  public EntryQuery within(@Nullable Instant begin, @Nullable Instant end) {
    return new EntryQuery(person, terminal, event, success, begin, end);
  }

  /** Whether an entry is asked for. */
  public boolean accepts(EntryHit hit) {
    return holds(person, hit.person())
        && holds(terminal, hit.terminal())
        && (event == null || event.equals(hit.type()) || event.equals(hit.feature()))
        && (success == null || success != hit.failed())
        && (from == null || hit.time() >= from.toEpochMilli())
        && (until == null || hit.time() < until.toEpochMilli());
  }

  private static boolean holds(@Nullable String asked, @Nullable String found) {
    return asked == null || asked.equals(found);
  }
}
