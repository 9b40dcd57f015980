package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.protocol.event.TerminalEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/** What an administrator does to a registered terminal: look, confirm, revoke. Thread-safe. */
@Singleton
public final class Registration {
  private final Transactions transactions;
  private final TerminalRepository terminals;
  private final List<TerminalObserver> observers;

  Registration(
      Transactions transactions, TerminalRepository terminals, List<TerminalObserver> observers) {
    this.transactions = transactions;
    this.terminals = terminals;
    this.observers = List.copyOf(observers);
  }

  /** What became of a confirmation or revocation. */
  public enum Outcome {
    /** Done and logged. */
    DONE,
    /** No such terminal. */
    UNKNOWN,
    /** The typed fingerprint is another: the key of another machine may have been enrolled. */
    OTHER_FINGERPRINT,
    /** Confirmed before. */
    ALREADY_ACTIVE,
    /** Revoked before. */
    ALREADY_REVOKED
  }

  /** All terminals, in the order of their ids. */
  public List<Terminal> all() {
    return transactions.read(terminals::all);
  }

  /** Those of an organ in any state, within a unit; a row that fails its MAC is left out. */
  public List<Terminal> ofOrgan(Handle handle, String organ) {
    return terminals.ofOrgan(handle, organ);
  }

  /** Whether any terminal is active, within a unit. */
  public boolean anyActive(Handle handle) {
    return terminals.all(handle).stream()
        .anyMatch(terminal -> terminal.state() == Terminal.State.ACTIVE);
  }

  /**
   * Makes a pending terminal active.
   *
   * @param fingerprint as read from the terminal's screen; case and white space do not matter
   */
  public Outcome confirm(String id, String fingerprint) {
    byte[] typed =
        fingerprint.replaceAll("\\s", "").toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    return transactions.<Outcome, RuntimeException>write(change -> {
      Optional<Terminal> found = terminals.find(change.handle(), id);
      Outcome refused = found.map(Registration::notPending).orElse(Outcome.UNKNOWN);
      if (refused == Outcome.DONE
          && !MessageDigest.isEqual(
              typed, found.get().fingerprint().getBytes(StandardCharsets.UTF_8))) {
        refused = Outcome.OTHER_FINGERPRINT;
      }
      if (refused != Outcome.DONE) {
        change.unchanged();
        return refused;
      }
      Terminal active = found.get().with(Terminal.State.ACTIVE, change.now());
      EntryReceipt entry =
          change.record(active.subject(), new TerminalEvent.Confirmed(active.fingerprint()));
      terminals.save(change, active, entry);
      return Outcome.DONE;
    });
  }

  private static Outcome notPending(Terminal terminal) {
    return switch (terminal.state()) {
      case PENDING -> Outcome.DONE;
      case ACTIVE -> Outcome.ALREADY_ACTIVE;
      case REVOKED -> Outcome.ALREADY_REVOKED;
    };
  }

  /** Removes the registration (登録抹消) at once; its sessions end in the same unit. */
  public Outcome revoke(String id) {
    return transactions.<Outcome, RuntimeException>write(change -> {
      Optional<Terminal> found = terminals.find(change.handle(), id);
      if (found.isEmpty() || found.get().state() == Terminal.State.REVOKED) {
        change.unchanged();
        return found.isEmpty() ? Outcome.UNKNOWN : Outcome.ALREADY_REVOKED;
      }
      Terminal revoked = found.get().with(Terminal.State.REVOKED, found.get().confirmedAt());
      EntryReceipt entry = change.record(revoked.subject(), new TerminalEvent.Revoked());
      terminals.save(change, revoked, entry);
      for (TerminalObserver observer : observers) {
        observer.onRevoked(change, revoked);
      }
      return Outcome.DONE;
    });
  }
}
