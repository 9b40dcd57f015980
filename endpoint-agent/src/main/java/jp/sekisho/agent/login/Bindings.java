package jp.sekisho.agent.login;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.event.AgentEvent;

/**
 * Which card stands behind which seat's newest answer, and what happens when it leaves: the record
 * is made durable (which also sends it), then the seat is locked. The lock comes even when the disk
 * refuses the record.
 *
 * <p>Thread-safe; listeners only hand over to {@code effects}, since their threads must not wait
 * for a disk.
 */
public final class Bindings {
  private static final System.Logger LOG = System.getLogger(Bindings.class.getName());

  private record Binding(Seat seat, String transaction, Stay stay, String spki) {
    LivePresence presence() {
      return new LivePresence(seat.uid(), stay, spki);
    }
  }

  /** Hears of cards that come to stand behind a seat and that leave. */
  public interface Listener {
    /** A card stands behind a seat now. Returns at once. */
    void came(LivePresence presence);

    /** It does not any more: card out, or seat lost. Called before the record; returns at once. */
    void went(LivePresence presence, boolean cardGone);
  }

  private final CardDesk desk;
  private final Spool spool;
  private final Executor effects;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<Integer, Binding> byUid = new HashMap<>();

  public Bindings(CardDesk desk, Seats seats, Spool spool, Executor effects) {
    this.desk = desk;
    this.spool = spool;
    this.effects = effects;
    desk.onGone(this::cardGone);
    seats.onLost(this::seatLost);
  }

  /**
   * Binds the card to the seat's transaction; replaces what the seat had.
   *
   * @param spki base64url of the SHA-256 of the SubjectPublicKeyInfo of the key that signed
   * @return false when the card is not there any more: nothing is bound
   */
  boolean bind(Seat seat, String transaction, Stay stay, String spki) {
    Binding binding = new Binding(seat, transaction, stay, spki);
    synchronized (byUid) {
      byUid.put(seat.uid(), binding);
      // Looked at after the entry stands: a removal from now on finds it.
      if (!desk.isStill(stay)) {
        byUid.remove(seat.uid());
        return false;
      }
    }
    listeners.forEach(listener -> listener.came(binding.presence()));
    return true;
  }

  /** Tells {@code listener} of every change from now on, on the thread that makes it. */
  public void onChange(Listener listener) {
    listeners.add(listener);
  }

  /** The cards that stand behind seats now. */
  public List<LivePresence> presences() {
    synchronized (byUid) {
      return byUid.values().stream().map(Binding::presence).toList();
    }
  }

  /** Transactions with a card behind them now. */
  public List<String> transactions() {
    synchronized (byUid) {
      return byUid.values().stream().map(Binding::transaction).toList();
    }
  }

  /** The agent stops: what leaves from now on is not recorded, for the stop itself is. */
  public void stop() {
    synchronized (byUid) {
      byUid.clear();
    }
  }

  private void cardGone(String reader) {
    end(binding -> binding.stay().reader().equals(reader), true);
  }

  private void seatLost(Seat seat) {
    // A newer process of the same user keeps what that user has; the lost one had this seat.
    end(binding -> binding.seat().equals(seat), false);
  }

  private void end(Predicate<Binding> which, boolean cardGone) {
    List<Binding> ended = new ArrayList<>();
    synchronized (byUid) {
      Iterator<Binding> all = byUid.values().iterator();
      while (all.hasNext()) {
        Binding binding = all.next();
        if (which.test(binding)) {
          all.remove();
          ended.add(binding);
        }
      }
    }
    for (Binding binding : ended) {
      listeners.forEach(listener -> listener.went(binding.presence(), cardGone));
      AgentEvent event =
          cardGone
              ? new AgentEvent.CardRemoved(binding.transaction())
              : new AgentEvent.SeatLost(binding.transaction());
      effects.execute(() -> recordAndLock(binding, event));
    }
  }

  private void recordAndLock(Binding binding, AgentEvent event) {
    try {
      spool.append(event);
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, "a removal is not recorded; the seat is locked anyway", e);
    } finally {
      binding.seat().lock();
    }
  }
}
