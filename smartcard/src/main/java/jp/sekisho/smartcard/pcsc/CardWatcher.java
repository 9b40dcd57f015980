package jp.sekisho.smartcard.pcsc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jp.sekisho.smartcard.CardException;
import org.jspecify.annotations.Nullable;

/**
 * Watches the readers we may touch for cards coming and going: one thread, no command to any card.
 *
 * <p>A card that was out and in again between two looks is noticed by the service's event counter
 * and reported as removed and inserted. When the service stops, every card counts as removed; it is
 * asked again every {@link #RETRY}. The listener runs on the watcher's thread and must not block it
 * for long; what it throws goes to the thread's uncaught handler and is a bug.
 */
public final class CardWatcher implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(200);

  /** Longest single wait: bounds what a lost cancel or notification can cost. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final ReaderRoles roles;
  private final Consumer<CardEvent> listener;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "card-watcher");

  /** Readers with a card in them and the counter of its insertion; watcher thread only. */
  private final Map<String, Integer> present = new TreeMap<>();

  private boolean serviceKnownLost;
  private volatile @Nullable PcscContext waiting;

  private CardWatcher(ReaderRoles roles, Consumer<CardEvent> listener) {
    this.roles = roles;
    this.listener = listener;
    thread.setDaemon(true);
  }

  /** Starts watching; cards already present are reported as inserted. */
  public static CardWatcher start(ReaderRoles roles, Consumer<CardEvent> listener) {
    CardWatcher watcher = new CardWatcher(roles, listener);
    watcher.thread.start();
    return watcher;
  }

  /** Stops; no event is reported after this returns. */
  @Override
  public void close() {
    stopped.countDown();
    boolean interrupted = false;
    // A cancel that arrives just before the wait begins is lost, hence repeated.
    while (thread.isAlive() && !Thread.currentThread().equals(thread)) {
      PcscContext context = waiting;
      if (context != null) {
        context.cancel();
      }
      try {
        thread.join(50);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!isStopped()) {
        try (PcscContext context = PcscContext.establish()) {
          watch(context);
        } catch (CardException e) {
          lost();
          boolean ignored = stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      // Nobody else knows this thread; an interrupt can only mean stop.
      stopped.countDown();
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private void watch(PcscContext context) throws CardException {
    ReaderState plugAndPlay = ReaderState.unasked(ReaderState.PLUG_AND_PLAY);
    List<ReaderState> known = List.of();
    waiting = context;
    try {
      while (!isStopped()) {
        known = readers(context.readers(), known);
        if (serviceKnownLost) {
          serviceKnownLost = false;
          listener.accept(new CardEvent.ServiceBack());
        }
        List<ReaderState> question = new ArrayList<>(known);
        question.add(plugAndPlay);
        List<ReaderState> now = context.waitForChange(question, LOOK);
        if (isStopped()) {
          return;
        }
        plugAndPlay = now.get(known.size()).seen();
        known = now.subList(0, known.size()).stream().map(this::seen).toList();
      }
    } finally {
      waiting = null;
    }
  }

  /** The readers to ask about, with what is known of them; those that went lose their card. */
  private List<ReaderState> readers(List<String> names, List<ReaderState> known) {
    List<ReaderState> readers = new ArrayList<>();
    for (String name : names) {
      if (roles.roleOf(name) != ReaderRole.RESIDENT) {
        readers.add(
            known.stream()
                .filter(state -> state.reader().equals(name))
                .findFirst()
                .orElse(ReaderState.unasked(name)));
      }
    }
    List.copyOf(present.keySet()).stream().filter(r -> !names.contains(r)).forEach(this::removed);
    return readers;
  }

  private ReaderState seen(ReaderState state) {
    Integer counter = present.get(state.reader());
    boolean there = state.isPresent() && !state.isGone();
    if (counter != null && (!there || counter != state.eventCounter())) {
      removed(state.reader());
    }
    if (there && !present.containsKey(state.reader())) {
      present.put(state.reader(), state.eventCounter());
      listener.accept(new CardEvent.Inserted(state.reader(), state.eventCounter()));
    }
    return state.seen();
  }

  private void removed(String reader) {
    present.remove(reader);
    listener.accept(new CardEvent.Removed(reader));
  }

  private void lost() {
    List.copyOf(present.keySet()).forEach(this::removed);
    if (!serviceKnownLost) {
      serviceKnownLost = true;
      listener.accept(new CardEvent.ServiceLost());
    }
  }
}
