package jp.sekisho.agent.enforce.clipboard;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import jp.sekisho.agent.enforce.RatedRecords;
import jp.sekisho.agent.enforce.clipboard.ClipboardRulings.Recording;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ClipboardEvent;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody holds the clipboard of who is at the screen, in {@code service}. A session
 * process that ended or fell silent leaves a gap: it is recorded when it is clear that there is one
 * and when it is over, and under {@code block} the screen is locked. Thread-safe.
 */
public final class ClipboardWatch {
  /** A gap that is over by then, as while the session process begins anew, locks nobody out. */
  static final Duration GRACE = Duration.ofSeconds(3);

  /** Whoever unlocks and leaves the gap open is locked again. */
  static final Duration AGAIN = Duration.ofMinutes(1);

  /** The fault while there is a gap. */
  static final String NO_SESSION = "clipboard-no-session";

  private static final System.Logger LOG = System.getLogger(ClipboardWatch.class.getName());

  /**
   * What it depends on.
   *
   * @param treatment what is to be done at the seat of a user
   * @param atScreen whether a user is at the screen now
   * @param lock locks the screen, without the session process; may take a moment
   * @param nanos a clock that only goes forward
   */
  public record Parts(
      IntFunction<Treatment> treatment,
      IntPredicate atScreen,
      Runnable lock,
      Recording records,
      LongSupplier nanos) {}

  /** A gap at the seat of one user. */
  private static final class Gap {
    final long since;
    boolean recorded;
    boolean locked;
    long lockedAt;
    ClipboardMode mode;

    Gap(long since, ClipboardMode mode) {
      this.since = since;
      this.mode = mode;
    }
  }

  private final Parts parts;

  // Guarded by this.
  private final Map<Integer, Hold> holds = new HashMap<>();
  private final Map<Integer, Gap> gaps = new HashMap<>();
  private final RatedRecords<ClipboardEvent> rated;
  private @Nullable String saidMode;
  private @Nullable String saidFault;

  public ClipboardWatch(Parts parts) {
    this.parts = parts;
    this.rated = new RatedRecords<>(parts.nanos());
  }

  /** The session process of {@code uid} says how it stands. */
  public synchronized void reported(int uid, Hold hold) {
    holds.put(uid, hold);
    Gap gap = gaps.remove(uid);
    if (gap != null) {
      over(gap);
    }
    look();
  }

  /**
   * The session process of {@code uid} is gone.
   *
   * @param silence how long it had given no sign of life by then
   */
  public synchronized void lost(int uid, Duration silence) {
    Hold before = holds.remove(uid);
    Treatment treatment = parts.treatment().apply(uid);
    if (before != null && treatment.holds()) {
      long since = parts.nanos().getAsLong() - silence.toNanos();
      gaps.putIfAbsent(uid, new Gap(since, treatment.mode()));
    }
  }

  /** To be called twice a second. */
  public void tick() {
    boolean lock = false;
    synchronized (this) {
      long now = parts.nanos().getAsLong();
      for (Map.Entry<Integer, Gap> each : Map.copyOf(gaps).entrySet()) {
        int uid = each.getKey();
        Gap gap = each.getValue();
        Treatment treatment = parts.treatment().apply(uid);
        if (!treatment.holds() || !parts.atScreen().test(uid)) {
          // Nobody is there to copy anything, or anybody may.
          gaps.remove(uid);
          if (gap.recorded) {
            over(gap);
          }
        } else if (now - gap.since >= GRACE.toNanos()) {
          lock |= goesOn(gap, treatment.mode(), now);
        }
      }
      rated.due().ifPresent(this::record);
      look();
    }
    if (lock) {
      parts.lock().run();
    }
  }

  private boolean goesOn(Gap gap, ClipboardMode mode, long now) {
    boolean lock =
        mode == ClipboardMode.BLOCK && (!gap.locked || now - gap.lockedAt >= AGAIN.toNanos());
    if (lock) {
      gap.locked = true;
      gap.lockedAt = now;
    }
    gap.mode = mode;
    if (!gap.recorded) {
      gap.recorded = true;
      note(new ClipboardEvent.Gap(word(mode), gap.locked, null, Refusal.CLIPBOARD_GAP));
    }
    return lock;
  }

  private void over(Gap gap) {
    long nanos = parts.nanos().getAsLong() - gap.since;
    long seconds = Duration.ofNanos(nanos).plusMillis(999).toSeconds();
    note(new ClipboardEvent.Gap(word(gap.mode), gap.locked, seconds, Refusal.CLIPBOARD_GAP));
  }

  /** Why the clipboard is not held; null when it is, or need not be. */
  public synchronized @Nullable String fault() {
    String fault = null;
    for (Map.Entry<Integer, Hold> each : holds.entrySet()) {
      boolean needed = parts.treatment().apply(each.getKey()).holds();
      if (needed && each.getValue().fault() != null && parts.atScreen().test(each.getKey())) {
        fault = each.getValue().fault();
      }
    }
    boolean gap = gaps.values().stream().anyMatch(each -> each.recorded);
    return fault == null && gap ? NO_SESSION : fault;
  }

  /** Records that it is held, or not, when that changed. */
  private void look() {
    if (holds.isEmpty() && gaps.isEmpty()) {
      return;
    }
    String fault = fault();
    int uid = holds.isEmpty() ? gaps.keySet().iterator().next() : holds.keySet().iterator().next();
    String mode = word(parts.treatment().apply(uid).mode());
    if (saidMode == null && mode.equals(word(ClipboardMode.ALLOW))) {
      return;
    }
    String said = fault == null ? "" : fault;
    if (!mode.equals(saidMode) || !said.equals(saidFault)) {
      saidMode = mode;
      saidFault = said;
      note(new ClipboardEvent.Held(mode, fault == null ? "effective" : "misconfigured", said));
    }
  }

  private void note(ClipboardEvent event) {
    // Of a program that begins and ends endlessly the newest is as good as all of them.
    if (rated.isRecordedNow(count -> event)) {
      record(event);
    }
  }

  private void record(ClipboardEvent event) {
    try {
      parts.records().append(event);
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
    }
  }

  private static String word(ClipboardMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }
}
