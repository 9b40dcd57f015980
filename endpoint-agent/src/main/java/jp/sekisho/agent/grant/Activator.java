package jp.sekisho.agent.grant;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import jp.sekisho.agent.grant.ApprovedGrant.Further;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.agent.heartbeat.ServerClock;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * Asks the service to activate a grant, checks the answer and makes it durable. Thread-safe for
 * different grants.
 *
 * <p>One nonce per grant, durable before it is sent: an answer that got lost can be asked for again
 * and is the same. A repeated answer carries the time of the first, so what is left is counted from
 * the later of that time and the service's time as this terminal last heard it.
 */
final class Activator {
  /** How far an answer's time may be from what this terminal believes the service's time is. */
  static final Duration NEAR = Duration.ofMinutes(1);

  /** How far the wall clock may be from the service's: as far as certificates allow for. */
  static final Duration WALL = Duration.ofMinutes(10);

  /** The service may round the deadline's fraction of a second on its own. */
  private static final Duration ROUNDING = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(Activator.class.getName());

  private final String boot;
  private final GrantCalls calls;
  private final Activations store;
  private final BootClock bootClock;
  private final ServerClock serverClock;
  private final InstantSource wallClock;
  private final SecureRandom random;

  Activator(
      String boot,
      GrantCalls calls,
      Activations store,
      BootClock bootClock,
      ServerClock serverClock,
      InstantSource wallClock,
      SecureRandom random) {
    this.boot = boot;
    this.calls = calls;
    this.store = store;
    this.bootClock = bootClock;
    this.serverClock = serverClock;
    this.wallClock = wallClock;
    this.random = random;
  }

  /** What came of it. */
  sealed interface Result {
    /** Activated here and durable. */
    record Active(Activation.Answer answer) implements Result {}

    record No(Refusal reason) implements Result {}
  }

  private static Result no(Refusal reason) {
    return new Result.No(reason);
  }

  /**
   * Activates, or asks again for the activation this terminal has.
   *
   * @param fingerprint of the plugged medium; null where the grant's text names none
   */
  Result activate(ApprovedGrant grant, @Nullable String fingerprint) {
    Optional<Instant> heard = serverClock.now();
    if (heard.isEmpty()) {
      return no(Refusal.SERVER_UNREACHABLE);
    }
    if (Duration.between(heard.get(), wallClock.instant()).abs().compareTo(WALL) > 0) {
      return no(Refusal.CLOCK_DOUBTFUL);
    }
    Optional<Activation> before = store.of(grant.id());
    Optional<Refusal> untimely = untimely(grant.limits(before.orElse(null)), heard.get());
    if (untimely.isPresent()) {
      return no(untimely.get());
    }
    Activation asking =
        before.orElseGet(() -> Activation.asking(grant.id(), nonce(), grant.text().end()));
    try {
      if (before.isEmpty()) {
        store.put(asking);
      }
    } catch (IOException e) {
      return notStored(e);
    }
    // Read before the question leaves: the service's time in the answer is never earlier.
    Duration asked = bootClock.sinceBoot();
    Instant believed = serverClock.now().orElse(heard.get());
    Reply<Activated> reply =
        calls.activate(grant.id(), new ActivateRequest(asking.nonce(), boot, fingerprint));
    return reply.fold(
        answer -> take(grant, asking, before.isPresent(), asked, believed, answer),
        refused -> no(refused.refusal()),
        away -> no(Refusal.SERVER_UNREACHABLE));
  }

  /** Why it cannot begin at {@code serverTime}; empty when it can: start ≤ time &lt; end. */
  private static Optional<Refusal> untimely(ExportGrant limits, Instant serverTime) {
    if (serverTime.isBefore(limits.start())) {
      return Optional.of(Refusal.GRANT_EARLY);
    }
    return serverTime.isBefore(limits.end()) ? Optional.empty() : Optional.of(Refusal.GRANT_OVER);
  }

  private String nonce() {
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    return Base64Url.encode(nonce);
  }

  private Result take(
      ApprovedGrant grant,
      Activation asking,
      boolean again,
      Duration asked,
      Instant believed,
      Activated answer) {
    if (!answer.nonce().equals(asking.nonce())) {
      return no(Refusal.GRANT_INVALID);
    }
    Instant serverTime;
    Instant deadline;
    try {
      serverTime = Instant.parse(answer.serverTime());
      deadline = Instant.parse(answer.deadline());
    } catch (DateTimeException e) {
      return no(Refusal.GRANT_INVALID);
    }
    ExportGrant limits = grant.limits(asking);
    Optional<Refusal> untimely = untimely(limits, serverTime);
    if (untimely.isPresent()) {
      return no(untimely.get());
    }
    boolean future = serverTime.isAfter(believed.plus(NEAR));
    boolean past = !again && serverTime.isBefore(believed.minus(NEAR));
    if (future || past) {
      return no(Refusal.CLOCK_DOUBTFUL);
    }
    Instant latest = limits.deadline(serverTime);
    // The service counts an extension that is not made durable here yet; here it does not count.
    boolean extended = !(grant.further() instanceof Further.None);
    if (!extended && deadline.isAfter(latest.plus(ROUNDING))) {
      return no(Refusal.GRANT_INVALID);
    }
    Activation.Answer held = asking.answer();
    Instant until = earlier(deadline, latest);
    until = held == null ? until : earlier(until, held.deadline());
    Duration left = Duration.between(serverTime.isAfter(believed) ? serverTime : believed, until);
    if (left.isNegative() || left.isZero()) {
      return no(Refusal.GRANT_OVER);
    }
    Duration end = asked.plus(left);
    if (held != null && held.boot().equals(boot) && held.deadlineSinceBoot().compareTo(end) < 0) {
      end = held.deadlineSinceBoot();
    }
    Activation.Answer verified = new Activation.Answer(serverTime, until, boot, end);
    try {
      store.put(asking.answered(verified));
    } catch (IOException e) {
      return notStored(e);
    }
    return new Result.Active(verified);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Result notStored(IOException e) {
    LOG.log(System.Logger.Level.ERROR, "an activation is not stored, so nothing opens", e);
    return no(Refusal.RECORDS_FULL);
  }
}
