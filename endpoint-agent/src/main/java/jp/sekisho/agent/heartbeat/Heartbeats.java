package jp.sekisho.agent.heartbeat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.Refusal;

/**
 * Beats every interval the service names, a little jittered, on one scheduler thread; more often
 * while the terminal is not confirmed and while the service does not answer.
 *
 * <p>Every beat also does what must be done regularly: {@code after} runs after it, answered or
 * not.
 */
public final class Heartbeats implements AutoCloseable {
  /** Between beats until the service names another interval. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(30);

  /**
   * While nobody has confirmed the terminal, and while the service does not answer: somebody stands
   * before the screen, reads that nothing goes, and waits for that to change.
   */
  public static final Duration WAITING_INTERVAL = Duration.ofSeconds(5);

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final System.Logger LOG = System.getLogger(Heartbeats.class.getName());

  /**
   * What every beat says the same.
   *
   * @param agentVersion version of the agent
   * @param boot base64url of 16 bytes
   * @param enforcement measured at each beat
   */
  public record Self(String agentVersion, String boot, Supplier<Enforcement> enforcement) {}

  private final Self self;
  private final Spool spool;
  private final Standing standing;
  private final LogMark log;
  private final Function<Heartbeat, Reply<HeartbeatReply>> send;
  private final Runnable after;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ScheduledExecutorService scheduler;

  private volatile Duration interval = DEFAULT_INTERVAL;

  /**
   * @param after runs after each beat on the same thread, answered or not: renewal, status file
   */
  public Heartbeats(
      Self self,
      Spool spool,
      Standing standing,
      LogMark log,
      Function<Heartbeat, Reply<HeartbeatReply>> send,
      Runnable after,
      InstantSource clock,
      RandomGenerator random,
      ScheduledExecutorService scheduler) {
    this.self = self;
    this.spool = spool;
    this.standing = standing;
    this.log = log;
    this.send = send;
    this.after = after;
    this.clock = clock;
    this.random = random;
    this.scheduler = scheduler;
  }

  /** Beats now and from now on. */
  public void start() {
    scheduler.execute(this::beatAndGoOn);
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }

  /** The wait between two beats, before jitter. */
  public Duration interval() {
    String state = standing.state();
    boolean waits =
        state.equals(Heard.PENDING) || (!standing.reachable() && !state.equals(Heard.REVOKED));
    return waits && interval.compareTo(WAITING_INTERVAL) > 0 ? WAITING_INTERVAL : interval;
  }

  private void beatAndGoOn() {
    try {
      beat();
      after.run();
    } catch (RuntimeException | Error e) {
      // One bad beat must not be the last: a silent terminal is suspended.
      LOG.log(System.Logger.Level.ERROR, "heartbeat failed", e);
    }
    if (!scheduler.isShutdown()) {
      long millis = interval().toMillis();
      // Up to a tenth early, never late: three missed intervals suspend the sessions here.
      long wait = millis - random.nextLong(millis / 10 + 1);
      // beatAndGoOn lets nothing out, so its future says nothing.
      var unused = scheduler.schedule(this::beatAndGoOn, wait, TimeUnit.MILLISECONDS);
    }
  }

  /** One beat. */
  void beat() {
    Enforcement enforcement = self.enforcement().get();
    String asked = log.kept();
    Heartbeat heartbeat =
        new Heartbeat(
            self.agentVersion(),
            self.boot(),
            spool.lastSeq(),
            spool.depth(),
            enforcement.enforcing(),
            enforcement.fault(),
            clock.instant().toString(),
            LogWatch.size(asked));
    // Taken before the call: an acknowledgement may overtake the reply.
    long acknowledged = spool.acknowledgedSeq();
    Reply<HeartbeatReply> reply = send.apply(heartbeat);
    try {
      if (reply instanceof Reply.Ok<HeartbeatReply> ok) {
        standing.heard(ok.value());
        log.heard(asked, ok.value());
        interval = bounded(Duration.ofSeconds(ok.value().intervalSeconds()));
        if (ok.value().acknowledged() < acknowledged) {
          spool.regressedTo(ok.value().acknowledged());
        }
      } else {
        standing.silent();
        if (reply instanceof Reply.Refused<HeartbeatReply> no
            && no.refusal() == Refusal.TERMINAL_REVOKED) {
          standing.revoked();
        }
      }
    } catch (StateException | SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, "heartbeat reply not stored", e);
    }
  }

  private static Duration bounded(Duration named) {
    if (named.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return named.compareTo(LONGEST) > 0 ? LONGEST : named;
  }
}
