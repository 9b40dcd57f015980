package jp.sekisho.agent.emergency;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.agent.emergency.EmergencyCheck.Answer;
import jp.sekisho.agent.emergency.EmergencyCheck.Verified;
import jp.sekisho.agent.emergency.Talk.Step;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.grant.OpenGrant;
import jp.sekisho.agent.grant.Records;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.agent.login.Attempts;
import jp.sekisho.agent.login.Bindings;
import jp.sekisho.agent.login.CardDesk;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.agent.login.TextSigning;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.EmergencyEvent;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import jp.sekisho.protocol.statement.BreakGlass;
import jp.sekisho.protocol.statement.BreakGlass.Reason;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.jspecify.annotations.Nullable;

/**
 * Opens one medium under an 緊急時の例外措置, and closes it for good the moment something that it needs is
 * not so any more.
 *
 * <p>One case is made, signed and used by one {@link #ask}: its text with its nonce exists in this
 * process only while it waits for the cards, so no signature made before, elsewhere or for a
 * process that ended opens anything, and nothing that is closed opens again. The deadline is that
 * of the boot clock, taken before the medium is opened.
 *
 * <p>Thread-safe. The lock is never held over a card, a window, the network, a mount or a durable
 * write.
 *
 * <p>Over 400 lines because the way from the question to the closed medium reads best whole.
 */
public final class EmergencyDesk implements AutoCloseable {
  /** Between two looks without an event. */
  public static final Duration TICK = Duration.ofMillis(500);

  /** From the question to the last signature. */
  static final Duration LONGEST_CEREMONY = Duration.ofMinutes(10);

  /** Questions of one user within {@link #LONGEST_CEREMONY}: each is a record or more. */
  static final int MOST_ASKED = 10;

  /** Cards that are tried for one question. */
  private static final int MOST_CARDS = 12;

  private static final Duration CLOSE_AGAIN = Duration.ofSeconds(2);

  /** After these the same person, or another, may put a card in again. */
  private static final Set<Refusal> TRY_AGAIN =
      EnumSet.of(
          Refusal.UNKNOWN_CARD,
          Refusal.NO_CARD,
          Refusal.CARD_REMOVED,
          Refusal.CARD_BUSY,
          Refusal.CARD_FAILED,
          Refusal.PIN_WRONG,
          Refusal.PIN_FORMAT,
          Refusal.PIN_CANCELLED);

  private static final System.Logger LOG = System.getLogger(EmergencyDesk.class.getName());

  /**
   * Whose desk it is.
   *
   * @param boot base64url of 16 bytes
   */
  public record Self(String terminal, String organ, String boot) {}

  /** Has a card sign the text at a seat. */
  @FunctionalInterface
  public interface Signer {
    /**
     * Asks for one signature.
     *
     * @param left how much longer it may be signed
     */
    TextSigning.Outcome sign(Seat seat, Stay stay, BreakGlass text, Supplier<Duration> left);

    /** By the agent's own way to cards and PINs. */
    static Signer of(TextSigning cards) {
      return (seat, stay, text, left) ->
          cards.sign(seat, stay, BreakGlass.PURPOSE, text.bytes(), left);
    }
  }

  /**
   * What the desk depends on.
   *
   * @param numbers judges the user's certificate
   * @param presences cards that stand behind seats now
   * @param seats the seat of a user who is at the screen
   * @param trust what the signed files say now
   * @param reachable asks the service, which may take seconds, whether it answers at all
   * @param active whether the terminal is confirmed and not revoked
   * @param enforcing whether the gates hold, as measured
   */
  public record Parts(
      MediaGate gate,
      CardDesk cards,
      Signer signer,
      StaffNumbers numbers,
      Supplier<List<LivePresence>> presences,
      IntFunction<Optional<Seat>> seats,
      Supplier<EmergencyTrust.Now> trust,
      BooleanSupplier reachable,
      BooleanSupplier active,
      BooleanSupplier enforcing,
      Records records) {}

  /**
   * The clocks it reads.
   *
   * @param server the service's time as the boot clock carries it on; empty where it was never
   *     heard
   */
  public record Clocks(BootClock boot, Supplier<Optional<Instant>> server) {}

  /** One case that is being signed. */
  private record Scene(
      Seat seat,
      LivePresence presence,
      PluggedMedium medium,
      BreakGlass text,
      EmergencyCheck check,
      Duration until,
      Talk talk) {}

  private enum Phase {
    OPENING,
    OPEN,
    CLOSING
  }

  /** One medium in use. Guarded by the desk's lock. */
  private static final class Use {
    final EmergencyCase known;
    final PluggedMedium medium;
    final Seat seat;
    final Stay stay;
    final Duration deadline;
    final Set<String> keys;
    Phase phase = Phase.OPENING;
    @Nullable Path mountPoint;
    @Nullable Cause cause;
    @Nullable Duration closeAgain;

    /**
     * @param keys base64url of the SHA-256 of each signer's SubjectPublicKeyInfo
     */
    Use(
        EmergencyCase known,
        PluggedMedium medium,
        Seat seat,
        Stay stay,
        Duration deadline,
        Set<String> keys) {
      this.known = known;
      this.medium = medium;
      this.seat = seat;
      this.stay = stay;
      this.deadline = deadline;
      this.keys = keys;
    }

    String request() {
      return known.text().request();
    }
  }

  private final Self self;
  private final Parts parts;
  private final Clocks clocks;
  private final EmergencyCases store;
  private final SecureRandom random;
  private final Executor work;
  private final Runnable pause;
  private final Runnable changed;
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicBoolean measuring = new AtomicBoolean();
  private final Reserved reserved;
  private final Attempts attempts;
  private volatile boolean gatesHold;

  // All below is guarded by this.

  private @Nullable Use use;
  private boolean stopped;

  /** Users at whose seats a passkey answered since the question that is being signed. */
  private final Set<Integer> answered = new HashSet<>();

  /**
   * @param work runs what may take seconds
   * @param pause lets a fraction of a second go by, between two looks for a card
   * @param changed called, without the lock, when what {@link #open} says changes
   */
  public EmergencyDesk(
      Self self,
      Parts parts,
      Clocks clocks,
      Path file,
      SecureRandom random,
      Executor work,
      Runnable pause,
      Runnable changed) {
    this.self = self;
    this.parts = parts;
    this.clocks = clocks;
    this.store = openStore(file);
    this.reserved = new Reserved(parts.cards());
    this.attempts = new Attempts(clocks.boot(), MOST_ASKED, LONGEST_CEREMONY);
    this.random = random;
    this.work = work;
    this.pause = pause;
    this.changed = changed;
  }

  private static EmergencyCases openStore(Path file) {
    try {
      return EmergencyCases.open(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "emergencies not readable; begun anew", e);
      return EmergencyCases.empty(file);
    }
  }

  /**
   * Ends for good whatever an earlier process left, then listens. Every medium must have been shut
   * by then, whatever the file of cases says: it may be the one thing that that process lost.
   *
   * @param seats takes a listener for what happens at seats
   * @param shut whether every medium was verifiably shut since that process ended
   */
  public void start(Consumer<Bindings.Listener> seats, boolean shut) {
    for (EmergencyCase left : store.all()) {
      if (left.state() == EmergencyCase.State.OPEN) {
        record(new EmergencyEvent.Closed(left.text().request(), Cause.AGENT_KILLED, shut));
      }
      if (left.state() != EmergencyCase.State.OVER) {
        keep(left.over());
      }
    }
    parts.gate().onUnplugged(this::unplugged);
    parts
        .cards()
        .onGone(reader -> {
          run(this::tick);
          run(reserved::forgetGone);
        });
    seats.accept(
        new Bindings.Listener() {
          @Override
          public void came(LivePresence presence) {
            run(EmergencyDesk.this::tick);
          }

          @Override
          public void went(LivePresence presence, boolean cardGone) {
            run(EmergencyDesk.this::tick);
          }

          @Override
          public void passkey(int uid) {
            EmergencyDesk.this.passkey(uid);
          }
        });
  }

  /** The gate tells it: a look at the gate may wait for a driver, and a deadline must not. */
  private void unplugged(PluggedMedium medium) {
    Use now;
    synchronized (this) {
      now = use;
    }
    if (now != null && now.medium.equals(medium)) {
      end(now, Cause.UNPLUGGED);
    }
  }

  /** Somebody who has a passkey uses that seat now, and nobody can tell who. */
  private void passkey(int uid) {
    Use now;
    synchronized (this) {
      answered.add(uid);
      now = use;
    }
    if (now != null && now.seat.uid() == uid) {
      end(now, Cause.SEAT_LOST);
    }
  }

  // --- Asking ---

  /**
   * Makes a case, has it signed and opens its medium. Blocks until it is open or refused, {@link
   * #LONGEST_CEREMONY} at most and what the opening takes.
   *
   * @param uid user who asks, as the kernel says
   */
  public EmergencyOutcome ask(int uid, int minutes, Reason reason, Talk talk) {
    Seat seat = parts.seats().apply(uid).orElse(null);
    if (isTooOften(seat == null ? Attempts.WITHOUT_SEAT : uid)) {
      return new EmergencyOutcome.Refused(Refusal.TOO_MANY);
    }
    if (seat == null) {
      return refuse(null, null, Refusal.PEER_FOREIGN);
    }
    if (!asking.compareAndSet(false, true)) {
      return refuse(null, null, Refusal.EMERGENCY_BUSY);
    }
    try {
      return begin(seat, minutes, reason, talk);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "an emergency failed unexpectedly", e);
      return refuse(null, null, Refusal.INTERNAL);
    } finally {
      asking.set(false);
    }
  }

  /** The first question too many is recorded, the others of that time are not. */
  private boolean isTooOften(int user) {
    Attempts.Answer answer = attempts.add(user);
    if (answer == Attempts.Answer.FIRST_TOO_MANY) {
      EmergencyOutcome unused = refuse(null, null, Refusal.TOO_MANY);
    }
    return answer != Attempts.Answer.GOOD;
  }

  private EmergencyOutcome begin(Seat seat, int minutes, Reason reason, Talk talk) {
    EmergencyTrust.Now now = parts.trust().get();
    if (now instanceof EmergencyTrust.Now.None none) {
      return refuse(null, null, none.reason());
    }
    EmergencyTrust trust = ((EmergencyTrust.Now.InForce) now).trust();
    synchronized (this) {
      // Before the look at who is there: a passkey from now on counts.
      answered.clear();
    }
    LivePresence presence = presence(seat.uid(), trust).orElse(null);
    Optional<String> known = presence == null ? Optional.empty() : person(presence, trust);
    if (presence == null || known.isEmpty()) {
      return refuse(null, null, Refusal.EMERGENCY_NO_SESSION);
    }
    String person = known.get();
    Refusal obstacle = obstacle(minutes, trust);
    if (obstacle != null) {
      return refuse(null, person, obstacle);
    }
    List<PluggedMedium> plugged = parts.gate().plugged();
    if (plugged.size() != 1) {
      return refuse(null, person, plugged.isEmpty() ? Refusal.MEDIUM_ABSENT : Refusal.MEDIUM_TWICE);
    }
    PluggedMedium medium = plugged.get(0);
    if (!trust.permits(medium.fingerprint())) {
      return refuse(null, person, Refusal.EMERGENCY_POLICY);
    }
    Instant made = clocks.server().get().orElse(null);
    if (made == null) {
      return refuse(null, person, Refusal.CLOCK_DOUBTFUL);
    }
    if (parts.reachable().getAsBoolean()) {
      return refuse(null, person, Refusal.EMERGENCY_ONLINE);
    }
    BreakGlass text =
        new BreakGlass(
            random(16),
            random(32),
            self.organ(),
            self.terminal(),
            self.boot(),
            person,
            Capability.USB_READ,
            medium.fingerprint(),
            reason,
            made.truncatedTo(ChronoUnit.SECONDS),
            minutes);
    Duration until = clocks.boot().sinceBoot().plus(LONGEST_CEREMONY);
    Scene scene = new Scene(seat, presence, medium, text, new EmergencyCheck(text), until, talk);
    String unsigned = Base64Url.encode(text.bytes());
    if (!keep(EmergencyCase.asked(text))
        || !record(new EmergencyEvent.Asked(text.request(), person, unsigned))) {
      return refuse(text.request(), person, Refusal.RECORDS_FULL);
    }
    EmergencyOutcome outcome = sign(scene);
    if (outcome instanceof EmergencyOutcome.Refused no) {
      keep(EmergencyCase.asked(text).over());
      return refuse(text.request(), person, no.reason());
    }
    return outcome;
  }

  /** What stands in the way whoever asks, and for which medium; null for nothing. */
  private @Nullable Refusal obstacle(int minutes, EmergencyTrust trust) {
    if (trust.longest().isZero()) {
      return Refusal.EMERGENCY_POLICY;
    }
    if (minutes < 1
        || minutes > BreakGlass.MAX_MINUTES
        || trust.longest().compareTo(Duration.ofMinutes(minutes)) < 0) {
      return Refusal.EMERGENCY_TOO_LONG;
    }
    if (!trust.grants().startsNew()) {
      return Refusal.POLICY_EXPIRED;
    }
    if (!parts.active().getAsBoolean()) {
      return Refusal.TERMINAL_REVOKED;
    }
    synchronized (this) {
      if (use != null || stopped) {
        return Refusal.EMERGENCY_BUSY;
      }
    }
    if (!parts.enforcing().getAsBoolean()) {
      return Refusal.NOT_ENFORCING;
    }
    return parts.records().room() == Room.PLENTY ? null : Refusal.RECORDS_FULL;
  }

  /** The user's card that stands behind the seat, if no other person's does. */
  private Optional<LivePresence> presence(int uid, EmergencyTrust trust) {
    List<LivePresence> all = parts.presences().get();
    Optional<LivePresence> theirs = all.stream().filter(one -> one.uid() == uid).findFirst();
    return theirs.filter(one ->
        person(one, trust).isPresent()
            && all.stream().allMatch(o -> person(o, trust).equals(person(one, trust))));
  }

  private static Optional<String> person(LivePresence presence, EmergencyTrust trust) {
    return trust.grants().personOf(presence.spki());
  }

  private String random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64Url.encode(bytes);
  }

  // --- Signing ---

  /** Either a card's verified signature, or why there is none. */
  private sealed interface Turn {
    record Done(Verified signature, Stay stay) implements Turn {}

    record No(Refusal reason) implements Turn {}
  }

  private EmergencyOutcome sign(Scene scene) {
    Set<Stay> own = new HashSet<>(Set.of(scene.presence().stay()));
    reserved.begin();
    try {
      return sign(scene, own);
    } finally {
      reserved.end(own);
    }
  }

  /**
   * Whether that card was put in to sign a text here, or perhaps was: then it answers no
   * transaction, whatever a page of the seat asks for.
   */
  public boolean isReserved(Stay stay) {
    return reserved.is(stay);
  }

  /**
   * @param own stays of the user's card; the last one is added
   */
  private EmergencyOutcome sign(Scene scene, Set<Stay> own) {
    // The card of who asks stays where it is; it is neither approver's.
    Set<Stay> tried = new HashSet<>(Set.of(scene.presence().stay()));
    List<Verified> approvers = new ArrayList<>();
    for (Step step : List.of(Step.FIRST, Step.SECOND)) {
      Turn turn = turn(scene, step, approvers, tried);
      if (turn instanceof Turn.No no) {
        return new EmergencyOutcome.Refused(no.reason());
      }
      approvers.add(((Turn.Done) turn).signature());
    }
    if (parts.cards().isStill(scene.presence().stay())) {
      tried.remove(scene.presence().stay());
    }
    Turn last = turn(scene, Step.USER, approvers, tried);
    if (last instanceof Turn.No no) {
      return new EmergencyOutcome.Refused(no.reason());
    }
    Turn.Done user = (Turn.Done) last;
    own.add(user.stay());
    Refusal obstacle = lastLook(scene, approvers, user);
    return obstacle != null ? new EmergencyOutcome.Refused(obstacle) : open(scene, approvers, user);
  }

  private Turn turn(Scene scene, Step step, List<Verified> approvers, Set<Stay> tried) {
    scene.talk().step(step, null);
    while (tried.size() < MOST_CARDS) {
      Optional<Stay> stay = nextCard(scene, tried);
      if (stay.isEmpty()) {
        return new Turn.No(Refusal.EMERGENCY_APPROVERS);
      }
      tried.add(stay.get());
      reserved.tried(stay.get());
      TextSigning.Outcome outcome =
          parts.signer().sign(scene.seat(), stay.get(), scene.text(), () -> left(scene));
      if (outcome instanceof TextSigning.Outcome.Signed signed) {
        return judged(scene, step, approvers, stay.get(), Answer.of(signed));
      }
      Refusal reason = ((TextSigning.Outcome.No) outcome).reason();
      if (!TRY_AGAIN.contains(reason)) {
        return new Turn.No(
            reason == Refusal.TRANSACTION_EXPIRED ? Refusal.EMERGENCY_APPROVERS : reason);
      }
      scene.talk().step(step, reason);
    }
    return new Turn.No(Refusal.EMERGENCY_APPROVERS);
  }

  /** A card that was not tried yet; empty when the time is over or nobody waits any more. */
  private Optional<Stay> nextCard(Scene scene, Set<Stay> tried) {
    while (!left(scene).isNegative() && !scene.talk().gone() && isThere(scene.seat())) {
      Optional<Stay> next =
          parts.cards().cards().stream().filter(stay -> !tried.contains(stay)).findFirst();
      if (next.isPresent()) {
        return next;
      }
      pause.run();
    }
    return Optional.empty();
  }

  private Duration left(Scene scene) {
    return scene.until().minus(clocks.boot().sinceBoot());
  }

  private boolean isThere(Seat seat) {
    return parts.seats().apply(seat.uid()).filter(seat::equals).isPresent();
  }

  private Turn judged(Scene scene, Step step, List<Verified> approvers, Stay stay, Answer answer) {
    EmergencyTrust.Now now = parts.trust().get();
    if (now instanceof EmergencyTrust.Now.None none) {
      return new Turn.No(none.reason());
    }
    EmergencyTrust trust = ((EmergencyTrust.Now.InForce) now).trust();
    EmergencyCheck.Outcome outcome =
        step == Step.USER
            ? scene.check().user(answer, trust, parts.numbers())
            : scene.check().approver(answer, approvers, trust.grants());
    if (outcome instanceof EmergencyCheck.Outcome.Bad bad) {
      return new Turn.No(bad.reason());
    }
    Verified good = ((EmergencyCheck.Outcome.Good) outcome).signature();
    boolean recorded =
        record(
            new EmergencyEvent.Signed(
                scene.text().request(),
                good.signer(),
                step == Step.USER ? "user" : "approver",
                Base64Url.encode(answer.signature()),
                Base64Url.encode(answer.spki())));
    return recorded ? new Turn.Done(good, stay) : new Turn.No(Refusal.RECORDS_FULL);
  }

  /** Everything once more: minutes have gone by since the first look. */
  private @Nullable Refusal lastLook(Scene scene, List<Verified> approvers, Turn.Done user) {
    EmergencyTrust.Now now = parts.trust().get();
    if (now instanceof EmergencyTrust.Now.None none) {
      return none.reason();
    }
    EmergencyTrust trust = ((EmergencyTrust.Now.InForce) now).trust();
    Refusal obstacle = obstacle(scene.text().minutes(), trust);
    if (obstacle != null) {
      return obstacle;
    }
    if (!trust.permits(scene.medium().fingerprint())) {
      return Refusal.EMERGENCY_POLICY;
    }
    List<Verified> again = new ArrayList<>();
    for (Verified approver : approvers) {
      EmergencyCheck.Outcome outcome =
          scene.check().approver(approver.answer(), again, trust.grants());
      if (outcome instanceof EmergencyCheck.Outcome.Bad bad) {
        return bad.reason();
      }
      again.add(approver);
    }
    if (scene.check().user(user.signature().answer(), trust, parts.numbers())
        instanceof EmergencyCheck.Outcome.Bad bad) {
      return bad.reason();
    }
    List<PluggedMedium> plugged = parts.gate().plugged();
    if (!plugged.equals(List.of(scene.medium()))) {
      return plugged.isEmpty()
          ? Refusal.MEDIUM_ABSENT
          : plugged.size() > 1 ? Refusal.MEDIUM_TWICE : Refusal.MEDIUM_OTHER;
    }
    if (left(scene).isNegative() || scene.talk().gone()) {
      return Refusal.EMERGENCY_APPROVERS;
    }
    if (!isThere(scene.seat())
        || !parts.cards().isStill(user.stay())
        || isSomebodyElses(scene.text().person(), trust)) {
      return Refusal.EMERGENCY_NO_SESSION;
    }
    return parts.reachable().getAsBoolean() ? Refusal.EMERGENCY_ONLINE : null;
  }

  private boolean isSomebodyElses(String person, EmergencyTrust trust) {
    return parts.presences().get().stream()
        .anyMatch(one -> person(one, trust).filter(person::equals).isEmpty());
  }

  // --- Using ---

  /** Case and record are durable first; only then the medium is opened. */
  private EmergencyOutcome open(Scene scene, List<Verified> approvers, Turn.Done user) {
    BreakGlass text = scene.text();
    Duration deadline = clocks.boot().sinceBoot().plus(Duration.ofMinutes(text.minutes()));
    EmergencyCase opening = EmergencyCase.asked(text).opening(deadline);
    Set<String> keys =
        Stream.concat(approvers.stream(), Stream.of(user.signature()))
            .map(one -> Sha256.text(one.answer().spki()))
            .collect(Collectors.toUnmodifiableSet());
    Use next = new Use(opening, scene.medium(), scene.seat(), user.stay(), deadline, keys);
    synchronized (this) {
      if (stopped || use != null) {
        return new EmergencyOutcome.Refused(Refusal.EMERGENCY_BUSY);
      }
      if (answered.contains(scene.seat().uid())) {
        return new EmergencyOutcome.Refused(Refusal.EMERGENCY_NO_SESSION);
      }
      use = next;
    }
    gatesHold = true; // Measured a moment ago; each tick measures again.
    boolean recorded = false;
    OpenOutcome outcome = new OpenOutcome.Failed(Refusal.INTERNAL);
    try {
      recorded =
          keep(opening)
              && record(
                  new EmergencyEvent.Opened(
                      text.request(),
                      text.person(),
                      approvers.stream().map(Verified::signer).toList(),
                      scene.medium().fingerprint(),
                      scene.medium().device(),
                      text.minutes(),
                      text.reason().text()));
      if (!recorded) {
        outcome = new OpenOutcome.Failed(Refusal.RECORDS_FULL);
      } else if (isOpening(next)) {
        outcome = parts.gate().openReadOnly(scene.medium(), scene.seat().uid());
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a medium was not opened", e);
    }
    return opened(next, outcome, recorded);
  }

  private synchronized boolean isOpening(Use one) {
    return one.phase == Phase.OPENING;
  }

  private EmergencyOutcome opened(Use one, OpenOutcome outcome, boolean recorded) {
    boolean open;
    synchronized (this) {
      open = one.phase == Phase.OPENING && outcome instanceof OpenOutcome.Opened;
      if (open) {
        one.phase = Phase.OPEN;
        one.mountPoint = ((OpenOutcome.Opened) outcome).mountPoint();
      } else {
        one.cause = one.cause == null ? Cause.NOT_OPENED : one.cause;
        one.phase = Phase.CLOSING;
      }
    }
    if (!open) {
      // Ended while the mount was made, or the mount failed: taken back on this thread.
      close(one, recorded);
      return new EmergencyOutcome.Refused(
          outcome instanceof OpenOutcome.Failed no ? no.reason() : Refusal.EMERGENCY_NO_SESSION);
    }
    changed.run();
    tick();
    return new EmergencyOutcome.Opened(
        ((OpenOutcome.Opened) outcome).mountPoint(), one.known.text().minutes());
  }

  /** Closes what may no longer be open; to be called twice a second. */
  public void tick() {
    Use now;
    synchronized (this) {
      now = use;
    }
    if (now == null) {
      return;
    }
    judge(now);
    if (measuring.compareAndSet(false, true) && !run(() -> measure(now))) {
      measuring.set(false);
    }
  }

  private void measure(Use one) {
    try {
      boolean hold = false;
      try {
        hold = parts.enforcing().getAsBoolean();
      } finally {
        gatesHold = hold;
        measuring.set(false);
      }
      judge(one);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "the gates cannot be measured; it is closed", e);
      end(one, Cause.FAULT);
    }
  }

  private void judge(Use one) {
    Cause cause;
    try {
      cause = whyNot(one);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "an emergency cannot be judged; it is closed", e);
      cause = Cause.FAULT;
    }
    if (cause != null) {
      end(one, cause);
    }
    boolean again;
    synchronized (this) {
      again =
          one.phase == Phase.CLOSING
              && one.closeAgain != null
              && clocks.boot().sinceBoot().compareTo(one.closeAgain) >= 0;
      if (again) {
        one.closeAgain = null;
      }
    }
    if (again && !run(() -> finish(one, shut(one.medium)))) {
      finish(one, shut(one.medium));
    }
  }

  /** Why this must not go on; null when it may. Waits for nothing that a device can hold up. */
  private @Nullable Cause whyNot(Use one) {
    synchronized (this) {
      if (stopped) {
        return Cause.AGENT_STOPPED;
      }
    }
    if (clocks.boot().sinceBoot().compareTo(one.deadline) >= 0) {
      return Cause.DEADLINE;
    }
    if (!parts.cards().isStill(one.stay)) {
      return Cause.CARD_REMOVED;
    }
    if (!isThere(one.seat)) {
      return Cause.SEAT_LOST;
    }
    if (!(parts.trust().get() instanceof EmergencyTrust.Now.InForce now)) {
      return Cause.POLICY_EXPIRED;
    }
    if (isSomebodyElses(one.known.text().person(), now.trust())) {
      return Cause.SEAT_LOST;
    }
    if (!parts.active().getAsBoolean()
        || !Collections.disjoint(one.keys, now.trust().grants().revoked())) {
      return Cause.REVOKED;
    }
    if (!gatesHold) {
      return Cause.NOT_ENFORCING;
    }
    return parts.records().room() == Room.PLENTY ? null : Cause.RECORDS_FULL;
  }

  /** Ends a use for {@code cause}; the first cause counts. */
  private void end(Use one, Cause cause) {
    boolean close;
    synchronized (this) {
      if (one.phase == Phase.CLOSING) {
        return;
      }
      close = one.phase == Phase.OPEN;
      one.phase = Phase.CLOSING;
      one.cause = cause;
    }
    if (close && !run(() -> close(one, true))) {
      // Nobody takes the task: the effect matters more than this thread's time.
      close(one, true);
    }
    // OPENING is taken back by the thread that opens.
  }

  private void close(Use one, boolean recorded) {
    boolean verified = shut(one.medium);
    Cause cause;
    synchronized (this) {
      cause = one.cause == null ? Cause.FAULT : one.cause;
    }
    if (recorded) {
      record(new EmergencyEvent.Closed(one.request(), cause, verified));
    }
    finish(one, verified);
  }

  private void finish(Use one, boolean verified) {
    if (verified) {
      keep(one.known.over());
    }
    synchronized (this) {
      if (verified) {
        use = null;
      } else {
        one.closeAgain = clocks.boot().sinceBoot().plus(CLOSE_AGAIN);
      }
    }
    changed.run();
  }

  private boolean shut(PluggedMedium medium) {
    try {
      return parts.gate().close(medium);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "closing a medium failed; it is tried again", e);
      return false;
    }
  }

  // --- What is kept and shown ---

  private boolean keep(EmergencyCase known) {
    try {
      store.put(known);
      return true;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "an emergency is not stored", e);
      return false;
    }
  }

  private boolean record(EmergencyEvent event) {
    try {
      parts.records().append(event);
      return true;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
      return false;
    }
  }

  private EmergencyOutcome refuse(
      @Nullable String request, @Nullable String person, Refusal reason) {
    if (parts.records().room() != Room.GONE) {
      record(new EmergencyEvent.Refused(request, person, reason));
    }
    return new EmergencyOutcome.Refused(reason);
  }

  private boolean run(Runnable task) {
    try {
      work.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** What is open now, under the case's name. */
  public synchronized List<OpenGrant> open() {
    Use one = use;
    Path place = one == null ? null : one.mountPoint;
    if (one == null || place == null || one.phase != Phase.OPEN) {
      return List.of();
    }
    Duration left = one.deadline.minus(clocks.boot().sinceBoot());
    Instant until = clocks.server().get().orElse(one.known.text().made()).plus(left);
    return List.of(
        new OpenGrant(
            one.request(),
            one.seat.uid(),
            one.known.text().fingerprint(),
            place,
            until,
            Math.toIntExact(Math.max(0, left.plusSeconds(59).toMinutes()))));
  }

  /** Closes what is open; opens nothing any more. */
  @Override
  public void close() {
    Use now;
    synchronized (this) {
      stopped = true;
      now = use;
      if (now == null || now.phase != Phase.OPEN) {
        return;
      }
      now.phase = Phase.CLOSING;
      now.cause = Cause.AGENT_STOPPED;
    }
    close(now, true);
  }
}
