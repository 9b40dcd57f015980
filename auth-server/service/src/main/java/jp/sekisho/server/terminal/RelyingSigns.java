package jp.sekisho.server.terminal;

import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.RelyingReports.Standing;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which relying service reported when: one that once reported, or that asks for logins, and does
 * not report for {@link #SILENCE} is an alarm {@code relying.silent}. Counts only time in which
 * this service was up. Thread-safe.
 */
@Singleton
public final class RelyingSigns {
  /** Services report every ten seconds, with events or without. */
  static final Duration SILENCE = Duration.ofSeconds(90);

  /** A sweep that comes later than this says that we were not up. */
  private static final Duration LATE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(RelyingSigns.class);

  private final Transactions transactions;
  private final RelyingServices services;
  private final RelyingReports reports;
  private final InstantSource clock;
  private final TamperedRows tampered;
  private final Map<String, Instant> lastHeard = new ConcurrentHashMap<>();
  private final Map<String, Instant> firstAsked = new ConcurrentHashMap<>();
  private Instant upSince;
  private Instant lastSweep;

  RelyingSigns(
      Transactions transactions,
      RelyingServices services,
      RelyingReports reports,
      InstantSource clock) {
    this.transactions = transactions;
    this.services = services;
    this.reports = reports;
    this.clock = clock;
    this.tampered = new TamperedRows(transactions);
    this.upSince = clock.instant();
    this.lastSweep = upSince;
  }

  /** Notes a report that was taken. */
  void reported(RelyingService service) {
    lastHeard.put(service.name(), clock.instant());
  }

  /** Notes that a service asks for a login: from here on its reports are expected. */
  public void asked(RelyingService service) {
    firstAsked.putIfAbsent(service.name(), clock.instant());
  }

  /** Finds who fell silent; each becomes an entry. */
  @Scheduled(fixedDelay = "${sekisho.silence-sweep:10s}", initialDelay = "10s")
  public synchronized void sweep() {
    Instant now = clock.instant();
    if (now.isBefore(lastSweep) || now.isAfter(lastSweep.plus(LATE))) {
      upSince = now;
    }
    lastSweep = now;
    try {
      TreeSet<String> expected = new TreeSet<>(firstAsked.keySet());
      expected.addAll(transactions.read(reports::services));
      for (RelyingService service : services.all()) {
        Instant seen = seen(service.name());
        if (service.state() == RelyingService.State.ACTIVE
            && expected.contains(service.name())
            && !seen.isAfter(now.minus(SILENCE))) {
          silent(service.name(), seen);
        }
      }
    } catch (StorageException e) {
      LOG.error("silent services could not be looked for; the next sweep tries again", e);
    }
  }

  /** The later of our start and its last report; without one, of its first question. */
  private Instant seen(String service) {
    @Nullable Instant heard = lastHeard.getOrDefault(service, firstAsked.get(service));
    return heard == null || heard.isBefore(upSince) ? upSince : heard;
  }

  private void silent(String service, Instant seen) {
    try {
      transactions.<@Nullable Void, RuntimeException>write(change -> {
        Standing standing =
            reports.find(change.handle(), service).orElseGet(() -> Standing.none(service));
        if (standing.silentSince() != null) {
          change.unchanged();
          return null;
        }
        LOG.warn("{} does not report its events", service);
        reports.save(
            change.handle(),
            standing.withSilentSince(seen),
            change.record(Entry.Subject.NONE, new RelyingEvent.Silent(service, seen.toString())));
        return null;
      });
    } catch (TamperedException e) {
      tampered.report(e);
    }
  }
}
