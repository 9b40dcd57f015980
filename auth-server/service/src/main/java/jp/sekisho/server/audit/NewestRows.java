package jp.sekisho.server.audit;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.NewestEntries;
import jp.sekisho.server.storage.RowSeal;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Which entry of the logs is the newest about each named row: in memory, from the entries
 * themselves, so that nobody with the database can put an older state of a row back together with
 * its own older MAC (ADR 0041). Thread-safe.
 *
 * <p>A process that keeps a service's logs reads every entry when it opens them anyway, and sees
 * each that comes later: its own at their COMMIT, those of others when they are integrated, or
 * earlier when a row carries one that is not known yet. Before {@link #follow} has read them all
 * nothing is compared: so in commands of the console beside a running service.
 *
 * <p>Entries about one row are ordered by their numbers in one log; in different logs (a row seldom
 * has any) by their times, and where those differ less than clocks may, either counts.
 */
final class NewestRows implements NewestEntries {
  /** How long a reader may still look at a snapshot from before a change. */
  private static final Duration LONGEST_READ = Duration.ofSeconds(10);

  /** Longer than any transaction takes. */
  private static final Duration LONGEST_WRITE = Duration.ofMinutes(10);

  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(10);
  private static final int MOST_WRITING = 10_000;
  private static final long CHUNK = 1_000;

  private final RowSeal seal;
  private final ConcurrentHashMap<String, Version> newest = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Id, Writing> writing = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Id, Long> replaced = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Replaced> replacements = new ConcurrentLinkedQueue<>();
  private final ConcurrentHashMap<String, Long> seen = new ConcurrentHashMap<>();
  private final ReentrantLock following = new ReentrantLock();
  private final LongSupplier nanoTime;
  private volatile Set<String> current = Set.of();
  private volatile boolean complete;

  /**
   * @param seal of the entries
   */
  NewestRows(RowSeal seal) {
    this(seal, System::nanoTime);
  }

  NewestRows(RowSeal seal, LongSupplier nanoTime) {
    this.seal = seal;
    this.nanoTime = nanoTime;
  }

  /** The id of an entry. */
  private record Id(long high, long low) {
    static Id of(byte[] entryId) {
      ByteBuffer bytes = ByteBuffer.wrap(entryId);
      return new Id(bytes.getLong(), bytes.getLong());
    }
  }

  /** An entry that is the newest no more. */
  private record Replaced(Id id, long at) {}

  /**
   * The newest state of a row.
   *
   * @param time when its entry was written, milliseconds UTC
   * @param rival one of another log of about the same time: which was first nobody knows
   */
  private record Version(Id id, String log, long number, long time, @Nullable Id rival) {

    /** Whether an entry at this place is an older one. */
    boolean isAfter(String otherLog, long otherNumber, long otherTime) {
      if (log.equals(otherLog)) {
        return otherNumber <= number;
      }
      Generation own = Generation.of(log);
      Generation other = Generation.of(otherLog);
      return own.organ().equals(other.organ()) ? other.number() < own.number() : otherTime < time;
    }

    boolean is(Id other) {
      return id.equals(other) || other.equals(rival);
    }
  }

  /**
   * An entry that may be committed or not.
   *
   * @param begun by the same clock
   */
  private record Writing(String log, long number, long time, List<String> rows, long begun) {
    Writing and(String row) {
      List<String> more = new ArrayList<>(rows);
      more.add(row);
      return new Writing(log, number, time, more, begun);
    }
  }

  /** Hears of a row before the COMMIT of the entry that it carries from then on. */
  void writing(EntryReceipt entry, long number, long time, String row) {
    long now = nanoTime.getAsLong();
    if (writing.size() > MOST_WRITING) { // of transactions that failed as a whole
      writing.values().removeIf(one -> now - one.begun() > LONGEST_WRITE.toNanos());
    }
    writing.merge(
        Id.of(entry.entryId()),
        new Writing(entry.log(), number, time, List.of(row), now),
        (known, _) -> known.and(row));
  }

  /** Hears that an entry never was. */
  void undone(EntryReceipt entry) {
    writing.remove(Id.of(entry.entryId()));
  }

  /** Hears of the COMMIT of an entry. */
  void committed(EntryReceipt entry) {
    Id id = Id.of(entry.entryId());
    Writing written = writing.get(id);
    if (written != null) {
      for (String row : written.rows()) {
        put(row, id, written.log(), written.number(), written.time());
        Version known = newest.get(row);
        if (known != null && !known.is(id)) {
          replaced(id); // the next one was told first; a reader may have seen this one
        }
      }
      writing.remove(id); // after it is known as the newest: readers look at both
    }
  }

  /**
   * Hears of an entry of a log, each in its turn from the first.
   *
   * @param entry which the caller knows to be this service's
   */
  void saw(String log, LogTables.Integrated entry) {
    take(log, entry.index(), entry.entryId(), entry.body(), entry.created());
  }

  private void take(String log, long number, byte[] entryId, byte[] body, long created) {
    for (String row : Entry.rows(body)) {
      put(row, Id.of(entryId), log, number, created);
    }
    seen.merge(log, number + 1, Math::max);
  }

  private void put(String row, Id id, String log, long number, long time) {
    newest.compute(
        row,
        (_, known) -> {
          if (known == null) {
            return new Version(id, log, number, time, null);
          }
          if (known.id().equals(id)) {
            return known;
          }
          boolean doubtful =
              !Generation.of(known.log()).organ().equals(Generation.of(log).organ())
                  && Math.abs(known.time() - time) < CLOCKS_DIFFER.toMillis();
          if (known.isAfter(log, number, time)) {
            return doubtful
                ? new Version(known.id(), known.log(), known.number(), known.time(), id)
                : known;
          }
          replaced(known.id());
          return new Version(id, log, number, time, doubtful ? known.id() : null);
        });
  }

  private void replaced(Id id) {
    if (!complete) {
      return; // nobody reads yet
    }
    long now = nanoTime.getAsLong();
    replaced.put(id, now);
    replacements.add(new Replaced(id, now));
    Replaced oldest = replacements.peek();
    while (oldest != null && now - oldest.at() >= LONGEST_READ.toNanos()) {
      if (replacements.remove(oldest)) {
        replaced.remove(oldest.id(), oldest.at());
      }
      oldest = replacements.peek();
    }
  }

  /** Whether a reader's snapshot may still have an older state. */
  private boolean wasJustNow(Id id) {
    Long at = replaced.get(id);
    return at != null && nanoTime.getAsLong() - at < LONGEST_READ.toNanos();
  }

  /**
   * Reads what was not seen yet: the first time all entries there are, closed generations' too, and
   * from then on rows are compared.
   *
   * @param logs the newest generations
   */
  void follow(Handle handle, Set<String> logs) {
    following.lock();
    try {
      Map<String, Long> sizes = LogTables.sizes(handle);
      for (Map.Entry<String, Long> log : sizes.entrySet()) {
        boolean wanted = !complete || logs.contains(log.getKey());
        if (wanted && log.getValue() > seen.getOrDefault(log.getKey(), 0L)) {
          catchUp(handle, log.getKey());
        }
      }
      current = logs;
      complete = true;
    } finally {
      following.unlock();
    }
  }

  /** Reads all that the snapshot has. */
  private void catchUp(Handle handle) {
    following.lock();
    try {
      current.forEach(log -> catchUp(handle, log));
    } finally {
      following.unlock();
    }
  }

  private void catchUp(Handle handle, String log) {
    long from;
    do {
      from = seen.getOrDefault(log, 0L);
      for (LogTables.Integrated row : LogTables.range(handle, log, from, from + CHUNK)) {
        if (EntrySeal.isIntact(seal, log, row)) { // else the log itself says so
          take(log, row.index(), row.entryId(), row.body(), row.created());
        } else {
          seen.merge(log, row.index() + 1, Math::max);
        }
      }
    } while (seen.getOrDefault(log, 0L) > from);
    for (LogTables.Pending row : LogTables.pending(handle, log, from, Long.MAX_VALUE)) {
      if (row.number() >= from && EntrySeal.isIntact(seal, log, row)) {
        take(log, row.number(), row.entryId(), row.body(), row.created());
      }
    }
  }

  @Override
  public boolean isNewest(Handle handle, String row, byte[] entryId, boolean inUnit) {
    if (!complete) {
      return true;
    }
    Id id = Id.of(entryId);
    if (isKnown(row, id, inUnit)) {
      return true;
    }
    // Written by another process just now, else put back.
    catchUp(handle);
    return isKnown(row, id, inUnit);
  }

  private boolean isKnown(String row, Id id, boolean inUnit) {
    Version known = newest.get(row);
    return known == null // from before rows were named, or longer ago than is kept
        || known.is(id)
        || writing.containsKey(id)
        || (!inUnit && wasJustNow(id));
  }

  /**
   * The names of a table's rows that were written at {@code since} or later, milliseconds UTC; of
   * older ones too where {@code since} is 0.
   */
  Set<String> rows(String table, long since) {
    String prefix = table + "/";
    Set<String> rows = ConcurrentHashMap.newKeySet();
    newest.forEach((row, version) -> {
      if (row.startsWith(prefix) && version.time() >= since) {
        rows.add(row);
      }
    });
    return rows;
  }

  /**
   * The names of a table's rows whose newest entry is the newest of a row of {@code other} as well,
   * by all that the snapshot has; none before the logs were read.
   */
  Set<String> rowsWith(Handle handle, String table, String other) {
    if (!complete) {
      return new HashSet<>();
    }
    catchUp(handle); // another process's, whose rows the snapshot has
    Set<Id> entries = new HashSet<>();
    newest.forEach((row, version) -> {
      if (row.startsWith(other + "/") && version.rival() == null) { // else nobody knows
        entries.add(version.id());
      }
    });
    Set<String> rows = new HashSet<>();
    newest.forEach((row, version) -> {
      if (row.startsWith(table + "/") && entries.contains(version.id())) {
        rows.add(row);
      }
    });
    return rows;
  }

  /**
   * Forgets the rows of a table that were last written before {@code limit}: no such one counts.
   */
  void forget(String table, long limit) {
    String prefix = table + "/";
    newest
        .entrySet()
        .removeIf(one -> one.getKey().startsWith(prefix) && one.getValue().time() < limit);
  }
}
