package jp.sekisho.agent.enforce.media;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.MediumEvents;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.usb.UsbGate;
import jp.sekisho.protocol.Refusal;

/**
 * Opens and closes USB media: the gate's authorisation first, then the volume; closing in the
 * opposite order. Thread-safe.
 *
 * <p>Lock order: {@code turn}, then the gate's own lock. The gate calls in with its lock held and
 * therefore only leaves a note and a task.
 */
public final class UsbMediaGate implements MediaGate, MediumEvents, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(UsbMediaGate.class.getName());

  /** A mounted medium. */
  private record Open(PluggedMedium medium, int user, Path mountPoint) {}

  private final UsbGate gate;
  private final Volumes volumes;
  private final ExecutorService notices;
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<String, Open> open = new HashMap<>();

  /** Ports whose running opening is not wanted any more. */
  private final Set<String> unwanted = ConcurrentHashMap.newKeySet();

  private final List<Consumer<PluggedMedium>> pluggedListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<PluggedMedium>> unpluggedListeners = new CopyOnWriteArrayList<>();

  /**
   * Media behind {@code gate}.
   *
   * @param notices one thread; calls the listeners
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

  @Override
  public OpenOutcome openReadOnly(PluggedMedium medium, int user) {
    String port = medium.device();
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
  public boolean close(PluggedMedium medium) {
    String port = medium.device();
    unwanted.add(port);
    volumes.wake();
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
    later(() -> pluggedListeners.forEach(listener -> listener.accept(medium)));
  }

  @Override
  public void unplugged(PluggedMedium medium) {
    unwanted.add(medium.device());
    volumes.wake();
    later(() -> gone(medium));
  }

  private void gone(PluggedMedium medium) {
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
    later(() -> checkUnits(port));
  }

  /** A device may show a further unit after it was opened: then it is none that may be open. */
  private void checkUnits(String port) {
    Open now;
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

  private void later(Runnable task) {
    try {
      notices.execute(() -> {
        try {
          task.run();
        } catch (RuntimeException e) {
          LOG.log(System.Logger.Level.ERROR, "a listener of media failed", e);
        }
      });
    } catch (RejectedExecutionException e) {
      // The agent is stopping, and stopping closes every medium.
    }
  }

  /** Closes every medium. */
  @Override
  public void close() {
    turn.lock();
    try {
      for (String port : List.copyOf(open.keySet())) {
        shut(port);
      }
    } finally {
      turn.unlock();
    }
    notices.shutdownNow();
  }
}
