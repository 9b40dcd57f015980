package jp.sekisho.audit.copy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Witnessing;
import jp.sekisho.audit.entry.KeepEntry;
import jp.sekisho.audit.entry.PruneEntry;
import org.jspecify.annotations.Nullable;

/**
 * An entry {@code log.pruned} that was found under a signed root, and what bounds the time at which
 * it was really written: a server whose clock was set forward writes it too early, and the log's
 * key alone can sign anything.
 *
 * @param origin of the log it stands in
 * @param entry what it says
 * @param notAfter it was written before this time, as others than its own clock say; null when
 *     nobody does
 */
public record Deletion(String origin, PruneEntry entry, @Nullable Instant notAfter) {
  private static final Pattern ORIGIN = Pattern.compile("(.+)/([^/]+)/([1-9][0-9]{0,8})");

  /** By how much honest clocks, and entries on their way, may differ. */
  static final Duration SLACK = Duration.ofDays(31);

  /** Terms end at midnight in Japan. */
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  /**
   * One that was shown by a proof.
   *
   * @param witnesses who cosigned the checkpoint of the proof
   */
  public static Optional<Deletion> proved(
      String origin, long index, byte[] entry, List<Witnessing> witnesses) {
    return PruneEntry.read(index, entry)
        .map(found -> new Deletion(origin, found, earliest(witnesses)));
  }

  /**
   * The earliest time at which a witness saw the checkpoint: what is under it was there by then.
   * One whose clock is ahead must not speak over the others.
   */
  static @Nullable Instant earliest(List<Witnessing> witnesses) {
    return witnesses.stream().map(Witnessing::first).min(Instant::compareTo).orElse(null);
  }

  /** The latest time at which a witness saw the checkpoint: the age that all of them bear out. */
  static @Nullable Instant latest(List<Witnessing> witnesses) {
    return witnesses.stream().map(Witnessing::at).max(Instant::compareTo).orElse(null);
  }

  /** The earlier of two times, where null is no bound. */
  static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }

  /**
   * Whether it says that exactly the entries below {@code minimum} of the log of that origin are
   * deleted: the entry stands in that log or in a later generation of it.
   */
  boolean names(String log, long minimum) {
    Matcher deleted = ORIGIN.matcher(log);
    Matcher told = ORIGIN.matcher(origin);
    return deleted.matches()
        && told.matches()
        && deleted.group(1).equals(told.group(1))
        && deleted.group(2).equals(told.group(2))
        && Long.parseLong(told.group(3)) >= Long.parseLong(deleted.group(3))
        && entry.scope().equals(deleted.group(2))
        && entry.generation() == Long.parseLong(deleted.group(3))
        && entry.to() == minimum;
  }

  /** Whether somebody who saw the entries at that time bears out that they were that old. */
  boolean isBorneOutBy(Instant seen) {
    return !seen.isAfter(entry.before().plus(SLACK));
  }

  /** Whether the term it names, of at least a year, was over when it was written. */
  boolean isDue() {
    Instant end = entry.before().atZone(JAPAN).plusYears(entry.years()).toInstant();
    Instant written = earlier(entry.time(), notAfter);
    return entry.years() >= 1 && written != null && !end.isAfter(written.plus(SLACK));
  }

  /**
   * Looks for the newest such entry about a log while its copy is read, and for deletions against a
   * hold or a term that the log itself tells. What the deleted entries told is not known any more.
   */
  static final class Search implements EntrySink {
    private final EntrySink next;
    private final String origin;
    private final long minimum;
    private final String scope;
    private final Set<String> holds = new HashSet<>();
    private long years;
    private long held = -1;
    private long hasty = -1;
    private @Nullable PruneEntry found;
    private @Nullable Instant earliestLater;

    Search(EntrySink next, String origin, long minimum) {
      this.next = next;
      this.origin = origin;
      this.minimum = minimum;
      Matcher log = ORIGIN.matcher(origin);
      this.scope = log.matches() ? log.group(2) : "";
    }

    @Override
    public void take(long index, byte[] entry) throws IOException {
      next.take(index, entry);
      KeepEntry.read(entry).filter(read -> read.scope().equals(scope)).ifPresent(this::keep);
      Optional<PruneEntry> any =
          PruneEntry.read(index, entry).filter(read -> read.scope().equals(scope));
      any.ifPresent(this::compare);
      Optional<PruneEntry> one =
          any.filter(read -> new Deletion(origin, read, null).names(origin, minimum));
      if (one.isPresent()) {
        found = one.get();
        earliestLater = null;
      } else if (found != null) {
        // What stands behind it was written after it: if that is earlier, its clock was ahead.
        earliestLater = earlier(earliestLater, PruneEntry.time(entry).orElse(null));
      }
    }

    private void keep(KeepEntry entry) {
      switch (entry.kind()) {
        case HOLD_SET -> holds.add(entry.hold());
        case HOLD_LIFTED -> holds.remove(entry.hold());
        case TERM_SET -> years = entry.years();
      }
    }

    private void compare(PruneEntry entry) {
      if (held < 0 && !holds.isEmpty()) {
        held = entry.index();
      }
      if (hasty < 0 && entry.years() < years) {
        hasty = entry.index();
      }
    }

    /** The first deletion while a legal hold stood. */
    OptionalLong held() {
      return held < 0 ? OptionalLong.empty() : OptionalLong.of(held);
    }

    /** The first deletion after a shorter term than the log had been given last. */
    OptionalLong hasty() {
      return hasty < 0 ? OptionalLong.empty() : OptionalLong.of(hasty);
    }

    /**
     * What was found.
     *
     * @param witnesses who cosigned the checkpoint that covers it
     */
    Optional<Deletion> result(List<Witnessing> witnesses) {
      PruneEntry read = found;
      return read == null
          ? Optional.empty()
          : Optional.of(new Deletion(origin, read, earlier(earliestLater, earliest(witnesses))));
    }
  }
}
