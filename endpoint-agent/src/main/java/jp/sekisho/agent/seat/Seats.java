package jp.sekisho.agent.seat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The seats of this terminal that have a session process now, at most one per user.
 *
 * <p>Fed by {@code ipc.SeatServer}. Thread-safe. A seat is in here from its HELLO until it is lost;
 * each seat that was added is lost exactly once.
 */
public final class Seats {
  private final Map<Integer, Seat> byUid = new ConcurrentHashMap<>();
  private final List<Consumer<Seat>> lostListeners = new CopyOnWriteArrayList<>();

  /** The seat of user {@code uid}, if its session process is connected. */
  public Optional<Seat> ofUid(int uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  /** All seats connected now, in no order. */
  public List<Seat> all() {
    return List.copyOf(byUid.values());
  }

  /**
   * Calls {@code listener} once for every seat lost from now on: closed, silent for 5 seconds, or
   * replaced by a newer process of the same user. Called on the server's threads, so it returns
   * soon; what it throws is not for the other listeners to suffer.
   */
  public void onLost(Consumer<Seat> listener) {
    lostListeners.add(listener);
  }

  /**
   * Registers a seat.
   *
   * @return false, and nothing is changed, when another seat of that user is still registered: it
   *     must be lost first
   */
  public boolean add(Seat seat) {
    return byUid.putIfAbsent(seat.uid(), seat) == null;
  }

  /** Takes a seat out and tells the listeners; does nothing when it is not registered. */
  public void lost(Seat seat) {
    if (!byUid.remove(seat.uid(), seat)) {
      return;
    }
    for (Consumer<Seat> listener : lostListeners) {
      try {
        listener.accept(seat);
      } catch (RuntimeException e) {
        System.getLogger(Seats.class.getName())
            .log(System.Logger.Level.ERROR, "a listener failed for a lost seat", e);
      }
    }
  }
}
