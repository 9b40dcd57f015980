package jp.sekisho.server.card;

import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.card.StaffTrust.Source;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes {@code service.trust-unusable}. Notices come in the middle of judgements, so they wait for
 * {@link #write}; those over {@value #MOST} are in the process's log only. An address that cannot
 * be reached is told once a day, not at each attempt. What came from it and was refused may be an
 * attack, so an address out of reach does not hide it: each distinct text is told, again after a
 * day. Thread-safe.
 */
public final class TrustAlarms implements StaffTrust.Notices {
  private static final Logger LOG = LoggerFactory.getLogger(TrustAlarms.class);
  private static final int MOST = 100;
  private static final int LONGEST = 300;
  private static final Duration AGAIN = Duration.ofDays(1);

  private final Transactions transactions;
  private final InstantSource clock;
  private final Deque<ServiceEvent.TrustUnusable> waiting = new ArrayDeque<>(); // guarded by this
  private @Nullable Instant address; // guarded by this
  private final Map<String, Instant> answers = new HashMap<>(); // guarded by this

  public TrustAlarms(Transactions transactions, InstantSource clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public void tell(Source source, String notice) {
    LOG.warn("staff trust, {}: {}", source, entered(notice));
    synchronized (this) {
      if (waiting.size() < MOST && !isTold(source, notice)) {
        waiting.add(event(source, notice));
      }
    }
  }

  /** Whether it was entered within a day; else it is from now on. Called with the monitor held. */
  private boolean isTold(Source source, String notice) {
    return switch (source) {
      case ANCHORS, LISTS -> false;
      case ADDRESS -> {
        Instant before = address;
        boolean told = before != null && before.plus(AGAIN).isAfter(clock.instant());
        if (!told) {
          address = clock.instant();
        }
        yield told;
      }
      case ANSWER -> {
        answers.values().removeIf(before -> !before.plus(AGAIN).isAfter(clock.instant()));
        // Whoever answers chooses the texts; so many a day are enough to be warned.
        yield answers.size() >= MOST
            || answers.putIfAbsent(entered(notice), clock.instant()) != null;
      }
    };
  }

  private static ServiceEvent.TrustUnusable event(Source source, String notice) {
    return switch (source) {
      case ANCHORS ->
          new ServiceEvent.TrustUnusable("anchors", entered(notice), Refusal.CERT_UNTRUSTED);
      case LISTS ->
          new ServiceEvent.TrustUnusable("lists", entered(notice), Refusal.REVOCATION_UNKNOWN);
      case ADDRESS, ANSWER ->
          new ServiceEvent.TrustUnusable("address", entered(notice), Refusal.REVOCATION_UNKNOWN);
    };
  }

  /** A file may be called anything; an entry holds printable text in NFC only. */
  static String entered(String notice) {
    StringBuilder text = new StringBuilder();
    notice
        .codePoints()
        .limit(LONGEST)
        .map(c ->
            switch (Character.getType(c)) {
              case Character.CONTROL,
                  Character.FORMAT,
                  Character.SURROGATE,
                  Character.PRIVATE_USE,
                  Character.UNASSIGNED,
                  Character.LINE_SEPARATOR,
                  Character.PARAGRAPH_SEPARATOR ->
                  '?';
              default -> c;
            })
        .forEach(text::appendCodePoint);
    String normal = Normalizer.normalize(text, Normalizer.Form.NFC);
    int length = Math.min(LONGEST, normal.codePointCount(0, normal.length()));
    return normal.substring(0, normal.offsetByCodePoints(0, length));
  }

  /** Writes what waits; what cannot be written stays for the next time. */
  public void write() {
    for (ServiceEvent.TrustUnusable next = first(); next != null; next = first()) {
      ServiceEvent.TrustUnusable event = next;
      try {
        transactions.write(change -> {
          change.record(Entry.Subject.NONE, event);
          return null;
        });
      } catch (StorageException e) {
        LOG.error("the entry about {} could not be written", event.source(), e);
        return;
      }
      synchronized (this) {
        waiting.remove(event);
      }
    }
  }

  private synchronized ServiceEvent.@Nullable TrustUnusable first() {
    return waiting.peek();
  }
}
