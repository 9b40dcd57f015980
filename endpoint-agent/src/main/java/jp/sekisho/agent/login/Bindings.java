package jp.sekisho.agent.login;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import org.jspecify.annotations.Nullable;

/**
 * Which card stands behind which seat's answers, and what happens when it leaves: the record is
 * made durable (which also sends it), then the seat is locked. The lock comes even when the disk
 * refuses the record.
 *
 * <p>Nobody here knows which answers a page posted. So every transaction that a card answered is
 * kept until that card leaves: a later answer never takes an earlier session out of sight. The same
 * for transactions that a passkey answers: behind those stands the seat alone. Whose passkey it is
 * the terminal is not told, so from then on the card stands behind that user's seat no more, until
 * it answers again; its transactions are still watched.
 *
 * <p>Thread-safe; listeners only hand over to {@code effects}, since their threads must not wait
 * for a disk.
 */
public final class Bindings {
  private static final System.Logger LOG = System.getLogger(Bindings.class.getName());

  /**
   * Answers of one stay that are kept in mind; {@link AgentEvent.Unwatched} tells of the others.
   */
  static final int MOST_ANSWERS = 16;

  /**
   * One card behind one seat, or the seat alone.
   *
   * @param presence the card; null for the passkeys of the seat
   * @param transactions what it answered, oldest first
   * @param stands whether it counts as present: not after a passkey answered at the seat
   */
  private record Binding(
      Seat seat, @Nullable LivePresence presence, List<String> transactions, boolean stands) {
    Binding watchedOnly() {
      return new Binding(seat, presence, transactions, false);
    }

    @Nullable LivePresence standing() {
      return stands ? presence : null;
    }
  }

  /** Hears of cards that come to stand behind a seat and that leave. */
  public interface Listener {
    /** A card stands behind a seat now. Returns at once. */
    void came(LivePresence presence);

    /**
     * It does not any more: card out, seat lost, or somebody uses a passkey there. Called before
     * the record; returns at once.
     */
    void went(LivePresence presence, boolean cardGone);

    /**
     * Somebody answered with a passkey at a seat of this user; nobody tells whose it is. Called
     * also where no card stood behind the seat, before the answer leaves; returns at once.
     */
    default void passkey(int uid) {}
  }

  private final CardDesk desk;
  private final Seats seats;
  private final Spool spool;
  private final Executor effects;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<Binding> bound = new ArrayList<>();

  public Bindings(CardDesk desk, Seats seats, Spool spool, Executor effects) {
    this.desk = desk;
    this.seats = seats;
    this.spool = spool;
    this.effects = effects;
    desk.onGone(this::cardGone);
    seats.onLost(this::seatLost);
  }

  /**
   * Binds the card to the seat's transaction too.
   *
   * @param spki base64url of the SHA-256 of the SubjectPublicKeyInfo of the key that signed
   * @return why not, then nothing is bound: {@code CARD_REMOVED} or {@code PROMPT_UNAVAILABLE} when
   *     card or seat is not there any more; empty when it is
   */
  public Optional<Refusal> bind(Seat seat, String transaction, Stay stay, String spki) {
    LivePresence presence = new LivePresence(seat.uid(), stay, spki);
    synchronized (bound) {
      // Looked at under the lock: a removal or loss from now on waits for it and finds the binding.
      if (!desk.isStill(stay)) {
        return Optional.of(Refusal.CARD_REMOVED);
      }
      if (!isThere(seat)) {
        return Optional.of(Refusal.PROMPT_UNAVAILABLE);
      }
      // A card that moved to another seat of the same user is the same presence.
      add(seat, presence, transaction, binding -> presence.equals(binding.presence()));
    }
    listeners.forEach(listener -> listener.came(presence));
    return Optional.empty();
  }

  /**
   * Binds the seat itself to a transaction that a passkey answers: whoever had a card behind it may
   * have left, so that card does not count as present any more.
   *
   * @return why not, then nothing is bound: {@code PROMPT_UNAVAILABLE}; empty when it is
   */
  Optional<Refusal> bind(Seat seat, String transaction) {
    List<LivePresence> left = new ArrayList<>();
    synchronized (bound) {
      if (!isThere(seat)) {
        return Optional.of(Refusal.PROMPT_UNAVAILABLE);
      }
      add(
          seat,
          null,
          transaction,
          binding -> binding.presence() == null && binding.seat().equals(seat));
      bound.replaceAll(binding -> {
        LivePresence standing = binding.standing();
        if (standing == null || standing.uid() != seat.uid()) {
          return binding;
        }
        left.add(standing);
        return binding.watchedOnly();
      });
    }
    for (LivePresence presence : left) {
      listeners.forEach(listener -> listener.went(presence, false));
    }
    listeners.forEach(listener -> listener.passkey(seat.uid()));
    return Optional.empty();
  }

  /**
   * A card that answered none but these does not count as present any more; it is watched on.
   *
   * @param answers transactions
   */
  public void standDown(Set<String> answers) {
    List<LivePresence> left = new ArrayList<>();
    synchronized (bound) {
      bound.replaceAll(binding -> {
        LivePresence standing = binding.standing();
        if (standing == null || !answers.containsAll(binding.transactions())) {
          return binding;
        }
        left.add(standing);
        return binding.watchedOnly();
      });
    }
    for (LivePresence presence : left) {
      listeners.forEach(listener -> listener.went(presence, false));
    }
  }

  /** Ends what answered this transaction as if its seat were lost: records it and locks. */
  public void lock(String transaction) {
    end(binding -> binding.transactions().contains(transaction), false);
  }

  private boolean isThere(Seat seat) {
    return seats.ofUid(seat.uid()).filter(seat::equals).isPresent();
  }

  /** Called under the lock. */
  private void add(
      Seat seat, @Nullable LivePresence presence, String transaction, Predicate<Binding> same) {
    List<String> transactions = new ArrayList<>();
    for (Binding binding : List.copyOf(bound)) {
      if (same.test(binding)) {
        transactions.addAll(binding.transactions());
        bound.remove(binding);
      }
    }
    transactions.add(transaction);
    List<String> oldest = transactions.subList(0, Math.max(0, transactions.size() - MOST_ANSWERS));
    if (!oldest.isEmpty()) {
      AgentEvent event = new AgentEvent.Unwatched(oldest);
      effects.execute(() -> record(event));
      oldest.clear();
    }
    bound.add(new Binding(seat, presence, List.copyOf(transactions), true));
  }

  /** Tells {@code listener} of every change from now on, on the thread that makes it. */
  public void onChange(Listener listener) {
    listeners.add(listener);
  }

  /** The cards that stand behind seats now. */
  public List<LivePresence> presences() {
    synchronized (bound) {
      return bound.stream().map(Binding::standing).filter(Objects::nonNull).toList();
    }
  }

  /** Transactions with a card, or for passkeys a seat, behind them now. */
  public List<String> transactions() {
    synchronized (bound) {
      return bound.stream().flatMap(binding -> binding.transactions().stream()).toList();
    }
  }

  /**
   * Ends what belongs to users who are not at the screen any more, as if their seat were lost: the
   * screen was handed to another user. To be called every half second.
   */
  public void endAwayFromScreen(LocalPresence presence) {
    end(binding -> !isAtScreen(presence, binding.seat().uid()), false);
  }

  /** Whether a user is at the screen; false also when it cannot be told. */
  public static boolean isAtScreen(LocalPresence presence, int uid) {
    try {
      return presence.isAtScreen(uid);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "who is at the screen cannot be told", e);
      return false;
    }
  }

  /** The agent stops: what leaves from now on is not recorded, for the stop itself is. */
  public void stop() {
    synchronized (bound) {
      bound.clear();
    }
  }

  private void cardGone(String reader) {
    end(
        binding -> binding.presence() != null && binding.presence().stay().reader().equals(reader),
        true);
  }

  private void seatLost(Seat seat) {
    // A newer process of the same user keeps what that user has; the lost one had this seat.
    end(binding -> binding.seat().equals(seat), false);
  }

  private void end(Predicate<Binding> which, boolean cardGone) {
    List<Binding> ended;
    synchronized (bound) {
      ended = bound.stream().filter(which).toList();
      bound.removeAll(ended);
    }
    for (Binding binding : ended) {
      LivePresence presence = binding.standing();
      if (presence != null) {
        listeners.forEach(listener -> listener.went(presence, cardGone));
      }
      AgentEvent event =
          cardGone
              ? new AgentEvent.CardRemoved(binding.transactions())
              : new AgentEvent.SeatLost(binding.transactions());
      effects.execute(() -> recordAndLock(binding, event));
    }
  }

  private void recordAndLock(Binding binding, AgentEvent event) {
    try {
      record(event);
    } finally {
      binding.seat().lock();
    }
  }

  private void record(AgentEvent event) {
    try {
      spool.append(event);
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
    }
  }
}
