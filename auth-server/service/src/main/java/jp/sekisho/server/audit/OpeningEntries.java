package jp.sekisho.server.audit;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;

/**
 * The first entries of a later generation: entry 0, which says what is left of the one before it,
 * and what is carried over from there (ADR 0017). Used by one thread.
 */
final class OpeningEntries {
  private final RowSeal seal;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  OpeningEntries(RowSeal seal, InstantSource clock) {
    this.seal = seal;
    this.clock = clock;
  }

  /** Amounts that an entry 0 says, as in {@link LogEvent.GenerationOpened}. */
  record Said(long known, long held, long carried, long foreign) {}

  /** Entry 0 and what was carried, numbered and sealed for the generation that opens. */
  List<LogTables.Pending> rows(
      Generation opened, LogEvent.GenerationOpened opening, List<LogTables.Pending> carried) {
    String log = opened.log();
    Instant now = clock.instant();
    byte[] id = random(EntryReceipt.ID_BYTES);
    Entry first = Entry.of(id, random(16), now, PendingEntries.subject(opened.organ()), opening);
    List<LogTables.Pending> rows = new ArrayList<>();
    rows.add(sealed(log, 0, id, first.bytes(), now.toEpochMilli()));
    for (LogTables.Pending row : carried) {
      rows.add(sealed(log, rows.size(), row.entryId(), row.body(), row.created()));
    }
    return rows;
  }

  /**
   * What is said by entry 0 among rows that were committed; empty where one of them is not ours.
   *
   * @throws LogIntegrityException when entry 0 has our seal and is no opening
   */
  Optional<Said> read(String log, List<LogTables.Pending> rows) {
    if (rows.isEmpty() || !rows.stream().allMatch(row -> EntrySeal.isIntact(seal, log, row))) {
      return Optional.empty();
    }
    LogTables.Pending first =
        rows.stream().min(Comparator.comparingLong(LogTables.Pending::number)).orElseThrow();
    Map<String, Object> data;
    try {
      data = Entry.parse(first.body()).data();
    } catch (MalformedException e) {
      throw new LogIntegrityException("entry 0 of log " + log + " is none of ours", e);
    }
    return Optional.of(
        new Said(
            amount(data, "known"),
            amount(data, "held"),
            amount(data, "carried"),
            amount(data, "foreign")));
  }

  private static long amount(Map<String, Object> said, String name) {
    if (said.get(name) instanceof Long amount) {
      return amount;
    }
    throw new LogIntegrityException("an opening entry without " + name);
  }

  private LogTables.Pending sealed(
      String log, long number, byte[] entryId, byte[] body, long created) {
    byte[] mac = EntrySeal.seal(seal, new EntryReceipt(entryId, log), number, body, created);
    return new LogTables.Pending(log, number, entryId, body, created, mac);
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
