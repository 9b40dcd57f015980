package jp.sekisho.server.terminal;

import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.TerminalEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who was heard when. A heartbeat that changes nothing is kept in memory only; a change of what the
 * terminal measures, silence and return are entries. Thread-safe.
 *
 * <p>Silence is told only of time in which this service was itself up: it counts from the service's
 * start, and a sweep that comes late (the machine slept) counts it anew.
 */
@Singleton
public final class SignsOfLife {
  /** Time between heartbeats that terminals are asked for. */
  public static final Duration INTERVAL = Duration.ofSeconds(30);

  /** Without a sign of life for so long a terminal is silent. */
  static final Duration SILENCE = INTERVAL.multipliedBy(3);

  private static final Logger LOG = LoggerFactory.getLogger(SignsOfLife.class);

  private final Transactions transactions;
  private final TerminalRepository terminals;
  private final List<TerminalObserver> observers;
  private final InstantSource clock;
  private final Map<String, Instant> lastSeen = new ConcurrentHashMap<>();
  private Instant upSince;
  private Instant lastSweep;

  SignsOfLife(
      Transactions transactions,
      TerminalRepository terminals,
      List<TerminalObserver> observers,
      InstantSource clock) {
    this.transactions = transactions;
    this.terminals = terminals;
    this.observers = List.copyOf(observers);
    this.clock = clock;
    this.upSince = clock.instant();
    this.lastSweep = upSince;
  }

  /** Whether a heartbeat has the form the contract demands. */
  static boolean wellFormed(Heartbeat heartbeat) {
    try {
      Base64Url.decode(heartbeat.boot(), 16);
      return heartbeat.agentVersion().length() <= 64
          && heartbeat.lastSeq() >= 0
          && heartbeat.lastSeq() <= 1L << 53
          && heartbeat.spoolDepth() >= 0
          && (heartbeat.fault() == null || heartbeat.fault().matches("[a-z0-9-]{1,40}"))
          && heartbeat.enforcing() == (heartbeat.fault() == null);
    } catch (MalformedException e) {
      return false;
    }
  }

  /** Notes any call of an identified terminal. */
  public void heard(Terminal terminal) {
    lastSeen.put(terminal.id(), clock.instant());
  }

  /**
   * Notes a well-formed heartbeat and writes what it changes.
   *
   * @return the state of the terminal now
   */
  public Terminal heartbeat(Terminal caller, Heartbeat heartbeat) {
    heard(caller);
    Terminal.Enforcement measured =
        heartbeat.enforcing() ? Terminal.Enforcement.EFFECTIVE : Terminal.Enforcement.MISCONFIGURED;
    String fault = Optional.ofNullable(heartbeat.fault()).orElse("");
    if (caller.silentSince() == null && same(caller, measured, fault)) {
      return caller;
    }
    return transactions.<Terminal, RuntimeException>write(change -> {
      Terminal now = terminals.find(change.handle(), caller.id()).orElse(caller);
      EntryReceipt entry = null;
      if (now.silentSince() != null) {
        entry = change.record(now.subject(), new TerminalEvent.Returned());
        now = now.withSilentSince(null);
      }
      if (!same(now, measured, fault)) {
        entry =
            change.record(
                now.subject(), new TerminalEvent.EnforcementReported(measured.text(), fault));
        now = now.with(measured, fault);
      }
      if (entry == null) {
        change.unchanged();
      } else {
        terminals.save(change.handle(), now, entry);
      }
      return now;
    });
  }

  private static boolean same(Terminal terminal, Terminal.Enforcement measured, String fault) {
    return terminal.enforcement() == measured && terminal.fault().equals(fault);
  }

  /** Finds who fell silent; each becomes an entry, and observers act, in one unit per terminal. */
  @Scheduled(fixedDelay = "${sekisho.silence-sweep:10s}", initialDelay = "10s")
  public synchronized void sweep() {
    Instant now = clock.instant();
    if (now.isBefore(lastSweep) || now.isAfter(lastSweep.plus(INTERVAL))) {
      // We were not up, or the clock was set: nobody's silence can be told from ours.
      upSince = now;
    }
    lastSweep = now;
    Instant since = now.minus(SILENCE);
    if (upSince.isAfter(since)) {
      return;
    }
    try {
      for (String id : transactions.read(terminals::heard)) {
        Instant seen = lastSeen.getOrDefault(id, upSince);
        if (!seen.isAfter(since)) {
          silent(id, seen);
        }
      }
    } catch (StorageException e) {
      LOG.error("silent terminals could not be looked for; the next sweep tries again", e);
    }
  }

  private void silent(String id, Instant seen) {
    try {
      transactions.<Optional<Terminal>, RuntimeException>write(change -> {
        Optional<Terminal> found =
            terminals
                .find(change.handle(), id)
                .filter(t -> t.state() == Terminal.State.ACTIVE && t.silentSince() == null);
        if (found.isEmpty()) {
          change.unchanged();
          return found;
        }
        Terminal silent = found.get().withSilentSince(seen);
        EntryReceipt entry =
            change.record(silent.subject(), new TerminalEvent.Silent(seen.toString()));
        terminals.save(change.handle(), silent, entry);
        for (TerminalObserver observer : observers) {
          observer.onSilent(change, silent);
        }
        return Optional.of(silent);
      });
    } catch (TamperedException e) {
      LOG.error("{}", e.getMessage());
    }
  }
}
