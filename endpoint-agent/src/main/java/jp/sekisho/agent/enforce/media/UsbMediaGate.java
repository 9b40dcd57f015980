package jp.sekisho.agent.enforce.media;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.MediumEvents;
import jp.sekisho.agent.enforce.MediumReader;
import jp.sekisho.agent.enforce.MediumWriter;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.agent.enforce.usb.UsbGate;
import jp.sekisho.protocol.Refusal;

/**
 * Opens and closes USB media: the gate's authorisation first, then the volume; closing in the
 * opposite order. Thread-safe.
 *
 * <p>One lock per port, for a medium that stalls must delay nobody else's deadline. Lock order: a
 * port's, then the gate's own lock. The gate calls in with its lock held and therefore only leaves
 * a note and a task; the tasks of one port run in their order.
 */
public final class UsbMediaGate implements MediaGate, MediumEvents, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(UsbMediaGate.class.getName());

  /** The service manager does not wait much longer. */
  private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

  /** A mounted medium. */
  private record Open(PluggedMedium medium, int user, Path mountPoint) {}

  private final UsbGate gate;
  private final Volumes volumes;
  private final ExecutorService notices;
  private final Map<String, ReentrantLock> turns = new ConcurrentHashMap<>();

  /** How long what is broken off may take to stop; then its device is taken away. */
  private static final Duration LAST_WORD = Duration.ofSeconds(1);

  /** What is being written to or read by the agent alone, by port. */
  private final Map<String, PluggedMedium> alone = new ConcurrentHashMap<>();

  /** Each entry guarded by the lock of its port. */
  private final Map<String, Open> open = new ConcurrentHashMap<>();

  /** The newest task of each port. */
  private final Map<String, CompletableFuture<?>> tasks = new ConcurrentHashMap<>();

  /** Ports whose running opening is not wanted any more. */
  private final Set<String> unwanted = ConcurrentHashMap.newKeySet();

  private final List<Consumer<PluggedMedium>> pluggedListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<PluggedMedium>> unpluggedListeners = new CopyOnWriteArrayList<>();

  /**
   * Media behind {@code gate}.
   *
   * @param notices calls the listeners; grows as needed
   */
  public UsbMediaGate(UsbGate gate, Volumes volumes, ExecutorService notices) {
    this.gate = gate;
    this.volumes = volumes;
    this.notices = notices;
  }

  @Override
  public List<PluggedMedium> plugged() {
    return gate.media();
  }

  @Override
  public void onPlugged(Consumer<PluggedMedium> listener) {
    pluggedListeners.add(listener);
  }

  @Override
  public void onUnplugged(Consumer<PluggedMedium> listener) {
    unpluggedListeners.add(listener);
  }

  private ReentrantLock turn(String port) {
    return turns.computeIfAbsent(port, unused -> new ReentrantLock());
  }

  @Override
  public OpenOutcome openReadOnly(PluggedMedium medium, int user) {
    String port = medium.device();
    ReentrantLock turn = turn(port);
    turn.lock();
    try {
      Open already = open.get(port);
      if (already != null) {
        return already.medium().equals(medium) && already.user() == user && volumes.isOpen(port)
            ? new OpenOutcome.Opened(already.mountPoint())
            : new OpenOutcome.Failed(Refusal.MEDIUM_CHANGED);
      }
      unwanted.remove(port);
      Optional<Refusal> refusal = gate.open(medium);
      if (refusal.isPresent()) {
        return new OpenOutcome.Failed(refusal.get());
      }
      boolean done = false;
      try {
        OpenOutcome outcome = volumes.open(port, user, () -> !unwanted.contains(port));
        if (outcome instanceof OpenOutcome.Opened opened && !unwanted.contains(port)) {
          open.put(port, new Open(medium, user, opened.mountPoint()));
          done = true;
          return outcome;
        }
        return outcome instanceof OpenOutcome.Failed
            ? outcome
            : new OpenOutcome.Failed(Refusal.MEDIUM_NOT_OPENED);
      } finally {
        if (!done) {
          shut(port);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public WriteOutcome write(PluggedMedium medium, MediumWriter writer) {
    return alone(medium, (port, wanted) -> volumes.write(port, wanted, writer));
  }

  @Override
  public WriteOutcome read(PluggedMedium medium, MediumReader reader) {
    return alone(medium, (port, wanted) -> volumes.read(port, wanted, reader));
  }

  /** Holds the port's lock all along: nothing else is done with it meanwhile. */
  private WriteOutcome alone(
      PluggedMedium medium, BiFunction<String, BooleanSupplier, WriteOutcome> action) {
    String port = medium.device();
    ReentrantLock turn = turn(port);
    turn.lock();
    try {
      if (open.containsKey(port)) {
        return new WriteOutcome.Failed(Refusal.MEDIUM_NOT_OPENED, false);
      }
      unwanted.remove(port);
      alone.put(port, medium);
      try {
        Optional<Refusal> refusal = gate.open(medium);
        return refusal.isPresent()
            ? new WriteOutcome.Failed(refusal.get(), false)
            : action.apply(port, () -> !unwanted.contains(port));
      } finally {
        alone.remove(port);
        if (!shut(port)) {
          LOG.log(System.Logger.Level.ERROR, "not shut after writing or reading: " + port);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public boolean close(PluggedMedium medium) {
    String port = medium.device();
    unwanted.add(port);
    volumes.wake();
    ReentrantLock turn = turn(port);
    breakOff(port, turn);
    turn.lock();
    try {
      Open now = open.get(port);
      if (now != null && !now.medium().equals(medium)) {
        // Another medium took the port and was opened: nothing of the one meant is left.
        return true;
      }
      return shut(port);
    } finally {
      unwanted.remove(port);
      turn.unlock();
    }
  }

  /** A writing or reading stops at its next step; one that waits for its device loses it. */
  private void breakOff(String port, ReentrantLock turn) {
    if (!alone.containsKey(port)) {
      return;
    }
    try {
      if (turn.tryLock(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS)) {
        turn.unlock();
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    gate.shutMedium(port);
  }

  /** Takes everything back that an opening does, whether it was done or not. */
  private boolean shut(String port) {
    open.remove(port);
    boolean unmounted = volumes.close(port);
    boolean shut = gate.shutMedium(port);
    // Once more: with the device gone nothing new can be mounted.
    return (unmounted || volumes.close(port)) && shut;
  }

  @Override
  public void plugged(PluggedMedium medium) {
    later(medium.device(), () -> pluggedListeners.forEach(listener -> listener.accept(medium)));
  }

  @Override
  public void unplugged(PluggedMedium medium) {
    unwanted.add(medium.device());
    volumes.wake();
    later(medium.device(), () -> gone(medium));
  }

  private void gone(PluggedMedium medium) {
    ReentrantLock turn = turn(medium.device());
    turn.lock();
    try {
      Open now = open.get(medium.device());
      if (now == null || now.medium().equals(medium)) {
        open.remove(medium.device());
        volumes.close(medium.device());
      }
    } finally {
      turn.unlock();
    }
    unpluggedListeners.forEach(listener -> listener.accept(medium));
  }

  @Override
  public void volume(String port, String name) {
    volumes.appeared(port, name);
    later(port, () -> checkUnits(port));
  }

  /** A device may show a further unit after it was opened: then it is none that may be open. */
  private void checkUnits(String port) {
    Open now;
    if (alone.containsKey(port) && !volumes.isSingle(port)) {
      LOG.log(
          System.Logger.Level.ERROR,
          "a further unit appeared while the agent writes or reads at " + port);
      unwanted.add(port);
      volumes.wake();
    }
    ReentrantLock turn = turn(port);
    turn.lock();
    try {
      now = open.get(port);
      if (now == null || volumes.isSingle(port)) {
        return;
      }
      LOG.log(System.Logger.Level.ERROR, "a further unit appeared in an open medium at " + port);
      shut(port);
    } finally {
      turn.unlock();
    }
    unpluggedListeners.forEach(listener -> listener.accept(now.medium()));
  }

  private void later(String port, Runnable task) {
    tasks.compute(
        port,
        (unused, before) ->
            (before == null ? CompletableFuture.completedFuture(null) : before)
                .handleAsync((nothing, failed) -> run(task), notices));
  }

  private static boolean run(Runnable task) {
    try {
      task.run();
      return true;
    } catch (Throwable e) {
      // The next notice of this port must come all the same.
      LOG.log(System.Logger.Level.ERROR, "a listener of media failed", e);
      return false;
    }
  }

  /** Closes every medium, each by itself; what stalls is left to the kernel after a while. */
  @Override
  public void close() {
    List<Callable<Boolean>> closings = new ArrayList<>();
    for (Open one : List.copyOf(open.values())) {
      closings.add(() -> close(one.medium()));
    }
    for (PluggedMedium one : List.copyOf(alone.values())) {
      closings.add(() -> close(one));
    }
    try {
      notices.invokeAll(closings, LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    notices.shutdownNow();
  }
}
