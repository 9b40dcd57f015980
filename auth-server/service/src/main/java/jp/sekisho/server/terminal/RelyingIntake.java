package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingRecord;
import jp.sekisho.protocol.RelyingRecords;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.RelyingReports.Standing;
import org.jspecify.annotations.Nullable;

/**
 * Takes relying services' events, each exactly once and a batch whole or not at all: those about a
 * person who works here into the log of that person's 機関, all others into {@code system}.
 * Thread-safe.
 *
 * <p>A record continues the chain of its spool or is already held, and then is skipped: one by the
 * id of its event, the newest by its hash too. Another past is EVENT_FORK, a hole EVENT_GAP, a bad
 * form EVENT_INVALID. The batch is of the registered realm; of which realm a record says it is, is
 * the caller's word as all of it (its administrators' realm has another name). A service has one
 * spool at a time: one that is not known begins at its record 1, with an entry that says where the
 * one before ended.
 */
@Singleton
final class RelyingIntake {
  /** Stands in the log for a name that may hold a 個人番号. */
  static final String WITHHELD = "withheld";

  private static final Pattern UUID_FORM =
      Pattern.compile("(?i)(?<![0-9a-f-])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])");

  private final Transactions transactions;
  private final RelyingReports reports;
  private final Persons persons;

  RelyingIntake(Transactions transactions, RelyingReports reports, Persons persons) {
    this.persons = persons;
    this.transactions = transactions;
    this.reports = reports;
  }

  /** What became of a batch. */
  sealed interface Outcome {
    /**
     * Its records are durable.
     *
     * @param seq highest record held of the spool
     */
    record Taken(long seq) implements Outcome {}

    /** Nothing of it was taken. */
    record Refused(Refusal reason) implements Outcome {}
  }

  private record Line(RelyingRecord record, String hash) {}

  /** Takes what is not held yet; returns after it is durable. */
  Outcome take(RelyingService service, RelyingRecords batch) {
    List<Line> lines = new ArrayList<>();
    try {
      Base64Url.decode(batch.spool(), 16);
      for (String text : batch.records()) {
        lines.add(new Line(RelyingRecord.parse(text), RelyingRecord.hash(text)));
      }
    } catch (MalformedException e) {
      return new Outcome.Refused(Refusal.EVENT_INVALID);
    }
    if (lines.size() > RelyingRecords.MOST || !chains(batch.spool(), lines)) {
      return new Outcome.Refused(Refusal.EVENT_INVALID);
    }
    return transactions.<Outcome, RuntimeException>write(
        change -> take(change, service.name(), batch.spool(), lines));
  }

  private static boolean chains(String spool, List<Line> lines) {
    for (int i = 0; i < lines.size(); i++) {
      RelyingRecord record = lines.get(i).record();
      if (!record.spool().equals(spool)) {
        return false;
      }
      if (i > 0
          && (record.seq() != lines.get(i - 1).record().seq() + 1
              || !record.prev().equals(lines.get(i - 1).hash()))) {
        return false;
      }
    }
    return true;
  }

  private Outcome take(Change change, String service, String spool, List<Line> lines) {
    Standing before =
        reports.find(change.handle(), service).orElseGet(() -> Standing.none(service));
    boolean begins = !before.spool().equals(spool);
    Standing held = begins ? before.at(spool, 0, RelyingRecord.GENESIS) : before;
    @Nullable Refusal refusal = fit(held, lines);
    if (refusal == null && !holdsSkipped(change, service, held, lines)) {
      refusal = Refusal.EVENT_FORK;
    }
    if (refusal != null) {
      change.unchanged();
      return new Outcome.Refused(refusal);
    }
    @Nullable EntryReceipt entry = null;
    if (before.silentSince() != null) {
      entry = change.record(Entry.Subject.NONE, new RelyingEvent.Returned(service));
    }
    if (begins) {
      entry =
          change.record(
              Entry.Subject.NONE,
              new RelyingEvent.ReportsBegan(service, spool, before.spool(), before.seq()));
    }
    Standing now = held.withSilentSince(null);
    for (Line line : lines) {
      if (line.record().seq() > now.seq()) {
        boolean repeated = !reports.add(change.handle(), service, line.record().id(), change.now());
        entry =
            change.record(
                subject(change, line.record().person()),
                new RelyingEvent.Reported(
                    service, withoutNumbers(line.record()), line.hash(), repeated));
        now = now.at(spool, line.record().seq(), line.hash());
      }
    }
    if (entry == null) {
      change.unchanged();
      return new Outcome.Taken(held.seq());
    }
    reports.forget(change.handle(), service, change.now());
    reports.save(change.handle(), now, entry);
    return new Outcome.Taken(now.seq());
  }

  /**
   * As it may stand in the log. An administrator of the relying service can give a client, a role
   * or a user of another directory any name; one with a possible 個人番号 in it is not written down
   * ({@link #WITHHELD}), only the hash of the line has it.
   */
  private static RelyingRecord withoutNumbers(RelyingRecord record) {
    return new RelyingRecord(
        record.spool(),
        record.seq(),
        record.prev(),
        record.id(),
        record.at(),
        Objects.requireNonNull(withoutNumber(record.realm())),
        Objects.requireNonNull(withoutNumber(record.kind())),
        record.recovered(),
        withoutNumber(record.user()),
        record.person(),
        withoutNumber(record.client()),
        withoutNumber(record.session()),
        withoutNumber(record.transaction()),
        withoutNumber(record.what()),
        withoutNumber(record.error()));
  }

  private static @Nullable String withoutNumber(@Nullable String text) {
    if (text == null) {
      return null;
    }
    // The last group of a UUID can be twelve digits by chance.
    String looked = UUID_FORM.matcher(text).replaceAll("-");
    return NumberDetector.scan(looked).individual().isEmpty() ? text : WITHHELD;
  }

  /** Of one organ's staff only: the log {@code system} is read by every organ's auditors. */
  private Entry.Subject subject(Change change, @Nullable String person) {
    return Optional.ofNullable(person)
        .flatMap(known -> persons.organ(change.handle(), known, change.now()))
        .map(organ -> new Entry.Subject(organ, null, null, null, null))
        .orElse(Entry.Subject.NONE);
  }

  /**
   * Whether the log has each line that would be skipped: a spool put back may end in other ones.
   */
  private boolean holdsSkipped(Change change, String service, Standing held, List<Line> lines) {
    List<String> skipped =
        lines.stream()
            .filter(line -> line.record().seq() <= held.seq())
            .map(line -> line.record().id())
            .toList();
    return reports.missing(change.handle(), service, skipped).isEmpty();
  }

  /** Why a batch that chains in itself does not continue what is held; null when it does. */
  private static @Nullable Refusal fit(Standing held, List<Line> lines) {
    for (Line line : lines) {
      long seq = line.record().seq();
      if (seq > held.seq() + 1) {
        return Refusal.EVENT_GAP;
      }
      if (seq == held.seq() + 1) {
        // The rest follows, for it chains in itself.
        return line.record().prev().equals(held.hash()) ? null : Refusal.EVENT_FORK;
      }
      if (seq == held.seq() && !line.hash().equals(held.hash())) {
        return Refusal.EVENT_FORK;
      }
    }
    return null;
  }
}
