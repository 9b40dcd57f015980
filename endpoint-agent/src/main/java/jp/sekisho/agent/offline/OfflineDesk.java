package jp.sekisho.agent.offline;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import jp.sekisho.agent.grant.Records;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.agent.login.Attempts;
import jp.sekisho.agent.login.Bindings;
import jp.sekisho.agent.login.CardDesk;
import jp.sekisho.agent.login.CardDesk.Look;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.login.TextSigning;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.policy.Decision;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.OfflineEvent;
import jp.sekisho.protocol.event.OfflineEvent.Cause;
import jp.sekisho.protocol.statement.OfflineLogin;
import jp.sekisho.smartcard.verify.Spki;
import org.jspecify.annotations.Nullable;

/**
 * Logs a person in at this terminal while its service cannot be reached, and ends that for good the
 * moment it may not go on. One login stands at a time, in this process only: nothing on the disk
 * ever brings one back.
 *
 * <p>Thread-safe. No lock is held over a card, a window, the network or a durable write.
 *
 * <p>Over 400 lines: what is judged before the PIN is judged again behind it, and apart the two
 * would drift.
 */
public final class OfflineDesk {
  /** From the question to the signature. */
  static final Duration LONGEST = Duration.ofMinutes(3);

  /** How long a card may be put in after the question. */
  static final Duration CARD_WAIT = Duration.ofSeconds(30);

  /** Questions of one user within {@link #WINDOW}: each is a record. */
  static final int MOST_ASKED = 10;

  /** More than any one stay of a card is bound to. */
  private static final int MOST_KEPT = 64;

  private static final Duration WINDOW = Duration.ofMinutes(10);

  private static final System.Logger LOG = System.getLogger(OfflineDesk.class.getName());

  /**
   * Whose desk it is.
   *
   * @param boot base64url of 16 bytes
   */
  public record Self(String terminal, String organ, String boot) {}

  /** Has a card sign the text at a seat; what is known against the card is asked before its PIN. */
  @FunctionalInterface
  public interface Signer {
    /**
     * Asks for one signature.
     *
     * @param left how much longer it may be signed
     * @param lastTry the person was told that one try is left and wants to use it
     */
    TextSigning.Outcome sign(
        Seat seat, Stay stay, OfflineLogin text, Supplier<Duration> left, boolean lastTry);

    /** By the agent's own way to cards and PINs. */
    static Signer of(TextSigning cards) {
      return (seat, stay, text, left, lastTry) ->
          cards.prove(seat, stay, OfflineLogin.PURPOSE, text.bytes(), left, lastTry);
    }
  }

  /**
   * What the desk depends on.
   *
   * @param seats the seat of a user who is at the screen
   * @param reserved cards that were put in for something else than a login
   * @param reachable asks the service, which may take seconds, whether it answers at all
   * @param obstacle why this terminal may answer no login
   */
  public record Parts(
      CardDesk cards,
      Signer signer,
      OfflineGate gate,
      Contacts contacts,
      Bindings bindings,
      IntFunction<Optional<Seat>> seats,
      Predicate<Stay> reserved,
      BooleanSupplier reachable,
      Supplier<Optional<Refusal>> obstacle,
      Records records) {}

  /**
   * The login that stands.
   *
   * @param at when it began, by the time of the gate
   * @param begun when it began, by the boot clock
   * @param end when it must be over, by the boot clock
   */
  private record Session(
      String transaction,
      String person,
      LivePresence presence,
      Instant at,
      Duration begun,
      Duration end) {}

  private final Self self;
  private final Parts parts;
  private final BootClock clock;
  private final SecureRandom random;
  private final Executor effects;
  private final Runnable pause;
  private final Attempts attempts;
  private final AtomicBoolean asking = new AtomicBoolean();

  /** The newest logins of this process, which a binding may name. Guarded by this. */
  private final Set<String> made = new LinkedHashSet<>();

  // Changed under this only; read anywhere.
  private volatile @Nullable Session session;

  /**
   * @param effects writes records of what a thread that must not wait for a disk saw
   * @param pause lets a fraction of a second go by, between two looks for a card
   */
  public OfflineDesk(
      Self self,
      Parts parts,
      BootClock clock,
      SecureRandom random,
      Executor effects,
      Runnable pause) {
    this.self = self;
    this.parts = parts;
    this.clock = clock;
    this.random = random;
    this.effects = effects;
    this.pause = pause;
    this.attempts = new Attempts(clock, MOST_ASKED, WINDOW);
  }

  /** Listens for cards and seats that go. */
  public void start() {
    parts
        .bindings()
        .onChange(
            new Bindings.Listener() {
              @Override
              public void came(LivePresence presence) {}

              @Override
              public void went(LivePresence presence, boolean cardGone) {
                Session now = session;
                if (now != null && now.presence().equals(presence)) {
                  end(now, cardGone ? Cause.CARD_REMOVED : Cause.SEAT_LOST, effects);
                }
              }
            });
  }

  /** Whether that card was proved here, by its PIN too, and still stands by it. Returns at once. */
  public boolean isProved(LivePresence presence) {
    Session now = session;
    return now != null && now.presence().equals(presence);
  }

  // --- Logging in ---

  /**
   * Logs the person whose card is in the reader in. Blocks until it is done or refused.
   *
   * @param uid user who asks, as the kernel says
   */
  public OfflineOutcome ask(int uid, boolean lastTry) {
    Seat seat = parts.seats().apply(uid).orElse(null);
    switch (attempts.add(seat == null ? Attempts.WITHOUT_SEAT : uid)) {
      case GOOD -> {}
      case FIRST_TOO_MANY -> {
        return refuse(Refusal.TOO_MANY);
      }
      case TOO_MANY -> {
        return new OfflineOutcome.Refused(Refusal.TOO_MANY);
      }
    }
    if (seat == null) {
      return refuse(Refusal.PEER_FOREIGN);
    }
    if (!asking.compareAndSet(false, true)) {
      return refuse(Refusal.CARD_BUSY);
    }
    try {
      return attempt(seat, lastTry);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "an offline login failed unexpectedly", e);
      return refuse(Refusal.INTERNAL);
    } finally {
      asking.set(false);
    }
  }

  private OfflineOutcome attempt(Seat seat, boolean lastTry) {
    OfflineOutcome obstacle = obstacle();
    if (obstacle != null) {
      return obstacle;
    }
    if (parts.reachable().getAsBoolean()) {
      return refuse(Refusal.OFFLINE_ONLINE);
    }
    if (!parts.contacts().mark()) {
      return refuse(Refusal.OFFLINE_UNKNOWN);
    }
    OfflineGate.Verdict early = parts.gate().anybody();
    if (early instanceof OfflineGate.Verdict.No no) {
      return refuse(null, OptionalInt.empty(), no.reason(), no.by());
    }
    Look look = look(seat);
    if (look instanceof Look.Absent absent) {
      return refuse(absent.reason());
    }
    Stay stay = ((Look.Present) look).stay();
    if (parts.reserved().test(stay)) {
      return refuse(Refusal.CARD_BUSY);
    }
    OfflineLogin text =
        new OfflineLogin(
            random(16),
            random(32),
            self.organ(),
            self.terminal(),
            self.boot(),
            ((OfflineGate.Verdict.Yes) early).at().truncatedTo(ChronoUnit.SECONDS));
    Duration until = clock.sinceBoot().plus(LONGEST);
    TextSigning.Outcome outcome =
        parts.signer().sign(seat, stay, text, () -> until.minus(clock.sinceBoot()), lastTry);
    return outcome instanceof TextSigning.Outcome.Signed signed
        ? signed(seat, stay, text, signed)
        : unsigned((TextSigning.Outcome.No) outcome);
  }

  /** The card in the reader, or the one that is put in soon. */
  private Look look(Seat seat) {
    Duration until = clock.sinceBoot().plus(CARD_WAIT);
    while (true) {
      Look look = parts.cards().look();
      boolean waits =
          look instanceof Look.Absent absent
              && absent.reason() == Refusal.NO_CARD
              && clock.sinceBoot().compareTo(until) < 0
              && parts.seats().apply(seat.uid()).filter(seat::equals).isPresent();
      if (!waits) {
        return look;
      }
      pause.run();
    }
  }

  /** What stands in the way whoever asks; null for nothing. */
  private @Nullable OfflineOutcome obstacle() {
    Optional<Refusal> standing = parts.obstacle().get();
    if (standing.isPresent()) {
      return refuse(standing.get());
    }
    return parts.records().room() == Room.GONE
        ? new OfflineOutcome.Refused(Refusal.RECORDS_FULL)
        : null;
  }

  private OfflineOutcome unsigned(TextSigning.Outcome.No no) {
    // A stranger's card leaves no number of tries.
    OptionalInt tries = no.reason() == Refusal.UNKNOWN_CARD ? OptionalInt.empty() : no.triesLeft();
    return refuse(null, tries, no.reason(), null);
  }

  /** Everything once more: minutes have gone by since the first look. */
  private OfflineOutcome signed(
      Seat seat, Stay stay, OfflineLogin text, TextSigning.Outcome.Signed signed) {
    byte[] spki = signed.spki();
    if (!Arrays.equals(spki, signed.certificate().getPublicKey().getEncoded())
        || !Spki.verifies(spki, text.bytes(), signed.signature())) {
      return refuse(Refusal.SIGNATURE_INVALID);
    }
    // The wall clock's high water is durable before it is believed.
    if (!parts.contacts().mark()) {
      return refuse(Refusal.OFFLINE_UNKNOWN);
    }
    OfflineGate.Verdict verdict = parts.gate().judge(signed.kind(), signed.certificate());
    if (verdict instanceof OfflineGate.Verdict.No no) {
      return refuse(null, OptionalInt.empty(), no.reason(), no.by());
    }
    OfflineGate.Verdict.Yes yes = (OfflineGate.Verdict.Yes) verdict;
    if (parts.reserved().test(stay)) {
      return refuse(yes.person(), Refusal.CARD_BUSY);
    }
    OfflineOutcome obstacle = obstacle();
    if (obstacle != null) {
      return obstacle;
    }
    Session before = session;
    if (before != null) {
      end(before, Cause.REPLACED);
      if (before.presence().uid() != seat.uid()) {
        parts.bindings().lock(before.transaction());
      } else if (!before.presence().stay().equals(stay)) {
        parts.bindings().standDown(ours());
      }
    }
    boolean recorded =
        record(
            new OfflineEvent.Succeeded(
                text.transaction(),
                yes.person(),
                Base64Url.encode(text.bytes()),
                Base64Url.encode(signed.signature()),
                Base64Url.encode(spki),
                yes.contact().truncatedTo(ChronoUnit.MILLIS).toString(),
                yes.by().ruling()));
    return recorded
        ? stand(seat, stay, text, yes, Sha256.text(spki))
        : new OfflineOutcome.Refused(Refusal.RECORDS_FULL);
  }

  private OfflineOutcome stand(
      Seat seat, Stay stay, OfflineLogin text, OfflineGate.Verdict.Yes yes, String spki) {
    Duration now = clock.sinceBoot();
    Session next =
        new Session(
            text.transaction(),
            yes.person(),
            new LivePresence(seat.uid(), stay, spki),
            yes.at(),
            now,
            now.plus(yes.longest()));
    synchronized (this) {
      session = next;
      made.add(text.transaction());
      if (made.size() > MOST_KEPT) {
        made.remove(made.iterator().next());
      }
    }
    // Before the binding there is nobody to tell of a card that goes; afterwards it is told.
    Optional<Refusal> gone = parts.bindings().bind(seat, text.transaction(), stay, spki);
    if (gone.isPresent()) {
      end(next, gone.get() == Refusal.CARD_REMOVED ? Cause.CARD_REMOVED : Cause.SEAT_LOST);
      return new OfflineOutcome.Refused(gone.get());
    }
    return isStanding(next)
        ? new OfflineOutcome.LoggedIn(yes.person(), yes.longest().toMinutes())
        : new OfflineOutcome.Refused(Refusal.CARD_REMOVED);
  }

  private synchronized Set<String> ours() {
    return Set.copyOf(made);
  }

  private boolean isStanding(Session one) {
    return Objects.equals(session, one);
  }

  // --- Ending ---

  /**
   * Ends what must not go on; to be called after each heartbeat.
   *
   * @param reached whether the service answered it
   */
  public void beat(boolean reached) {
    Session now = session;
    if (now == null) {
      return;
    }
    if (reached) {
      // Who stays logs in there; the desktop is not taken from them.
      end(now, Cause.ONLINE);
      parts.bindings().standDown(ours());
      return;
    }
    Duration since = clock.sinceBoot().minus(now.begun());
    Cause cause =
        clock.sinceBoot().compareTo(now.end()) >= 0
            ? Cause.LIMIT
            : parts.obstacle().get().isPresent()
                ? Cause.REVOKED
                : parts.gate().whyNot(now.person(), now.presence().spki(), now.at(), since);
    if (cause != null) {
      end(now, cause);
      parts.bindings().lock(now.transaction());
    }
  }

  private void end(Session one, Cause cause) {
    end(one, cause, Runnable::run);
  }

  /** The first cause counts. */
  private void end(Session one, Cause cause, Executor writer) {
    synchronized (this) {
      if (!isStanding(one)) {
        return;
      }
      session = null;
    }
    writer.execute(() -> {
      var unused = record(new OfflineEvent.Ended(one.transaction(), cause));
    });
  }

  // --- Records ---

  private OfflineOutcome refuse(Refusal reason) {
    return refuse(null, reason);
  }

  private OfflineOutcome refuse(@Nullable String person, Refusal reason) {
    return refuse(person, OptionalInt.empty(), reason, null);
  }

  private OfflineOutcome refuse(
      @Nullable String person, OptionalInt tries, Refusal reason, @Nullable Decision by) {
    boolean recorded =
        parts.records().room() != Room.GONE
            && record(
                new OfflineEvent.Refused(
                    person,
                    tries.isPresent() ? tries.getAsInt() : null,
                    by == null ? null : by.ruling(),
                    reason));
    // Without its record even a refusal says only that records cannot be kept.
    return recorded
        ? new OfflineOutcome.Refused(reason, by == null ? null : by.reason())
        : new OfflineOutcome.Refused(Refusal.RECORDS_FULL);
  }

  private boolean record(OfflineEvent event) {
    try {
      parts.records().append(event);
      return true;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
      return false;
    }
  }

  private String random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64Url.encode(bytes);
  }
}
