package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.TerminalEvent;
import jp.sekisho.server.listener.PerMinute;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Takes a terminal's records into its 機関's log, a batch whole or not at all. Thread-safe.
 *
 * <p>A record continues the chain (number +1, {@code prev} the hash held here) or is already held
 * with the same hash, and then is skipped. Everything else refuses the batch with an entry: another
 * hash or another past is EVENT_FORK, a hole EVENT_GAP, a bad form or another terminal's record
 * EVENT_INVALID, more than {@link RecordQuota#MOST} in a minute TOO_MANY.
 */
@Singleton
public final class RecordIntake {
  private final Transactions transactions;
  private final TerminalRepository terminals;
  private final List<TerminalObserver> observers;
  private final PerMinute bound = new PerMinute();
  private final RecordQuota quota = new RecordQuota();

  RecordIntake(
      Transactions transactions, TerminalRepository terminals, List<TerminalObserver> observers) {
    this.transactions = transactions;
    this.terminals = terminals;
    this.observers = List.copyOf(observers);
  }

  /** What became of a batch. */
  public sealed interface Outcome {
    /**
     * All records of the batch are durable here; publication may still be under way.
     *
     * @param lastSeq highest number held
     * @param head base64url hash of that record
     * @param entry its entry
     */
    record Taken(long lastSeq, String head, EntryReceipt entry) implements Outcome {}

    /** Nothing of the batch was taken. */
    record Refused(Refusal refusal) implements Outcome {}
  }

  /** A record that breaks the chain. */
  private record Break(long expected, long got, Refusal refusal) {}

  /**
   * Takes a batch.
   *
   * @param caller as the filter identified it
   */
  public Outcome take(Terminal caller, EventBatch batch) {
    int size = batch.records().size();
    if (size < 1 || size > EventBatch.MAX_RECORDS) {
      return refuse(caller, new Break(caller.lastSeq() + 1, 0, Refusal.EVENT_INVALID));
    }
    List<DeviceRecord> records = new ArrayList<>(size);
    for (String text : batch.records()) {
      try {
        DeviceRecord record = DeviceRecord.parse(Base64Url.decode(text));
        if (!record.terminal().equals(caller.id())) {
          return refuse(
              caller, new Break(caller.lastSeq() + 1, record.seq(), Refusal.EVENT_INVALID));
        }
        records.add(record);
      } catch (MalformedException e) {
        return refuse(caller, new Break(caller.lastSeq() + 1, 0, Refusal.EVENT_INVALID));
      }
    }
    PerMinute.Call call = bound.call();
    return transactions.<Outcome, RuntimeException>write(change -> {
      Optional<Terminal> found = terminals.find(change.handle(), caller.id());
      if (found.isEmpty()
          || found.get().state() == Terminal.State.REVOKED
          || !Arrays.equals(found.get().spki(), caller.spki())) {
        change.unchanged();
        return new Outcome.Refused(Refusal.TERMINAL_REVOKED);
      }
      return take(change, call, found.get(), records);
    });
  }

  private Outcome take(
      Change change, PerMinute.Call call, Terminal terminal, List<DeviceRecord> records) {
    List<DeviceRecord> fresh = new ArrayList<>();
    Break broken = check(change, terminal, records, fresh);
    if (broken != null) {
      refuse(change, call, terminal, broken);
      return new Outcome.Refused(broken.refusal());
    }
    if (fresh.isEmpty()) {
      EntryReceipt entry =
          terminals
              .record(change.handle(), terminal, terminal.lastSeq())
              .orElseThrow(() -> new IllegalStateException("the newest record is not held"))
              .entry();
      change.unchanged();
      return new Outcome.Taken(terminal.lastSeq(), terminal.lastHash(), entry);
    }
    if (quota.isSpent(terminal.id(), change.now())) {
      refuse(change, call, terminal, new Break(terminal.lastSeq() + 1, 0, Refusal.TOO_MANY));
      return new Outcome.Refused(Refusal.TOO_MANY);
    }
    quota.count(terminal.id(), fresh.size(), change.now());
    Terminal now = terminal;
    EntryReceipt entry = null;
    for (DeviceRecord record : fresh) {
      entry = change.record(terminal.subject(), record);
      for (TerminalObserver observer : observers) {
        observer.onRecord(change, now, record, entry);
      }
      now = now.after(record);
      terminals.addRecord(
          change.handle(), now, record.seq(), new TerminalRepository.Known(now.lastHash(), entry));
    }
    if (entry == null) {
      throw new IllegalStateException("fresh records without an entry");
    }
    terminals.save(change, now, entry);
    return new Outcome.Taken(now.lastSeq(), now.lastHash(), entry);
  }

  /** Checks all records before any is taken; those not yet held go to {@code fresh}. */
  private @Nullable Break check(
      Change change, Terminal terminal, List<DeviceRecord> records, List<DeviceRecord> fresh) {
    long last = terminal.lastSeq();
    String head = terminal.lastHash();
    for (DeviceRecord record : records) {
      if (record.seq() > last + 1) {
        return new Break(last + 1, record.seq(), Refusal.EVENT_GAP);
      }
      if (record.seq() == last + 1) {
        if (!record.prev().equals(head)) {
          return new Break(last + 1, record.seq(), Refusal.EVENT_FORK);
        }
        fresh.add(record);
        last = record.seq();
        head = record.hash();
      } else if (!held(change, terminal, record, fresh)) {
        return new Break(last + 1, record.seq(), Refusal.EVENT_FORK);
      }
    }
    return null;
  }

  /** Whether the same record is in the log, or earlier in this batch. */
  private boolean held(
      Change change, Terminal terminal, DeviceRecord record, List<DeviceRecord> fresh) {
    String hash = record.hash();
    if (record.seq() > terminal.lastSeq()) {
      return fresh.stream().anyMatch(f -> f.seq() == record.seq() && f.hash().equals(hash));
    }
    // One that was forgotten here cannot be compared and counts as a fork.
    return terminals
        .record(change.handle(), terminal, record.seq())
        .filter(known -> known.hash().equals(hash))
        .isPresent();
  }

  private Outcome refuse(Terminal terminal, Break broken) {
    PerMinute.Call call = bound.call();
    transactions.write(change -> {
      refuse(change, call, terminal, broken);
      return broken;
    });
    return new Outcome.Refused(broken.refusal());
  }

  private void refuse(Change change, PerMinute.Call call, Terminal terminal, Break broken) {
    if (call.first(terminal.id() + ' ' + broken.refusal(), change.now())) {
      EntryReceipt _ =
          change.record(
              terminal.subject(),
              new TerminalEvent.RecordsRefused(broken.expected(), broken.got(), broken.refusal()));
    } else {
      change.unchanged();
    }
  }
}
