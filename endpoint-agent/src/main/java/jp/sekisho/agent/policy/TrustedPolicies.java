package jp.sekisho.agent.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.trust.TrustOutcome;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.TrustEvent;
import org.jspecify.annotations.Nullable;

/**
 * What this terminal trusts now. Loads the last good files at once, then asks the service at every
 * interval; a new set is recorded, then made durable, then counts. Thread-safe; listeners are
 * called on the thread that asks.
 */
public final class TrustedPolicies implements AutoCloseable {
  /** Between two questions, before jitter. */
  public static final Duration INTERVAL = Duration.ofSeconds(45);

  private static final System.Logger LOG = System.getLogger(TrustedPolicies.class.getName());

  /** Asks the service; an empty answer says that nothing changed since {@code tag}. */
  @FunctionalInterface
  public interface Source {
    Reply<Optional<byte[]>> fetch(@Nullable String tag);
  }

  /** Where records go. */
  @FunctionalInterface
  public interface Records {
    void append(AgentEvent event) throws SpoolException;
  }

  private final @Nullable TrustVerifier verifier;
  private final PolicyStore store;
  private final Source source;
  private final Records records;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ScheduledExecutorService scheduler;
  private final List<Consumer<TrustedState>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable TrustedState current;
  // Below: only the thread that asks.
  private @Nullable String tag;
  private @Nullable String recordedRefusal;

  /**
   * Loads what was kept; a terminal without a pinned root never trusts anything.
   *
   * @param directory {@code trust/} of the state directory
   * @param organ id of the terminal's 機関
   * @param terminal its id
   * @param rootHash base64url SHA-256 of the root its ticket named; null when it named none
   * @param scheduler one thread, closed with this
   */
  public TrustedPolicies(
      Path directory,
      String organ,
      String terminal,
      @Nullable String rootHash,
      Source source,
      Records records,
      InstantSource clock,
      RandomGenerator random,
      ScheduledExecutorService scheduler) {
    this.verifier = rootHash == null ? null : new TrustVerifier(organ, terminal, rootHash);
    this.store = new PolicyStore(directory);
    this.source = source;
    this.records = records;
    this.clock = clock;
    this.random = random;
    this.scheduler = scheduler;
    load();
  }

  /**
   * The files kept on disk that verify now, for who only looks; empty without any, or when they
   * were changed.
   */
  public static Optional<TrustedState> kept(
      Path directory, String organ, String terminal, @Nullable String rootHash) {
    if (rootHash == null) {
      return Optional.empty();
    }
    try {
      Optional<PolicyStore.Kept> kept = new PolicyStore(directory).load();
      if (kept.isPresent()
          && new TrustVerifier(organ, terminal, rootHash)
                  .restore(kept.get().files(), kept.get().revoked())
              instanceof TrustOutcome.Accepted good) {
        return Optional.of(good.state());
      }
    } catch (IOException | MalformedException e) {
      // A running service records it; here there is nothing to show.
    }
    return Optional.empty();
  }

  /** The files that count; empty while none do. Ask them for their expiry at every decision. */
  public Optional<TrustedState> current() {
    return Optional.ofNullable(current);
  }

  /** Is told of every new set after it counts, the first included if it comes after this call. */
  public void onChange(Consumer<TrustedState> listener) {
    listeners.add(listener);
  }

  /** Asks now and from now on. */
  public void start() {
    if (verifier == null) {
      LOG.log(System.Logger.Level.WARNING, "the ticket named no root: no policy can count here");
      return;
    }
    scheduler.execute(this::refreshAndGoOn);
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }

  private void refreshAndGoOn() {
    try {
      refresh();
    } catch (RuntimeException | Error e) {
      // One bad answer must not be the last question.
      LOG.log(System.Logger.Level.ERROR, "policy not refreshed", e);
    }
    if (!scheduler.isShutdown()) {
      long millis = INTERVAL.toMillis();
      long wait = millis - millis / 4 + random.nextLong(millis / 2);
      // refreshAndGoOn lets nothing out, so its future says nothing.
      var unused = scheduler.schedule(this::refreshAndGoOn, wait, TimeUnit.MILLISECONDS);
    }
  }

  /** Asks once. One caller at a time. */
  synchronized void refresh() {
    if (verifier == null) {
      return;
    }
    if (source.fetch(tag) instanceof Reply.Ok<Optional<byte[]>> ok && ok.value().isPresent()) {
      take(verifier, ok.value().get());
    }
    // Refused or out of reach: what counted still does, and its expiry runs.
  }

  private void take(TrustVerifier pinned, byte[] bytes) {
    TrustBundle files;
    try {
      files = TrustBundle.parse(bytes);
    } catch (MalformedException e) {
      refused(Sha256.text(bytes), Refusal.POLICY_MALFORMED, String.valueOf(e.getMessage()));
      return;
    }
    TrustedState old = current;
    TrustOutcome outcome = pinned.accept(old, files, clock.instant());
    if (outcome instanceof TrustOutcome.Rejected no) {
      refused(Sha256.text(bytes), no.reason(), no.what());
      return;
    }
    TrustedState next = ((TrustOutcome.Accepted) outcome).state();
    try {
      if (old == null || isNews(old, next)) {
        records.append(accepted(next));
      }
      store.store(files, next.revoked());
    } catch (SpoolException | IOException e) {
      // Not recorded or not durable: not trusted. Asked again at the next interval.
      LOG.log(System.Logger.Level.ERROR, "accepted policy could not be kept", e);
      return;
    }
    current = next;
    tag = files.tag();
    recordedRefusal = null;
    listeners.forEach(listener -> listener.accept(next));
  }

  /** Whether anything but the daily renewal of current changed. */
  private static boolean isNews(TrustedState old, TrustedState next) {
    return !old.signedRoot().hash().equals(next.signedRoot().hash())
        || !old.signedPolicy().hash().equals(next.signedPolicy().hash())
        || !old.layerNames().equals(next.layerNames())
        || !old.signedRoster().hash().equals(next.signedRoster().hash());
  }

  private static TrustEvent accepted(TrustedState state) {
    return new TrustEvent.Accepted(
        state.signedRoot().version(),
        state.signedPolicy().version(),
        state.signedPolicy().hash(),
        state.layerNames(),
        state.signedRoster().version(),
        state.trial());
  }

  /** Records a refusal once, however often the same files come. */
  private void refused(String hash, Refusal reason, String what) {
    String refusal = hash + " " + reason;
    if (refusal.equals(recordedRefusal)) {
      return;
    }
    LOG.log(System.Logger.Level.ERROR, "signed files refused: {0}, {1}", reason, what);
    try {
      records.append(new TrustEvent.Refused(hash, what, reason));
      recordedRefusal = refusal;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, "refusal of signed files not recorded", e);
    }
  }

  private void load() {
    if (verifier == null) {
      return;
    }
    try {
      Optional<PolicyStore.Kept> kept = store.load();
      if (kept.isEmpty()) {
        return;
      }
      TrustBundle files = kept.get().files();
      TrustOutcome outcome = verifier.restore(files, kept.get().revoked());
      if (outcome instanceof TrustOutcome.Accepted good) {
        current = good.state();
        tag = files.tag();
      } else {
        TrustOutcome.Rejected no = (TrustOutcome.Rejected) outcome;
        refused(files.tag(), no.reason(), "kept: " + no.what());
      }
    } catch (MalformedException e) {
      refused(Sha256.text(new byte[0]), Refusal.POLICY_MALFORMED, "kept: " + e.getMessage());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "kept policy cannot be read", e);
    }
  }
}
