package jp.sekisho.smartcard.pcsc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * asked again every {@link #RETRY}; on Windows it also stops with the last reader. The listener
 * runs on the watcher's thread and must not block it for long; what it throws is a bug, goes to the
 * thread's uncaught handler, and the next event is reported all the same.
 */
public final class CardWatcher implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(200);

  /** Longest single wait: bounds what a lost cancel or notification can cost. */
  private static final Duration LOOK = Duration.ofMillis(900);

  /** Where connections to the service come from. */
  interface Service {
    PcscContext establish() throws CardException;
  }

  private final Service service;
  private final ReaderRoles roles;
  private final Consumer<CardEvent> listener;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "card-watcher");

  /** Watcher thread only. */
  private final CardPresence presence = new CardPresence();

  private boolean serviceKnownLost;
  private volatile @Nullable PcscContext waiting;

  private CardWatcher(Service service, ReaderRoles roles, Consumer<CardEvent> listener) {
    this.service = service;
    this.roles = roles;
    this.listener = listener;
    thread.setDaemon(true);
  }

  /** Starts watching; cards already present are reported as inserted. */
  public static CardWatcher start(ReaderRoles roles, Consumer<CardEvent> listener) {
    return start(PcscContext::establish, roles, listener);
  }

  static CardWatcher start(Service service, ReaderRoles roles, Consumer<CardEvent> listener) {
    CardWatcher watcher = new CardWatcher(service, roles, listener);
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
        try (PcscContext context = service.establish()) {
          watch(context);
        } catch (CardException e) {
          lost();
          pause();
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

  private void pause() throws InterruptedException {
    boolean ignored = stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tell(CardEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  private void watch(PcscContext context) throws CardException, InterruptedException {
    ReaderState plugAndPlay = ReaderState.unasked(ReaderState.PLUG_AND_PLAY);
    boolean notified = true;
    List<ReaderState> known = List.of();
    waiting = context;
    try {
      while (!isStopped()) {
        List<String> names = context.readers();
        known = readers(names, known);
        if (serviceKnownLost) {
          serviceKnownLost = false;
          tell(new CardEvent.ServiceBack());
        }
        List<ReaderState> question = new ArrayList<>(known);
        if (notified) {
          question.add(plugAndPlay);
        }
        List<ReaderState> now =
            question.isEmpty()
                ? question
                : context.waitForChange(question, notified ? LOOK : RETRY);
        if (isStopped()) {
          return;
        }
        if (now.isEmpty()) {
          // A reader went since the list was made; or none did, and what this service does not know
          // (xrdp's) is the notification: then the list has to be asked for again and again.
          notified = notified && !context.readers().equals(names);
          pause();
          continue;
        }
        if (notified) {
          plugAndPlay = now.get(known.size()).seen();
        }
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
    presence.onlyIn(names).forEach(this::tell);
    return readers;
  }

  private ReaderState seen(ReaderState state) {
    presence.seen(state).forEach(this::tell);
    return state.seen();
  }

  private void lost() {
    presence.onlyIn(List.of()).forEach(this::tell);
    if (!serviceKnownLost) {
      serviceKnownLost = true;
      tell(new CardEvent.ServiceLost());
    }
  }
}
