package jp.sekisho.agent.grant;

import java.nio.file.Path;
import java.time.Duration;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import org.jspecify.annotations.Nullable;

/**
 * One grant in use at one medium, from asking the service to closed. Guarded by the desk's lock.
 */
final class Use {
  /** Where it stands; it only moves forward. */
  enum Phase {
    /** The service is being asked. Nothing is open. */
    ASKING,
    /** Durable; record and mount are being made. */
    OPENING,
    /** Mounted. */
    OPEN,
    /** Being closed, or closed with an effect not yet verified. */
    CLOSING
  }

  final ApprovedGrant grant;
  final PluggedMedium medium;
  final LivePresence presence;
  Phase phase = Phase.ASKING;
  Activation.@Nullable Answer activation;
  @Nullable Path mountPoint;
  @Nullable Cause cause;

  /** The approval of the extension that was tried last; null before. */
  @Nullable String lengthening;

  /** When to try again to close; null while a closing runs. */
  @Nullable Duration closeAgain;

  /** What the agent itself does with the medium; null where a person reads it. */
  final @Nullable Carrying carrying;

  Use(ApprovedGrant grant, PluggedMedium medium, LivePresence presence) {
    this(grant, medium, presence, null);
  }

  Use(
      ApprovedGrant grant,
      PluggedMedium medium,
      LivePresence presence,
      @Nullable Carrying carrying) {
    this.grant = grant;
    this.medium = medium;
    this.presence = presence;
    this.carrying = carrying;
  }
}
