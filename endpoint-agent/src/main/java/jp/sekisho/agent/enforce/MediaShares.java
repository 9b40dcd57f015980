package jp.sekisho.agent.enforce;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import jp.sekisho.protocol.Refusal;

/**
 * One gate for several desks: a medium that one of them has open is neither opened nor closed by
 * another. Thread-safe.
 */
public final class MediaShares {
  /** Between two tries to shut what was left open. */
  public static final Duration AGAIN = Duration.ofSeconds(2);

  private static final System.Logger LOG = System.getLogger(MediaShares.class.getName());

  private final MediaGate gate;

  /**
   * Who has what open, or is opening or closing it; the gate itself has what an earlier process
   * left and what is not verifiably shut yet. Guarded by itself.
   */
  private final Map<PluggedMedium, MediaGate> owners = new HashMap<>();

  public MediaShares(MediaGate gate) {
    this.gate = gate;
  }

  /**
   * Shuts every medium, whatever an earlier process left open and whoever of the desks had it; to
   * be called once, before any desk starts. What is not verifiably shut is opened to no desk until
   * {@link #shutAgain} has shut it.
   *
   * @return whether all of it is verifiably shut
   */
  public boolean shutLeft() {
    boolean all = true;
    for (PluggedMedium medium : gate.plugged()) {
      synchronized (owners) {
        owners.put(medium, gate);
      }
      all &= shut(medium);
    }
    return all;
  }

  /** Tries again what {@link #shutLeft} could not shut. */
  public void shutAgain() {
    List<PluggedMedium> left;
    synchronized (owners) {
      left =
          owners.entrySet().stream()
              .filter(owned -> owned.getValue().equals(gate))
              .map(Map.Entry::getKey)
              .toList();
    }
    left.forEach(this::shut);
  }

  private boolean shut(PluggedMedium medium) {
    boolean verified = false;
    try {
      verified = gate.close(medium);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "closing a medium failed; it is tried again", e);
    }
    if (verified) {
      synchronized (owners) {
        owners.remove(medium, gate);
      }
    }
    return verified;
  }

  /** The gate as a desk of its own sees it. */
  public MediaGate share() {
    return new Share();
  }

  private final class Share implements MediaGate {
    @Override
    public List<PluggedMedium> plugged() {
      return gate.plugged();
    }

    @Override
    public void onPlugged(Consumer<PluggedMedium> listener) {
      gate.onPlugged(listener);
    }

    @Override
    public void onUnplugged(Consumer<PluggedMedium> listener) {
      gate.onUnplugged(listener);
    }

    @Override
    public OpenOutcome openReadOnly(PluggedMedium medium, int user) {
      if (!claim(medium)) {
        return new OpenOutcome.Failed(Refusal.MEDIUM_NOT_OPENED);
      }
      boolean opened = false;
      try {
        OpenOutcome outcome = gate.openReadOnly(medium, user);
        opened = outcome instanceof OpenOutcome.Opened;
        return outcome;
      } finally {
        if (!opened) {
          release(medium);
        }
      }
    }

    @Override
    public WriteOutcome write(PluggedMedium medium, MediumWriter writer) {
      if (!claim(medium)) {
        return new WriteOutcome.Failed(Refusal.MEDIUM_NOT_OPENED, false);
      }
      // Stays claimed until this share's close verified that it is shut.
      return gate.write(medium, writer);
    }

    @Override
    public WriteOutcome read(PluggedMedium medium, MediumReader reader) {
      if (!claim(medium)) {
        return new WriteOutcome.Failed(Refusal.MEDIUM_NOT_OPENED, false);
      }
      // As for a writing.
      return gate.read(medium, reader);
    }

    @Override
    public boolean close(PluggedMedium medium) {
      if (!claim(medium)) {
        return true; // Nothing of this desk's is open there.
      }
      boolean verified = false;
      try {
        verified = gate.close(medium);
        return verified;
      } finally {
        if (verified) {
          release(medium);
        }
      }
    }

    @SuppressWarnings("ReferenceEquality") // the very share
    private boolean claim(PluggedMedium medium) {
      synchronized (owners) {
        MediaGate owner = owners.putIfAbsent(medium, this);
        return owner == null || owner == this;
      }
    }

    private void release(PluggedMedium medium) {
      synchronized (owners) {
        owners.remove(medium, this);
      }
    }
  }
}
