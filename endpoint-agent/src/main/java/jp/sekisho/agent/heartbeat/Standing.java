package jp.sekisho.agent.heartbeat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What the service last said about this terminal, kept on disk. Thread-safe.
 *
 * <p>A state this version does not know counts as revoked: it cannot mean more than {@code active}.
 */
public final class Standing {
  private static final System.Logger LOG = System.getLogger(Standing.class.getName());
  private static final Set<String> STATES = Set.of(Heard.PENDING, Heard.ACTIVE, Heard.REVOKED);

  private final StateDirectory directory;
  private final InstantSource clock;
  private final ServerClock serverClock;
  private volatile Heard heard;
  private volatile @Nullable Instant lastContact;
  private volatile boolean reachable = true;

  /**
   * @param clock the terminal's wall clock
   * @param serverClock fed here with every answer
   */
  public Standing(StateDirectory directory, InstantSource clock, ServerClock serverClock)
      throws StateException {
    this.directory = directory;
    this.clock = clock;
    this.serverClock = serverClock;
    this.heard = directory.heard();
  }

  /** {@code pending}, {@code active} or {@code revoked}. */
  public String state() {
    String state = heard.state();
    return STATES.contains(state) ? state : Heard.REVOKED;
  }

  /** Why this terminal may answer no login; empty when it may. */
  public Optional<Refusal> obstacle() {
    return switch (state()) {
      case Heard.ACTIVE -> Optional.empty();
      case Heard.PENDING -> Optional.of(Refusal.TERMINAL_PENDING);
      default -> Optional.of(Refusal.TERMINAL_REVOKED);
    };
  }

  /** Page origins whose transactions may be answered. */
  public List<String> origins() {
    return heard.origins();
  }

  /** Newest signed checkpoint of this terminal's log; empty before the first. */
  public String checkpoint() {
    return heard.checkpoint();
  }

  /** Whom a refusal tells people to call. */
  public String helpLine() {
    return heard.helpLine();
  }

  /** The service's time now; by this terminal's wall clock until it was heard since this start. */
  public Instant serverTime() {
    return serverClock.now().orElseGet(clock::instant);
  }

  /** How far the service's clock is ahead of this terminal's now; negative when behind. */
  public Duration serverAhead() {
    return Duration.between(clock.instant(), serverTime());
  }

  /** When the service last answered a heartbeat since this start; null before. */
  public @Nullable Instant lastContact() {
    return lastContact;
  }

  /** Whether the newest call was answered. */
  public boolean reachable() {
    return reachable;
  }

  /** The newest heartbeat had no answer. */
  void silent() {
    reachable = false;
  }

  /** The service refused this terminal outright. */
  synchronized void revoked() throws StateException {
    store(new Heard(Heard.REVOKED, heard.origins(), heard.checkpoint(), heard.helpLine()));
  }

  /** Takes a reply; its checkpoint is judged elsewhere. */
  synchronized void heard(HeartbeatReply reply) throws StateException {
    reachable = true;
    lastContact = clock.instant();
    try {
      serverClock.heard(Instant.parse(reply.serverTime()));
    } catch (DateTimeParseException e) {
      // Goes on from what was heard before; the state below still counts.
      LOG.log(System.Logger.Level.WARNING, "a heartbeat's answer without a time");
    }
    store(new Heard(reply.state(), reply.origins(), heard.checkpoint(), reply.helpLine()));
  }

  /** Keeps a checkpoint that continues {@code asked}, if that is still the one kept. */
  synchronized void keep(String asked, String checkpoint) throws StateException {
    if (heard.checkpoint().equals(asked)) {
      store(new Heard(heard.state(), heard.origins(), checkpoint, heard.helpLine()));
    }
  }

  private void store(Heard next) throws StateException {
    if (!next.equals(heard)) {
      // In effect at once, even when the disk refuses it: a revocation must not wait for a disk.
      heard = next;
      directory.storeHeard(next);
    }
  }
}
