package jp.sekisho.agent.grant;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Which refusals were recorded already: the desk looks several times a second, the log is told once
 * until something about it changes. Guarded by the desk's lock.
 */
final class RefusalBook {
  /** Beyond it the book is begun anew: a repeated record is better than a full memory. */
  private static final int MOST = 1000;

  private record Line(@Nullable String grant, @Nullable String fingerprint, Refusal reason) {}

  private final Set<Line> lines = new HashSet<>();
  private @Nullable Line newest;

  /** Whether this is the first time; from now on it is not. */
  boolean first(@Nullable String grant, @Nullable String fingerprint, Refusal reason) {
    if (lines.size() >= MOST) {
      lines.clear();
    }
    Line line = new Line(grant, fingerprint, reason);
    if (fingerprint != null) {
      newest = line;
    }
    return lines.add(line);
  }

  /** The medium came or went: whatever was said of it may be said again. */
  void forgetMedium(String fingerprint) {
    lines.removeIf(line -> fingerprint.equals(line.fingerprint()));
    if (newest != null && fingerprint.equals(newest.fingerprint())) {
      newest = null;
    }
  }

  /** The grant's medium opened: whatever was said of them together may be said again. */
  void forgetGrant(String grant) {
    lines.removeIf(line -> grant.equals(line.grant()) && line.fingerprint() != null);
    if (newest != null && Objects.equals(newest.grant(), grant)) {
      newest = null;
    }
  }

  /** Somebody came: whatever was said of media may be said again. */
  void forgetMedia() {
    lines.removeIf(line -> line.fingerprint() != null);
    newest = null;
  }

  /** Why a medium that is plugged in now stays closed, the newest reason; null for none. */
  @Nullable Refusal newest() {
    return newest == null ? null : newest.reason();
  }
}
