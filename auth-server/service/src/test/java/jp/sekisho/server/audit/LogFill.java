package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;

/**
 * Fills the log {@code mayor} for a measurement, in minutes instead of hours: rows as the sequencer
 * and the index leave them, sealed, many to a COMMIT; the sequencer's own recovery then judges each
 * of them and signs the whole.
 */
final class LogFill {
  static final String LOG = "mayor";

  private static final int CHUNK = 10_000;

  private LogFill() {}

  /** What the entry of an index says. */
  interface Entries {
    Entry at(long index, byte[] id, byte[] salt);
  }

  /**
   * Fills an empty log.
   *
   * @param found whether its entries can be found, too
   */
  static void fill(OpenStorage storage, long count, boolean found, Entries entries) {
    LogState before = storage.database.read(h -> LogTables.state(h, LOG)).orElseThrow();
    LongFunction<LogTables.Integrated> row = index -> row(storage, index, entries);
    Frontier tree = Frontier.empty();
    for (long from = 0; from < count; from += CHUNK) {
      List<LogTables.Integrated> rows =
          LongStream.range(from, Math.min(count, from + CHUNK)).parallel().mapToObj(row).toList();
      TreeNodes nodes = new TreeNodes();
      for (LogTables.Integrated one : rows) {
        tree = tree.append(one.leaf(), nodes);
      }
      List<EntryHit> hits = found ? rows.parallelStream().map(LogFill::hit).toList() : List.of();
      long begin = from;
      Frontier reached = tree;
      int _ =
          storage
              .database
              .writer()
              .sequence(handle -> {
                LogTables.insertEntries(handle, LOG, rows);
                nodes.store(handle, LOG);
                if (found && FindTables.raise(handle, LOG, begin, reached.size())) {
                  FindTables.insert(handle, LOG, hits);
                }
                return rows.size();
              });
    }
    Frontier whole = tree;
    if (!storage.database.writer().sequence(h -> LogTables.compareAndSet(h, before, whole))) {
      throw new IllegalStateException("somebody else writes");
    }
    storage.logs.integrateNow();
  }

  private static LogTables.Integrated row(OpenStorage storage, long index, Entries entries) {
    byte[] id = bytes(index, 1);
    Entry entry = entries.at(index, id, bytes(index, 2));
    byte[] body = entry.bytes();
    long created = entry.time().toEpochMilli();
    byte[] mac = EntrySeal.seal(storage.seal, new EntryReceipt(id, LOG), index, body, created);
    return new LogTables.Integrated(
        index, id, body, Rfc6962.leaf(body), entry.subject().person(), created, mac);
  }

  /** As random as a salt, and the same each time. */
  private static byte[] bytes(long index, int what) {
    byte[] bytes = new byte[16];
    long state = index * 4 + what;
    for (int i = 0; i < 2; i++) {
      state += 0x9e3779b97f4a7c15L; // SplitMix64
      long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
      ByteBuffer.wrap(bytes).putLong(i * 8, mixed ^ (mixed >>> 31));
    }
    return bytes;
  }

  private static EntryHit hit(LogTables.Integrated row) {
    try {
      return EntryHit.of(row.index(), Entry.parse(row.body()));
    } catch (MalformedException e) {
      throw new IllegalStateException(Base64Url.encode(row.entryId()), e);
    }
  }

  /** Times of a year's entries, evenly apart. */
  static Instant time(Instant begin, long index, long count) {
    return begin.plusMillis((long) (index * (365.0 * 86_400_000 / count)));
  }

  /** Bytes of a directory's files. */
  static long size(Path directory) throws IOException {
    List<Long> sizes = new ArrayList<>();
    try (var files = Files.walk(directory)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        sizes.add(Files.size(file));
      }
    }
    return sizes.stream().mapToLong(Long::longValue).sum();
  }
}
