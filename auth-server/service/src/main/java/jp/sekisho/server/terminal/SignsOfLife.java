package jp.sekisho.server.terminal;

import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.TerminalEvent;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who was heard when. A heartbeat that changes nothing is kept in memory only; a change of what the
 * terminal measures or of how its clock stands to ours, silence and return are entries.
 * Thread-safe.
 *
 * <p>Silence is told only of time in which this service was itself up: it counts from the service's
 * start, and a sweep that comes late (the machine slept) counts it anew.
 *
 * <p>A terminal whose heartbeats come and whose records do not ({@link RecordArrears}) is silent in
 * what matters: after the same time it is called so, and it returns only when its records do.
 */
@Singleton
public final class SignsOfLife {
  /** Time between heartbeats that terminals are asked for. */
  public static final Duration INTERVAL = Duration.ofSeconds(30);

  /** Without a sign of life for so long a terminal is silent. */
  static final Duration SILENCE = INTERVAL.multipliedBy(3);

  private static final Set<Refusal> BROKEN =
      EnumSet.of(Refusal.EVENT_FORK, Refusal.EVENT_GAP, Refusal.EVENT_INVALID);

  private static final Logger LOG = LoggerFactory.getLogger(SignsOfLife.class);

  private final Transactions transactions;
  private final TerminalRepository terminals;
  private final List<TerminalObserver> observers;
  private final InstantSource clock;
  private final TamperedRows tampered;
  private final Map<String, Instant> lastSeen = new ConcurrentHashMap<>();
  private final RecordArrears arrears = new RecordArrears();
  private final TerminalClocks clocks = new TerminalClocks();
  private volatile Instant upSince;
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
    this.tampered = new TamperedRows(transactions);
    this.upSince = clock.instant();
    this.lastSweep = upSince;
  }

  /** Whether a heartbeat has the form the contract demands. */
  static boolean wellFormed(Heartbeat heartbeat) {
    try {
      Base64Url.decode(heartbeat.boot(), 16);
      return heartbeat.checkpointSize() >= 0
          && heartbeat.agentVersion().length() <= 64
          && heartbeat.lastSeq() >= 0
          && heartbeat.lastSeq() <= 1L << 53
          && heartbeat.spoolDepth() >= 0
          && (heartbeat.fault() == null || heartbeat.fault().matches("[a-z][a-z0-9-]{0,39}"))
          && heartbeat.enforcing() == (heartbeat.fault() == null)
          && TerminalClocks.said(heartbeat).isPresent();
    } catch (MalformedException e) {
      return false;
    }
  }

  /** Notes any call of an identified terminal. */
  public void heard(Terminal terminal) {
    lastSeen.put(terminal.id(), clock.instant());
  }

  /** Notes what became of a terminal's batch: null when it was taken. */
  void batch(Terminal terminal, @Nullable Refusal refusal) {
    if (refusal == null) {
      arrears.taken(terminal.id());
    } else if (BROKEN.contains(refusal)) {
      arrears.refused(terminal.id(), clock.instant());
    }
  }

  /** Whether its records have not arrived for as long as makes a terminal silent. */
  public boolean owesRecords(String terminal) {
    Instant since = arrears.since(terminal);
    return since != null && !later(since, upSince).isAfter(clock.instant().minus(SILENCE));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /**
   * Notes a well-formed heartbeat and writes what it changes.
   *
   * @return the state of the terminal now
   */
  public Terminal heartbeat(Terminal caller, Heartbeat heartbeat) {
    heard(caller);
    Instant received = clock.instant();
    arrears.reported(caller.id(), heartbeat.lastSeq(), caller.lastSeq(), received);
    boolean heardWhole = !owesRecords(caller.id());
    Terminal.Enforcement measured =
        heartbeat.enforcing() ? Terminal.Enforcement.EFFECTIVE : Terminal.Enforcement.MISCONFIGURED;
    String fault = Optional.ofNullable(heartbeat.fault()).orElse("");
    Duration ahead = TerminalClocks.ahead(TerminalClocks.said(heartbeat).orElseThrow(), received);
    if ((caller.silentSince() == null || !heardWhole)
        && same(caller, measured, fault)
        && Objects.equals(caller.clockAhead(), clocks.judge(caller, ahead, received))) {
      return caller;
    }
    Terminal after =
        transactions.<Terminal, RuntimeException>write(change -> {
          Terminal now = terminals.find(change.handle(), caller.id()).orElse(caller);
          EntryReceipt entry = null;
          if (now.silentSince() != null && heardWhole) {
            entry = change.record(now.subject(), new TerminalEvent.Returned());
            now = now.withSilentSince(null);
          }
          if (!same(now, measured, fault)) {
            entry =
                change.record(
                    now.subject(), new TerminalEvent.EnforcementReported(measured.text(), fault));
            now = now.with(measured, fault);
          }
          Long wrong = clocks.judge(now, ahead, received);
          if (!Objects.equals(now.clockAhead(), wrong)) {
            entry =
                change.record(
                    now.subject(),
                    wrong == null
                        ? new TerminalEvent.ClockRight()
                        : new TerminalEvent.ClockOff(wrong));
            now = now.withClockAhead(wrong);
          }
          if (entry == null) {
            change.unchanged();
          } else {
            terminals.save(change, now, entry);
          }
          return now;
        });
    if (!Objects.equals(caller.clockAhead(), after.clockAhead())) {
      clocks.told(after, received);
    }
    return after;
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
    try {
      TerminalRepository.Listed rows = transactions.read(terminals::rows);
      for (TamperedException row : rows.tampered()) {
        // Nothing it says is believed, so its sessions have no terminal any more.
        tampered.report(row, change -> silent(change, row.row()));
      }
      if (upSince.isAfter(since)) {
        return;
      }
      for (Terminal row : rows.sound()) {
        Instant seen = lastSeen.getOrDefault(row.id(), upSince);
        boolean owes = owesRecords(row.id());
        if (isHeard(row) && (owes || !seen.isAfter(since))) {
          silent(row.id(), seen, owes);
        }
      }
    } catch (StorageException e) {
      LOG.error("silent terminals could not be looked for; the next sweep tries again", e);
    }
  }

  private static boolean isHeard(Terminal terminal) {
    return terminal.state() == Terminal.State.ACTIVE && terminal.silentSince() == null;
  }

  private void silent(String id, Instant seen, boolean owes) {
    try {
      transactions.<@Nullable Void, RuntimeException>write(change -> {
        Optional<Terminal> found = terminals.find(change.handle(), id).filter(SignsOfLife::isHeard);
        if (found.isEmpty()) {
          change.unchanged();
          return null;
        }
        Terminal silent = found.get().withSilentSince(seen);
        EntryReceipt entry =
            change.record(
                silent.subject(),
                new TerminalEvent.Silent(seen.toString(), owes ? "records-missing" : "unheard"));
        terminals.save(change, silent, entry);
        silent(change, id);
        return null;
      });
    } catch (TamperedException e) {
      tampered.report(e, change -> silent(change, id));
    }
  }

  private void silent(Change change, String id) {
    for (TerminalObserver observer : observers) {
      observer.onSilent(change, id);
    }
  }
}
