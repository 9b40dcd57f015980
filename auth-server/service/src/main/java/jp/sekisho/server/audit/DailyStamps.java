package jp.sekisho.server.audit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.stamp.TimeStamps;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.Transactions;

/**
 * Has each log's newest checkpoint time-stamped (RFC 3161) once a day, and keeps the newest stamp
 * beside the keys as {@code log-<log>.stamped}, for exports. A stamp is an entry, and so is, once a
 * day, that there was none. Thread-safe.
 */
public final class DailyStamps {
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  private final AuditLogs logs;
  private final Transactions transactions;
  private final StampAuthority authority;
  private final Clock clock;
  private final Map<String, LocalDate> done = new ConcurrentHashMap<>();
  private final Map<String, LocalDate> refused = new ConcurrentHashMap<>();

  public DailyStamps(
      AuditLogs logs, Transactions transactions, StampAuthority authority, Clock clock) {
    this.logs = logs;
    this.transactions = transactions;
    this.authority = authority;
    this.clock = clock;
  }

  /**
   * Has a log stamped, unless it was today.
   *
   * @throws StorageException when the authority does not stamp; to be called again
   */
  public synchronized void stamp(String organ) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), JAPAN);
    AuditLogs.Signed newest = logs.signed(organ);
    if (newest.size() == 0 || today.equals(done.get(organ))) {
      return;
    }
    Entry.Subject subject = PendingEntries.subject(organ);
    try {
      byte[] note = newest.note().toBytes();
      byte[] token = authority.stamp(note);
      Instant at = TimeStamps.verify(token, note, authority.anchors());
      logs.keepStamped(newest.log(), Stamped.of(note, token));
      String root = StrictBase64.encode(newest.checkpoint().checkpoint().root().bytes());
      EntryReceipt _ =
          transactions.write(change ->
              change.record(
                  subject, new LogEvent.Stamped(organ, newest.size(), root, at.toString())));
      done.put(organ, today);
    } catch (InterruptedIOException e) {
      throw new StorageException("interrupted while a checkpoint was stamped", e);
    } catch (IOException | jp.sekisho.audit.FormatException e) {
      if (!today.equals(refused.get(organ))) {
        EntryReceipt _ =
            transactions.write(
                change -> change.record(subject, new LogEvent.StampRefused(organ, newest.size())));
        refused.put(organ, today); // not before it is written
      }
      throw new StorageException("log " + organ + " was not time-stamped: " + e.getMessage(), e);
    }
  }
}
