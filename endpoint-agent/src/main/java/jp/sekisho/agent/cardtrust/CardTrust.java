package jp.sekisho.agent.cardtrust;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import jp.sekisho.agent.login.CardObjections;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.CardTrustList;
import jp.sekisho.protocol.CardTrustOffer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * What the service judges cards by, at hand in this terminal. Asks for it at every interval and
 * keeps it durably; judges certificates by the service's time.
 *
 * <p>An objection counts only when the service, asked just then, still goes by the same: so a CA
 * pinned or a list replaced a minute ago keeps nobody out. When it cannot be asked, only what time
 * does not heal counts: a revocation, and the end of the card's own certificate. Without a list,
 * without the service's time, and for kinds that are too large for this terminal there is no
 * objection, and the service decides.
 *
 * <p>Where no service decides afterwards, {@link #of} judges in full and refuses whatever cannot be
 * told. Thread-safe.
 */
public final class CardTrust implements CardObjections, StaffNumbers, AutoCloseable {
  /** Between two questions, before jitter; a revocation does not wait for it at the service. */
  public static final Duration INTERVAL = Duration.ofMinutes(5);

  /** How long a person with a card that is about to be refused waits for the service. */
  static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final System.Logger LOG = System.getLogger(CardTrust.class.getName());

  /** The calls of the service. */
  public interface Source {
    /** The list; an empty answer says that nothing changed since {@code tag}. */
    Reply<Optional<byte[]>> list(@Nullable String tag);

    /** One of its parts, of at most {@code largest} bytes. */
    Reply<byte[]> part(String name, int largest);
  }

  private final CardTrustFiles files;
  private final Supplier<Set<CardKind>> kinds;
  private final Source source;
  private final Supplier<Optional<Instant>> serverTime;
  private final Supplier<Optional<Instant>> anyTime;
  private final int budget;
  private final RandomGenerator random;
  private final ScheduledExecutorService scheduler;
  private volatile Material material = Material.NONE;
  // Only the thread that asks.
  private String told = "";

  /**
   * Judges by nothing before {@link #start}.
   *
   * @param directory {@code card-trust/} of the state directory
   * @param kinds what the signed policy lets in: only of these anything is fetched
   * @param serverTime empty until it was heard since this start
   * @param otherwise the time to judge in full by where that is empty; empty where none is sure
   * @param budget most bytes of one kind's anchors and lists
   * @param scheduler one thread, closed with this
   */
  public CardTrust(
      Path directory,
      Supplier<Set<CardKind>> kinds,
      Source source,
      Supplier<Optional<Instant>> serverTime,
      Supplier<Optional<Instant>> otherwise,
      int budget,
      RandomGenerator random,
      ScheduledExecutorService scheduler) {
    this.files = new CardTrustFiles(directory);
    this.kinds = kinds;
    this.source = source;
    this.serverTime = serverTime;
    this.anyTime = () -> serverTime.get().or(otherwise);
    this.budget = budget;
    this.random = random;
    this.scheduler = scheduler;
  }

  /** What a terminal with so much memory can hold: lists grow about tenfold when they are read. */
  public static int budget(Runtime runtime) {
    return (int) Math.min(16 << 20, runtime.maxMemory() / 32);
  }

  /** Loads what was kept, asks now and from now on. */
  public void start() {
    scheduler.execute(() -> {
      load();
      refreshAndGoOn();
    });
  }

  /** Asks soon: the signed policy may let in other kinds now. */
  public void look() {
    if (!material.asked().equals(kinds.get())) {
      try {
        scheduler.execute(this::refresh);
      } catch (RejectedExecutionException e) {
        // The agent stops.
      }
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }

  @Override
  public Optional<Refusal> against(CardKind kind, X509Certificate certificate) {
    Optional<Instant> now = serverTime.get();
    if (now.isEmpty()) {
      return Optional.empty();
    }
    Optional<Refusal> found = material.against(kind, certificate);
    if (found.isEmpty()) {
      return found;
    }
    if (isConfirmed()) {
      return material.against(kind, certificate);
    }
    return found.filter(reason ->
        reason == Refusal.CERT_REVOKED
            || (reason == Refusal.CERT_EXPIRED
                && certificate.getNotAfter().toInstant().isBefore(now.get())));
  }

  @Override
  public StaffNumbers.Outcome of(
      CardKind kind, X509Certificate certificate, Collection<String> pins) {
    return anyTime.get().isEmpty()
        ? new StaffNumbers.Outcome.No(Refusal.CLOCK_DOUBTFUL)
        : material.number(kind, certificate, pins);
  }

  /** Whether the service says that what is held, or what it sent instead, is what it goes by. */
  private boolean isConfirmed() {
    try {
      return scheduler.submit(this::refresh).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException | TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      LOG.log(System.Logger.Level.ERROR, "card trust not refreshed", e.getCause());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void refreshAndGoOn() {
    try {
      refresh();
    } catch (RuntimeException | Error e) {
      // One bad answer must not be the last question.
      LOG.log(System.Logger.Level.ERROR, "card trust not refreshed", e);
    }
    if (!scheduler.isShutdown()) {
      long millis = INTERVAL.toMillis();
      long wait = millis - millis / 4 + random.nextLong(millis / 2);
      // refreshAndGoOn lets nothing out, so its future says nothing.
      var unused = scheduler.schedule(this::refreshAndGoOn, wait, TimeUnit.MILLISECONDS);
    }
  }

  /** Asks once, on the scheduler's thread; true when what is held now is what the service has. */
  boolean refresh() {
    Set<CardKind> wanted = kinds.get();
    Material held = material;
    String tag = held.asked().equals(wanted) && !held.tag().isEmpty() ? held.tag() : null;
    if (!(source.list(tag) instanceof Reply.Ok<Optional<byte[]>> ok)) {
      return false;
    }
    if (ok.value().isEmpty()) {
      return tag != null;
    }
    return take(ok.value().get(), wanted);
  }

  private boolean take(byte[] list, Set<CardKind> wanted) {
    String tag = Sha256.text(list);
    try {
      Map<CardKind, CardTrustOffer> offers =
          Material.offers(WireJson.read(list, CardTrustList.class), wanted, budget);
      Set<String> names = new HashSet<>();
      offers.values().forEach(offer -> names.addAll(Material.names(offer)));
      for (String name : names) {
        if (files.bytes(name, budget).isEmpty() && !fetch(name)) {
          return false;
        }
      }
      Material next = material(tag, wanted, offers);
      files.keepList(list, names);
      material = next;
      return true;
    } catch (MalformedException e) {
      tell(tag, "card trust unusable: " + e.getMessage());
    } catch (IOException e) {
      tell(tag, "card trust could not be kept: " + e);
    }
    return false;
  }

  private boolean fetch(String name) throws IOException {
    if (!(source.part(name, budget) instanceof Reply.Ok<byte[]> ok)) {
      return false; // replaced meanwhile, or cut off: asked again at the next interval
    }
    if (!Sha256.text(ok.value()).equals(name)) {
      tell(name, "a part of the card trust is not what was named");
      return false;
    }
    files.keepPart(name, ok.value());
    return true;
  }

  private Material material(String tag, Set<CardKind> wanted, Map<CardKind, CardTrustOffer> offers)
      throws MalformedException {
    return Material.of(
        tag,
        wanted,
        offers,
        new Material.Parts() {
          @Override
          public byte[] bytes(String name) throws MalformedException {
            try {
              return files
                  .bytes(name, budget)
                  .orElseThrow(() -> new MalformedException(name + " is not there"));
            } catch (IOException e) {
              throw new MalformedException(name + ": " + e);
            }
          }

          @Override
          public Path file(String name) {
            return files.part(name);
          }
        },
        () -> anyTime.get().orElseThrow());
  }

  void load() {
    try {
      Optional<byte[]> kept = files.keptList();
      if (kept.isPresent()) {
        Set<CardKind> wanted = kinds.get();
        byte[] list = kept.get();
        material =
            material(
                Sha256.text(list),
                wanted,
                Material.offers(WireJson.read(list, CardTrustList.class), wanted, budget));
      }
    } catch (MalformedException | IOException e) {
      tell("kept", "kept card trust unusable: " + e.getMessage());
    } catch (RuntimeException e) {
      // Fetched anew.
      LOG.log(System.Logger.Level.ERROR, "kept card trust unusable", e);
    }
  }

  /** Once, however often the same comes. */
  private void tell(String about, String what) {
    String notice = about + " " + what;
    if (!notice.equals(told)) {
      told = notice;
      LOG.log(System.Logger.Level.WARNING, what);
    }
  }
}
