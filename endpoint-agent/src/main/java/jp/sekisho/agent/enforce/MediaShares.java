package jp.sekisho.agent.enforce;

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
  private final MediaGate gate;

  /** Who has what open, or is opening or closing it. Guarded by itself. */
  private final Map<PluggedMedium, MediaGate> owners = new HashMap<>();

  public MediaShares(MediaGate gate) {
    this.gate = gate;
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
