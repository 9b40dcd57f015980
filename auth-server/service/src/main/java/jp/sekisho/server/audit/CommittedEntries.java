package jp.sekisho.server.audit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.EntryJournal;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import org.jspecify.annotations.Nullable;

/**
 * What is known outside the database of entries on their way into the logs: so none can be deleted
 * or exchanged between its COMMIT and its checkpoint unnoticed. Thread-safe.
 *
 * <p>Two things are known. Of every process and across restarts, how many entries of each log were
 * committed ({@link CommittedMark}): numbers have no gap, so a log that is shorter has lost one,
 * and a number given a second time is seen before the COMMIT. Of this process, which entry has
 * which number, until it was seen in the tree: that shows two under one number in one COMMIT.
 *
 * <p>No waiting is needed: what was committed is there for whoever looks later.
 */
final class CommittedEntries {
  private final Map<String, CommittedMark> marks = new HashMap<>();
  private final Map<String, NavigableMap<Long, EntryReceipt>> unseen = new HashMap<>();
  private final Set<EntryReceipt> unseenReceipts = ConcurrentHashMap.newKeySet();

  /** Opens the marks of the logs whose keys lie in {@code keys}. */
  CommittedEntries(Path keys, Set<String> logs) {
    for (String log : logs) {
      marks.put(log, CommittedMark.open(new LogFiles(keys, log).committed()));
      unseen.put(log, new ConcurrentSkipListMap<>());
    }
  }

  /** The names of all logs that go on: each organ's and {@code system}'s newest generation. */
  Set<String> logs() {
    return Collections.unmodifiableSet(marks.keySet());
  }

  /** How many entries of the log are known to be committed. */
  long count(String log) {
    return mark(log).get();
  }

  /**
   * Refuses a number for a new entry that a committed one had.
   *
   * @throws LogIntegrityException when that one was deleted
   */
  void requireNew(String log, long number) {
    if (number < count(log)) {
      throw lost(log, number);
    }
  }

  /** Takes note of an entry after its durable COMMIT. */
  void committed(EntryJournal.Appended entry) {
    String log = entry.receipt().log();
    EntryReceipt other = unseen(log).putIfAbsent(entry.number(), entry.receipt());
    boolean _ = unseenReceipts.add(entry.receipt());
    boolean twice = other != null && !other.equals(entry.receipt());
    mark(log).raise(twice ? CommittedMark.LOST : entry.number() + 1);
  }

  /** Whether an entry was committed here and not yet seen in the tree. */
  boolean isUnseen(EntryReceipt receipt) {
    return unseenReceipts.contains(receipt);
  }

  /**
   * Takes note of entries integrated from their sealed rows.
   *
   * @throws LogIntegrityException when another entry was committed here with the same number
   */
  void integrated(String log, List<Integration.Numbered> entries) {
    for (Integration.Numbered entry : entries) {
      EntryReceipt committed = unseen(log).remove(entry.index());
      boolean _ = unseenReceipts.remove(entry.receipt());
      if (committed != null && !committed.equals(entry.receipt())) {
        throw replaced(log, entry.index());
      }
    }
  }

  /**
   * Looks in the database for every entry committed here and not yet seen in the tree; those that
   * are seen there now.
   *
   * @throws LogIntegrityException when one is gone
   */
  List<EntryReceipt> verify(Database database, RowSeal seal) {
    List<EntryReceipt> seen = new ArrayList<>();
    unseen.forEach((log, entries) -> {
      if (count(log) == CommittedMark.LOST) {
        throw lost(log, 0);
      }
      if (!entries.isEmpty()) {
        // Copied before the snapshot begins: all of them must be in it.
        NavigableMap<Long, EntryReceipt> expected = new TreeMap<>(entries);
        verify(log, expected, database, seal, seen);
      }
    });
    return seen;
  }

  private void verify(
      String log,
      NavigableMap<Long, EntryReceipt> expected,
      Database database,
      RowSeal seal,
      List<EntryReceipt> seen) {
    long from = expected.firstKey();
    long to = expected.lastKey() + 1;
    Map<Long, EntryReceipt> pending = new HashMap<>();
    Map<Long, EntryReceipt> integrated = new HashMap<>();
    boolean _ =
        database.read(handle -> {
          pending.putAll(LogTables.pendingIds(handle, log, from, to));
          if (pending.keySet().containsAll(expected.keySet())) {
            return true; // as a rule: what was committed while the others were integrated
          }
          for (LogTables.Integrated row : LogTables.range(handle, log, from, to)) {
            if (EntrySeal.isIntact(seal, log, row)) {
              integrated.put(row.index(), new EntryReceipt(row.entryId(), log));
            }
          }
          return true;
        });
    expected.forEach((number, receipt) -> {
      if (receipt.equals(integrated.get(number))) {
        boolean _ = unseen(log).remove(number, receipt);
        boolean _ = unseenReceipts.remove(receipt);
        seen.add(receipt);
      } else if (!receipt.equals(pending.get(number))) {
        throw replaced(log, number);
      }
    });
  }

  /** Says that an entry is gone; which one is known only to who notices first. */
  LogIntegrityException lost(String log, long number) {
    return new LogIntegrityException(
        "log "
            + log
            + ": "
            + (count(log) == CommittedMark.LOST ? "an entry" : "entry " + number)
            + " was committed and is gone from the database: somebody deleted it. Keep the database"
            + " and the keys for the investigation");
  }

  /** The log is as long as it should be, so that its number alone would not show it later. */
  private LogIntegrityException replaced(String log, long number) {
    LogIntegrityException lost = lost(log, number);
    mark(log).raise(CommittedMark.LOST);
    return lost;
  }

  private CommittedMark mark(String log) {
    return known(marks.get(log), log);
  }

  private NavigableMap<Long, EntryReceipt> unseen(String log) {
    return known(unseen.get(log), log);
  }

  private static <T> T known(@Nullable T found, String log) {
    if (found == null) {
      throw new IllegalArgumentException("no log called " + log);
    }
    return found;
  }
}
