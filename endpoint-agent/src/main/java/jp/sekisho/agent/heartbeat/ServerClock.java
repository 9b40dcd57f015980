package jp.sekisho.agent.heartbeat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The service's time between two of its answers, carried on by the boot clock: a step of the
 * terminal's wall clock does not move it. The only one in the agent, fed by {@link Standing} alone.
 * Thread-safe.
 */
public final class ServerClock {
  private record Anchor(Instant serverTime, Duration sinceBoot) {}

  private final BootClock boot;
  private volatile @Nullable Anchor anchor;

  public ServerClock(BootClock boot) {
    this.boot = boot;
  }

  /** The service just said what time it is. */
  public void heard(Instant serverTime) {
    anchor = new Anchor(serverTime, boot.sinceBoot());
  }

  /** The service's time now; empty until it was heard since this start. */
  public Optional<Instant> now() {
    Anchor heard = anchor;
    return heard == null
        ? Optional.empty()
        : Optional.of(heard.serverTime().plus(boot.sinceBoot().minus(heard.sinceBoot())));
  }
}
