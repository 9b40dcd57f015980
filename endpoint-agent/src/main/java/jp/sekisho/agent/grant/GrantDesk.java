package jp.sekisho.agent.grant;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.grant.ApprovedGrant.Further;
import jp.sekisho.agent.grant.Use.Phase;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.agent.heartbeat.ServerClock;
import jp.sekisho.agent.login.Bindings;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.login.MediaView;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.OpenExport;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ExportEvent;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.jspecify.annotations.Nullable;

/**
 * Opens a granted medium while everything it needs holds, and closes it the moment something does
 * not.
 *
 * <p>One rule: a medium is open ⇒ the person's card is present, nobody else's is, the deadline by
 * the boot clock is ahead, the medium is plugged in, the grant is on the newest list and verifies
 * against the signed policy, the gates hold, records have room, and the service confirmed this very
 * presence, or, for what this boot activated, the terminal proved it while the service was away.
 * {@link #whyNot} is that rule; every event, and a tick twice a second, applies it. The deadline is
 * the authority, the tick only its alarm.
 *
 * <p>Thread-safe. The lock is never held over the network, a mount, a durable write or a look at
 * the gates; those run on {@code work}, which must not queue one behind the other, or on the thread
 * that calls {@link #carry}. The one exception: a closing that {@code work} refuses, at the end of
 * the program, is done under it. Lock order: the desk's, then that of the bindings or of the spool,
 * of which is asked under it who is there and how much room is left: the spool's is held while one
 * record is written, so the desk may wait for that. What stands in {@code activations.json} is read
 * without a lock. Listeners of other parts take the desk's lock holding none of these.
 *
 * <p>Over 400 lines because the one state machine is here and reads best whole.
 */
public final class GrantDesk implements MediaView, AutoCloseable {
  /** Between two looks without an event. */
  public static final Duration TICK = Duration.ofMillis(500);

  /** After a login the page still has to post the answer: the service says no until then. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final int SOON_TIMES = 10;

  /** Wait after any other no; grows with each, for each may be an entry in the log. */
  private static final Duration LATER = Duration.ofSeconds(15);

  private static final int MOST_LATER = 20;
  private static final Duration CLOSE_AGAIN = Duration.ofSeconds(2);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(15);
  private static final int MOST_OFFERS = 200;

  /** Between two looks for what is over. */
  static final Duration FORGET = Duration.ofMinutes(1);

  private static final Set<Refusal> NO_SESSION_YET =
      Set.of(
          Refusal.GRANT_NO_SESSION,
          Refusal.SESSION_NONE,
          Refusal.SESSION_SUSPENDED,
          Refusal.SESSION_ENDED);
  private static final System.Logger LOG = System.getLogger(GrantDesk.class.getName());

  /**
   * Whose desk it is.
   *
   * @param boot base64url of 16 bytes
   */
  public record Self(String terminal, String organ, String boot) {}

  /**
   * What the desk depends on.
   *
   * @param presences cards that stand behind seats now
   * @param origins page origins of the service
   * @param active whether the terminal is confirmed and not revoked
   * @param enforcing whether the gates hold, as measured
   * @param proved whether the terminal itself proved that presence while the service was away;
   *     asked under the lock, so it returns at once
   */
  public record Parts(
      MediaGate gate,
      Supplier<List<LivePresence>> presences,
      GrantTrust.Source trust,
      GrantCalls calls,
      Records records,
      Supplier<List<String>> origins,
      BooleanSupplier active,
      BooleanSupplier enforcing,
      Predicate<LivePresence> proved) {
    /** Where nobody logs in without the service. */
    public Parts(
        MediaGate gate,
        Supplier<List<LivePresence>> presences,
        GrantTrust.Source trust,
        GrantCalls calls,
        Records records,
        Supplier<List<String>> origins,
        BooleanSupplier active,
        BooleanSupplier enforcing) {
      this(gate, presences, trust, calls, records, origins, active, enforcing, presence -> false);
    }
  }

  /** The clocks it reads. */
  public record Clocks(BootClock boot, ServerClock server, InstantSource wall) {}

  /** Learns which grants are over for good, so that what is kept of them can go. */
  @FunctionalInterface
  public interface Forgetting {
    /**
     * Called without the desk's lock.
     *
     * @param now the earlier of the service's time and the wall clock's: one clock that runs ahead
     *     must not make a used grant new
     * @param kept grants that are not over, whatever the time
     * @throws IOException when it stays
     */
    void forget(Instant now, Set<String> kept) throws IOException;
  }

  /** When the service is asked again about a grant. */
  private record Retry(LivePresence presence, int times, Duration notBefore) {}

  private final Parts parts;
  private final Clocks clocks;
  private final Activations store;
  private final ApprovalCheck check;
  private final Activator activator;
  private final Executor work;
  private final Runnable changed;
  private final String boot;

  private final AtomicBoolean measuring = new AtomicBoolean();
  private final List<Forgetting> forgetting = new CopyOnWriteArrayList<>();

  /** Whether the gates held when last measured. */
  private volatile boolean gatesHold;

  // All below is guarded by this.
  private final Set<PluggedMedium> plugged = new LinkedHashSet<>();
  private final Set<PluggedMedium> unexplained = new HashSet<>();
  private final Map<String, Use> uses = new HashMap<>();
  private final Map<String, Retry> retries = new HashMap<>();

  /** The presence for which the service confirmed a grant's activation last. */
  private final Map<String, LivePresence> confirmed = new HashMap<>();

  private final Map<GrantOffer, ApprovalCheck.Outcome> checked = new HashMap<>();
  private final RefusalBook refusals = new RefusalBook();
  private List<GrantOffer> offers = List.of();
  private @Nullable GrantTrust checkedWith;

  /** How often the list was asked for. */
  private long asked;

  /** Which of the questions the newest list that was taken answers; 0 before the first. */
  private long taken;

  private Duration forgetAgain = Duration.ZERO;
  private boolean started;
  private boolean polling;
  private boolean pollAgain;
  private boolean stopped;

  /**
   * @param work runs what may take seconds; grows as needed
   * @param changed called, without the lock, when what {@link #open} says changes
   */
  public GrantDesk(
      Self self,
      Parts parts,
      Clocks clocks,
      Path activations,
      SecureRandom random,
      Executor work,
      Runnable changed) {
    this.parts = parts;
    this.clocks = clocks;
    this.store = openStore(activations);
    this.check = new ApprovalCheck(self.terminal(), self.organ(), parts.origins());
    this.activator =
        new Activator(
            self.boot(),
            parts.calls(),
            store,
            clocks.boot(),
            clocks.server(),
            clocks.wall(),
            random);
    this.work = work;
    this.changed = changed;
    this.boot = self.boot();
  }

  static Activations openStore(Path file) {
    try {
      return Activations.open(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "activations not readable; none is resumed", e);
      return Activations.empty(file);
    }
  }

  /**
   * Records the end of whatever an earlier process left open, then listens.
   *
   * @param bindings tells of cards; null where there is none to tell
   * @param shut whether every medium was verifiably shut since that process ended
   */
  public void start(@Nullable Bindings bindings, boolean shut) {
    parts.gate().onPlugged(this::plugged);
    parts.gate().onUnplugged(this::unplugged);
    List<PluggedMedium> there = parts.gate().plugged();
    for (Activation left : store.all()) {
      if (left.open()) {
        record(new ExportEvent.Closed(left.grant(), Cause.AGENT_KILLED, shut));
        markOpen(left.grant(), false);
      }
    }
    synchronized (this) {
      plugged.addAll(there);
      unexplained.addAll(there);
      started = true;
    }
    if (bindings != null) {
      bindings.onChange(
          new Bindings.Listener() {
            @Override
            public void came(LivePresence presence) {
              GrantDesk.this.came();
            }

            @Override
            public void went(LivePresence presence, boolean cardGone) {
              gone(presence, cardGone ? Cause.CARD_REMOVED : Cause.SEAT_LOST);
            }
          });
    }
  }

  /** From now on tells it which grants are over. */
  public void onForget(Forgetting further) {
    forgetting.add(further);
  }

  private void plugged(PluggedMedium medium) {
    synchronized (this) {
      plugged.add(medium);
      unexplained.add(medium);
      refusals.forgetMedium(medium.fingerprint());
      retries.clear();
    }
    poll();
    tick();
  }

  private void unplugged(PluggedMedium medium) {
    synchronized (this) {
      plugged.remove(medium);
      unexplained.remove(medium);
      refusals.forgetMedium(medium.fingerprint());
    }
    tick();
  }

  private void came() {
    synchronized (this) {
      refusals.forgetMedia();
    }
    run(this::tick);
    poll();
  }

  private synchronized void gone(LivePresence presence, Cause cause) {
    // Should the same card answer again, in the same stay: who used the seat in between?
    confirmed.values().removeIf(presence::equals);
    for (Use use : List.copyOf(uses.values())) {
      if (use.presence.equals(presence)) {
        end(use, cause);
      }
    }
  }

  /** Fetches the list; at once, unless one is being fetched: then once more after it. */
  public void poll() {
    synchronized (this) {
      if (stopped) {
        return;
      }
      if (polling) {
        pollAgain = true;
        return;
      }
      polling = true;
    }
    if (!run(this::fetch)) {
      synchronized (this) {
        polling = false;
      }
    }
  }

  private void fetch() {
    boolean again;
    do {
      try {
        Reply<GrantList> unused = list();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "the list of grants", e);
      }
      synchronized (this) {
        again = pollAgain && !stopped;
        pollAgain = false;
        polling = again;
      }
    } while (again);
    tick();
    synchronized (this) {
      explain();
    }
    forgetOver();
  }

  /** Asks for the list and takes what is answered, unless a later question was answered first. */
  private Reply<GrantList> list() {
    long number;
    synchronized (this) {
      number = ++asked;
    }
    Reply<GrantList> reply = parts.calls().grants();
    synchronized (this) {
      if (number > taken) {
        take(number, reply);
      }
    }
    return reply;
  }

  private void take(long number, Reply<GrantList> reply) {
    if (reply instanceof Reply.Ok<GrantList> ok) {
      taken = number;
      List<GrantOffer> listed = ok.value().grants();
      Set<String> ids = new HashSet<>();
      // A list that contradicts itself offers nothing.
      boolean sound =
          listed.size() <= MOST_OFFERS
              && listed.stream().allMatch(o -> isId(o.grant()) && ids.add(o.grant()));
      offers = sound ? listed : List.of();
      checked.clear();
      if (!sound) {
        refuse(null, null, Refusal.GRANT_INVALID);
      }
    } else if (reply instanceof Reply.Refused<GrantList> no
        && (no.refusal() == Refusal.TERMINAL_REVOKED || no.refusal() == Refusal.TERMINAL_PENDING)) {
      taken = number;
      offers = List.of();
    }
    // Anything else is as if the line were cut: running grants go on.
  }

  static boolean isId(String grant) {
    try {
      return Base64Url.decode(grant, 16).length == 16;
    } catch (MalformedException e) {
      return false;
    }
  }

  private @Nullable GrantTrust trust() {
    return parts.trust().now() instanceof GrantTrust.Now.InForce now ? now.trust() : null;
  }

  /** Refuses media for which no grant is there, although there is one for another medium. */
  private void explain() {
    GrantTrust trust = trust();
    for (PluggedMedium medium : unexplained) {
      List<ApprovedGrant> good = new ArrayList<>();
      for (GrantOffer offer : offers) {
        if (trust != null
            && checkOf(offer, trust) instanceof ApprovalCheck.Outcome.Good yes
            && yes.grant().text().capability() != Capability.CLIPBOARD) {
          good.add(yes.grant());
        }
      }
      boolean granted =
          good.stream()
              .map(ApprovedGrant::text)
              .anyMatch(text ->
                  text.capability() == Capability.MEDIA_IMPORT
                      || medium.fingerprint().equals(text.fingerprint()));
      if (!granted && !good.isEmpty()) {
        String only = good.size() == 1 ? good.get(0).id() : null;
        refuse(only, medium.fingerprint(), Refusal.MEDIUM_OTHER);
      }
    }
    unexplained.clear();
  }

  /** Whether somebody should look for what is over; then nobody need for {@link #FORGET}. */
  private synchronized boolean isTimeToForget() {
    Duration now = clocks.boot().sinceBoot();
    if (stopped || now.compareTo(forgetAgain) < 0) {
      return false;
    }
    forgetAgain = now.plus(FORGET);
    return true;
  }

  private void forgetOver() {
    Set<String> kept = new HashSet<>();
    synchronized (this) {
      if (taken == 0) {
        return; // Nobody has said yet what is still offered.
      }
      offers.forEach(offer -> kept.add(offer.grant()));
      kept.addAll(uses.keySet());
    }
    Optional<Instant> server = clocks.server().now();
    if (server.isEmpty()) {
      return;
    }
    Instant wall = clocks.wall().instant();
    Instant now = server.get().isBefore(wall) ? server.get() : wall;
    try {
      store.forgetOver(now, kept);
      // Of what was used the rest is kept as long as that it was.
      store.all().forEach(known -> kept.add(known.grant()));
      for (Forgetting further : forgetting) {
        further.forget(now, Set.copyOf(kept));
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "something of what is over stays", e);
    }
  }

  /**
   * Closes what may no longer be open and opens what may be. When nobody can tell any more what may
   * be open, all is closed.
   */
  public void tick() {
    try {
      // First what ends: measuring the gates may wait long for their lock, a deadline must not.
      judge();
    } catch (RuntimeException | Error e) {
      fault(e);
    }
    if (!isIdle() && measuring.compareAndSet(false, true) && !run(this::measureAndLook)) {
      measuring.set(false);
    }
    if (isTimeToForget()) {
      run(this::forgetOver);
    }
  }

  private void fault(Throwable e) {
    LOG.log(System.Logger.Level.ERROR, "grants cannot be judged; all are closed", e);
    synchronized (this) {
      List.copyOf(uses.values()).forEach(use -> end(use, Cause.FAULT));
    }
  }

  private synchronized boolean isIdle() {
    return stopped || (offers.isEmpty() && uses.isEmpty());
  }

  private void measureAndLook() {
    try {
      boolean hold = false;
      try {
        hold = parts.enforcing().getAsBoolean();
      } finally {
        gatesHold = hold;
        // Before the look: a tick from now on may be about something that it does not see any more.
        measuring.set(false);
      }
      look();
    } catch (RuntimeException | Error e) {
      fault(e);
    }
  }

  /** Ends what may not go on. */
  private synchronized void judge() {
    judge(trust(), parts.presences().get());
  }

  private void judge(@Nullable GrantTrust trust, List<LivePresence> present) {
    for (Use use : List.copyOf(uses.values())) {
      Cause cause = whyNot(use, trust, present);
      if (cause != null) {
        end(use, cause);
      }
      if (use.phase == Phase.CLOSING
          && use.closeAgain != null
          && clocks.boot().sinceBoot().compareTo(use.closeAgain) >= 0) {
        use.closeAgain = null;
        run(() -> closeAgain(use));
      }
    }
  }

  /** Ends what may not go on and begins what may; the gates were just measured. */
  private synchronized void look() {
    GrantTrust trust = trust();
    List<LivePresence> present = parts.presences().get();
    judge(trust, present);
    if (stopped || !started) {
      return;
    }
    for (GrantOffer offer : offers) {
      Use use = uses.get(offer.grant());
      if (use == null) {
        consider(offer, trust, present);
      } else if (trust != null
          && checkOf(offer, trust) instanceof ApprovalCheck.Outcome.Good good) {
        extend(use, good.grant().further());
      }
    }
  }

  /** Lets a use that is open last as long as a verified extension says; one that ended never. */
  private void extend(Use use, Further further) {
    if (further instanceof Further.Refused no) {
      refuse(use.grant.id(), use.medium.fingerprint(), no.reason());
    }
    Activation known = store.of(use.grant.id()).orElse(null);
    if (use.phase == Phase.OPEN
        && known != null
        && further instanceof Further.Extension more
        && !more.approval().equals(use.lengthening)
        && known.lengthened(use.grant.text(), more.text()).isPresent()) {
      use.lengthening = more.approval(); // Once: whoever cannot store it tries with the next use.
      run(() -> lengthen(use, more.text(), more.approval()));
    }
  }

  /** Record and activation are durable before the deadline moves. */
  private void lengthen(Use use, ExportGrant longer, String approval) {
    String id = use.grant.id();
    Activation.Answer later =
        store
            .of(id)
            .flatMap(known -> known.lengthened(use.grant.text(), longer))
            .map(Activation::answer)
            .orElse(null);
    if (later == null
        || !record(new ExportEvent.Extended(id, approval, later.deadline().toString()))) {
      return;
    }
    Activation.Answer durable =
        change(
                id,
                known ->
                    isAhead(known.answer())
                        ? known.lengthened(use.grant.text(), longer)
                        : Optional.empty())
            .map(Activation::answer)
            .orElse(null);
    synchronized (this) {
      if (use.phase == Phase.OPEN && isAhead(use.activation) && isAhead(durable)) {
        use.activation = durable;
      }
    }
    changed.run();
  }

  private boolean isAhead(Activation.@Nullable Answer answer) {
    return answer != null
        && answer.boot().equals(boot)
        && clocks.boot().sinceBoot().compareTo(answer.deadlineSinceBoot()) < 0;
  }

  /** Why this use must not go on; null when it may. */
  private @Nullable Cause whyNot(Use use, @Nullable GrantTrust trust, List<LivePresence> present) {
    if (stopped) {
      return Cause.AGENT_STOPPED;
    }
    if (!present.contains(use.presence)) {
      return Cause.CARD_REMOVED;
    }
    if (!plugged.contains(use.medium)) {
      return Cause.UNPLUGGED;
    }
    Activation.Answer active = use.activation;
    if (active != null && clocks.boot().sinceBoot().compareTo(active.deadlineSinceBoot()) >= 0) {
      Instant end = use.grant.limits(store.of(use.grant.id()).orElse(null)).end();
      return active.deadline().equals(end) ? Cause.END : Cause.DEADLINE;
    }
    if (trust == null) {
      return Cause.POLICY_EXPIRED;
    }
    if (!parts.active().getAsBoolean() || !isOffered(use.grant, trust)) {
      return Cause.REVOKED;
    }
    if (use.carrying != null && !use.carrying.isFor(trust)) {
      return Cause.REVOKED;
    }
    if (!onlyOf(use.grant.text().person(), present, trust)) {
      return Cause.SEAT_LOST;
    }
    if (!gatesHold) {
      return Cause.NOT_ENFORCING;
    }
    return parts.records().room() == Room.PLENTY ? null : Cause.RECORDS_FULL;
  }

  private boolean isOffered(ApprovedGrant grant, GrantTrust trust) {
    return offers.stream()
        .filter(offer -> offer.grant().equals(grant.id()))
        .anyMatch(offer ->
            checkOf(offer, trust) instanceof ApprovalCheck.Outcome.Good good
                && good.grant().text().equals(grant.text()));
  }

  /** Whether each card that is present is that person's. */
  static boolean onlyOf(String person, List<LivePresence> present, GrantTrust trust) {
    return present.stream()
        .allMatch(p -> trust.personOf(p.spki()).filter(person::equals).isPresent());
  }

  private ApprovalCheck.Outcome checkOf(GrantOffer offer, GrantTrust trust) {
    if (!trust.equals(checkedWith)) {
      checked.clear();
      checkedWith = trust;
    }
    return checked.computeIfAbsent(offer, o -> check.check(o, trust));
  }

  private void consider(GrantOffer offer, @Nullable GrantTrust trust, List<LivePresence> present) {
    if (trust == null) {
      GrantTrust.Now none = parts.trust().now();
      refuse(
          offer.grant(),
          null,
          none instanceof GrantTrust.Now.None why ? why.reason() : Refusal.POLICY_MISSING);
      return;
    }
    ApprovalCheck.Outcome outcome = checkOf(offer, trust);
    if (outcome instanceof ApprovalCheck.Outcome.Bad bad) {
      refuse(offer.grant(), null, bad.reason());
      return;
    }
    if (outcome instanceof ApprovalCheck.Outcome.Unconfirmed closed) {
      unconfirmed(closed.grant(), present, trust);
      return;
    }
    ApprovedGrant grant = ((ApprovalCheck.Outcome.Good) outcome).grant();
    if (grant.text().capability() != Capability.USB_READ) {
      return; // Nothing leaves or comes in by itself: somebody has to ask for it.
    }
    if (!gatesHold) {
      refuse(grant.id(), null, Refusal.NOT_ENFORCING);
      return;
    }
    String fingerprint = grant.text().fingerprint();
    List<PluggedMedium> media =
        plugged.stream().filter(m -> m.fingerprint().equals(fingerprint)).toList();
    if (media.isEmpty() || present.isEmpty()) {
      return; // Somebody has yet to come or to plug in; nothing is wrong.
    }
    if (uses.values().stream().anyMatch(use -> use.medium.fingerprint().equals(fingerprint))) {
      return; // Another grant has that medium now.
    }
    Refusal obstacle = obstacle(grant, media, present, trust);
    if (obstacle != null) {
      refuse(grant.id(), fingerprint, obstacle);
      return;
    }
    if (!trust.startsNew() && store.of(grant.id()).map(Activation::answer).isEmpty()) {
      refuse(grant.id(), fingerprint, Refusal.POLICY_EXPIRED);
      return;
    }
    begin(new Use(grant, media.get(0), present.get(0)));
  }

  /** Tells who came with the medium that its month waits for an approver. */
  private void unconfirmed(ApprovedGrant grant, List<LivePresence> present, GrantTrust trust) {
    String fingerprint = grant.text().fingerprint();
    boolean here = plugged.stream().anyMatch(medium -> medium.fingerprint().equals(fingerprint));
    boolean taken =
        uses.values().stream().anyMatch(u -> u.medium.fingerprint().equals(fingerprint));
    boolean timely =
        clocks.server().now().filter(now -> !now.isBefore(grant.text().start())).isPresent();
    if (here
        && timely
        && !taken
        && !present.isEmpty()
        && onlyOf(grant.text().person(), present, trust)) {
      refuse(grant.id(), fingerprint, Refusal.GRANT_UNCONFIRMED);
    }
  }

  private @Nullable Refusal obstacle(
      ApprovedGrant grant,
      List<PluggedMedium> media,
      List<LivePresence> present,
      GrantTrust trust) {
    if (media.size() > 1) {
      return Refusal.MEDIUM_TWICE;
    }
    if (!onlyOf(grant.text().person(), present, trust)) {
      return Refusal.GRANT_OTHER_CARD;
    }
    if (!parts.active().getAsBoolean()) {
      return Refusal.TERMINAL_REVOKED;
    }
    return parts.records().room() == Room.PLENTY ? null : Refusal.RECORDS_FULL;
  }

  private void begin(Use use) {
    String id = use.grant.id();
    Activation.Answer known = store.of(id).map(Activation::answer).orElse(null);
    boolean thisBoot = known != null && known.boot().equals(boot);
    Duration now = clocks.boot().sinceBoot();
    if (known != null && thisBoot && now.compareTo(known.deadlineSinceBoot()) >= 0) {
      refuse(id, use.medium.fingerprint(), Refusal.GRANT_OVER);
      return;
    }
    // An activation of this boot goes on for whom the service confirmed, or who proved card and PIN
    // to this terminal while the service is away; another boot's only online.
    boolean same = use.presence.equals(confirmed.get(id)) || parts.proved().test(use.presence);
    if (thisBoot && same) {
      use.activation = known;
      open(use);
      return;
    }
    Retry retry = retries.get(id);
    if (retry != null
        && retry.presence().equals(use.presence)
        && now.compareTo(retry.notBefore()) < 0) {
      return;
    }
    uses.put(id, use);
    if (!run(() -> activate(use))) {
      uses.remove(id);
    }
  }

  private void activate(Use use) {
    Activator.Result result = new Activator.Result.No(Refusal.INTERNAL);
    try {
      result = activator.activate(use.grant, use.medium.fingerprint());
    } finally {
      activated(use, result);
    }
  }

  private synchronized void activated(Use use, Activator.Result result) {
    String id = use.grant.id();
    if (result instanceof Activator.Result.Active active) {
      retries.remove(id);
      confirmed.put(id, use.presence);
      use.activation = active.answer();
      // What happened while the service was asked counts: the rule is applied once more.
      Cause cause =
          use.phase == Phase.ASKING ? whyNot(use, trust(), parts.presences().get()) : use.cause;
      uses.remove(id);
      if (cause == null && isAlone(use)) {
        open(use);
      } else {
        notifyAll();
        run(this::tick);
      }
      return;
    }
    Refusal reason = ((Activator.Result.No) result).reason();
    uses.remove(id);
    notifyAll();
    if (use.phase == Phase.ASKING) {
      later(use, reason);
    }
  }

  /** Whether there is no doubt which of the plugged media a use means. */
  private boolean isAlone(Use use) {
    return meant(use.grant.text()).size() == 1;
  }

  /** The plugged media that a text may mean: of the one it names, or any. */
  private List<PluggedMedium> meant(ExportGrant text) {
    String fingerprint = text.fingerprint();
    return plugged.stream()
        .filter(m -> fingerprint == null || m.fingerprint().equals(fingerprint))
        .toList();
  }

  private void later(Use use, Refusal reason) {
    Retry before = retries.get(use.grant.id());
    int times = before != null && before.presence().equals(use.presence) ? before.times() + 1 : 1;
    boolean soon = NO_SESSION_YET.contains(reason) && times <= SOON_TIMES;
    boolean cheap = reason == Refusal.GRANT_EARLY || reason == Refusal.SERVER_UNREACHABLE;
    Duration wait = soon ? SOON : cheap ? LATER : LATER.multipliedBy(Math.min(times, MOST_LATER));
    retries.put(
        use.grant.id(), new Retry(use.presence, times, clocks.boot().sinceBoot().plus(wait)));
    if (!soon) {
      refuse(use.grant.id(), use.medium.fingerprint(), reason);
    }
  }

  private void open(Use use) {
    use.phase = Phase.OPENING;
    uses.put(use.grant.id(), use);
    if (!run(() -> mount(use))) {
      uses.remove(use.grant.id());
    }
  }

  /** Record, then mount; nothing is mounted that is not durable in both places first. */
  private void mount(Use use) {
    Refusal failure = Refusal.INTERNAL;
    OpenOutcome outcome = null;
    boolean recorded = false;
    try {
      recorded =
          markOpen(use.grant.id(), true)
              && record(Writing.opening(use.grant, use.medium, until(use)));
      if (!recorded) {
        failure = Refusal.RECORDS_FULL;
      } else if (stillWanted(use)) {
        outcome = parts.gate().openReadOnly(use.medium, use.presence.uid());
        failure = outcome instanceof OpenOutcome.Failed no ? no.reason() : failure;
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a medium was not opened", e);
    } finally {
      mounted(use, outcome, failure, recorded);
    }
  }

  private synchronized boolean stillWanted(Use use) {
    return use.phase == Phase.OPENING;
  }

  private void mounted(Use use, @Nullable OpenOutcome outcome, Refusal failure, boolean recorded) {
    boolean open;
    synchronized (this) {
      if (use.phase == Phase.OPENING) {
        if (outcome instanceof OpenOutcome.Opened opened) {
          use.phase = Phase.OPEN;
          use.mountPoint = opened.mountPoint();
          refusals.forgetGrant(use.grant.id());
        } else {
          use.phase = Phase.CLOSING;
          use.cause = Cause.NOT_OPENED;
          retries.put(
              use.grant.id(), new Retry(use.presence, 1, clocks.boot().sinceBoot().plus(LATER)));
          confirmed.remove(use.grant.id());
          refuse(use.grant.id(), use.medium.fingerprint(), failure);
        }
      }
      open = use.phase == Phase.OPEN;
    }
    if (open) {
      changed.run();
      tick();
    } else {
      // Ended while the mount was made, or the mount failed: taken back on this thread.
      close(use, recorded);
    }
  }

  /**
   * Has the agent itself write to the medium of a grant, or take in the files of the one that is
   * plugged in, if every rule of {@link #whyNot} and the grant hold; blocks until the medium is
   * shut again. Each time is activated online. For {@link ExportDesk} and {@link ImportDesk} alone,
   * on a thread of whoever asks that holds no lock: it waits for the network, a person and the
   * medium.
   *
   * @param grant id
   * @param uid user who asks, as the kernel says
   * @return why not all of it was done; null when it was
   */
  @Nullable Refusal carry(String grant, int uid, Carrying carrying) {
    try {
      return attempt(grant, uid, carrying);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "what was asked under a grant failed unexpectedly", e);
      giveUp(carrying);
      return refusedNow(carrying, grant, null, Refusal.INTERNAL);
    }
  }

  /** Shuts the medium that {@code carrying} may still have. */
  private void giveUp(Carrying carrying) {
    Use left;
    synchronized (this) {
      left =
          uses.values().stream()
              .filter(use -> carrying.equals(use.carrying))
              .findFirst()
              .orElse(null);
      if (left == null || left.closeAgain != null) {
        return;
      }
      left.phase = Phase.CLOSING;
      left.cause = left.cause == null ? Cause.FAULT : left.cause;
    }
    close(left, store.of(left.grant.id()).map(Activation::open).orElse(false));
  }

  private @Nullable Refusal attempt(String grant, int uid, Carrying carrying) {
    // First who asks: nobody without a login has this terminal ask the service.
    if (parts.presences().get().stream().noneMatch(presence -> presence.uid() == uid)) {
      return refusedNow(carrying, grant, null, Refusal.GRANT_NO_SESSION);
    }
    Reply<GrantList> reply = list();
    boolean hold = parts.enforcing().getAsBoolean();
    gatesHold = hold;
    Optional<Refusal> away =
        reply.fold(
            list -> Optional.empty(),
            refused -> Optional.of(refused.refusal()),
            none -> Optional.of(Refusal.SERVER_UNREACHABLE));
    if (away.isPresent()) {
      return refusedNow(carrying, grant, null, away.get());
    }
    GrantTrust trust = trust();
    Wish wish = wish(grant, uid, trust, carrying);
    if (wish instanceof Wish.No no) {
      return refusedNow(carrying, grant, no.fingerprint(), no.reason());
    }
    Use use = ((Wish.Yes) wish).use();
    String fingerprint = use.medium.fingerprint();
    Refusal unready = carrying.prepare(use.grant, Objects.requireNonNull(trust));
    if (unready != null) {
      return refusedNow(carrying, grant, fingerprint, unready);
    }
    Refusal gone;
    synchronized (this) {
      // Whatever happened meanwhile counts: looked at once more, and from now on by every event.
      Wish still = wish(grant, uid, trust(), carrying);
      gone =
          still instanceof Wish.No no
              ? no.reason()
              : whyNot(use, trust(), parts.presences().get()) == null ? null : carrying.brokenOff();
      if (gone == null) {
        uses.put(grant, use);
      }
    }
    if (gone != null) {
      return refusedNow(carrying, grant, fingerprint, gone);
    }
    Activator.Result result = new Activator.Result.No(Refusal.INTERNAL);
    boolean begun = false;
    try {
      result = activator.activate(use.grant, use.grant.text().fingerprint());
    } finally {
      begun = begins(use, result);
    }
    if (result instanceof Activator.Result.No no) {
      return refusedNow(carrying, grant, fingerprint, no.reason());
    }
    return begun
        ? carryNow(use, carrying)
        : refusedNow(carrying, grant, fingerprint, carrying.brokenOff());
  }

  /** Whether what was activated for the agent itself goes on; else it is forgotten. */
  private synchronized boolean begins(Use use, Activator.Result result) {
    if (result instanceof Activator.Result.Active active) {
      use.activation = active.answer();
      Cause cause =
          use.phase == Phase.ASKING ? whyNot(use, trust(), parts.presences().get()) : use.cause;
      if (cause == null && isAlone(use)) {
        use.phase = Phase.OPENING;
        return true;
      }
    }
    uses.remove(use.grant.id());
    notifyAll();
    return false;
  }

  /** Whether somebody can have the agent do something under a grant. */
  private sealed interface Wish {
    record Yes(Use use) implements Wish {}

    /**
     * @param fingerprint of the medium; null where none is meant
     */
    record No(Refusal reason, @Nullable String fingerprint) implements Wish {}
  }

  private static Wish no(Refusal reason) {
    return new Wish.No(reason, null);
  }

  private synchronized Wish wish(
      String grant, int uid, @Nullable GrantTrust trust, Carrying carrying) {
    if (stopped || !started) {
      return no(carrying.brokenOff());
    }
    if (trust == null) {
      GrantTrust.Now none = parts.trust().now();
      return no(none instanceof GrantTrust.Now.None why ? why.reason() : Refusal.POLICY_MISSING);
    }
    Optional<GrantOffer> offer =
        offers.stream().filter(each -> each.grant().equals(grant)).findFirst();
    if (offer.isEmpty()) {
      return no(Refusal.GRANT_UNKNOWN);
    }
    ApprovalCheck.Outcome outcome = checkOf(offer.get(), trust);
    if (!(outcome instanceof ApprovalCheck.Outcome.Good good)) {
      return no(
          outcome instanceof ApprovalCheck.Outcome.Bad bad
              ? bad.reason()
              : Refusal.GRANT_UNCONFIRMED);
    }
    ApprovedGrant found = good.grant();
    if (!carrying.carries(found.text())) {
      return no(Refusal.GRANT_CAPABILITY);
    }
    if (!gatesHold) {
      return no(Refusal.NOT_ENFORCING);
    }
    List<LivePresence> present = parts.presences().get();
    Optional<LivePresence> asking = present.stream().filter(p -> p.uid() == uid).findFirst();
    if (asking.isEmpty()) {
      return no(Refusal.GRANT_NO_SESSION);
    }
    List<PluggedMedium> media = meant(found.text());
    if (media.isEmpty()) {
      return no(plugged.isEmpty() ? Refusal.MEDIUM_ABSENT : Refusal.MEDIUM_OTHER);
    }
    if (found.text().fingerprint() == null && media.size() > 1) {
      return no(Refusal.IMPORT_MEDIA);
    }
    String fingerprint = media.get(0).fingerprint();
    if (uses.values().stream().anyMatch(use -> use.medium.fingerprint().equals(fingerprint))
        || uses.containsKey(grant)) {
      return no(Refusal.EXPORT_RUNNING);
    }
    Refusal obstacle = obstacle(found, media, present, trust);
    if (obstacle == null && !trust.startsNew()) {
      obstacle = Refusal.POLICY_EXPIRED;
    }
    return obstacle == null
        ? new Wish.Yes(new Use(found, media.get(0), asking.get(), carrying))
        : new Wish.No(obstacle, fingerprint);
  }

  /** Said to who asked, and recorded each time: how often somebody may ask is not for here. */
  private Refusal refusedNow(
      Carrying carrying, String grant, @Nullable String fingerprint, Refusal reason) {
    if (parts.records().room() == Room.PLENTY) {
      var unused = record(carrying.refused(isId(grant) ? grant : null, fingerprint, reason));
    }
    return reason;
  }

  /** Record, then mount, carry and shut. */
  private @Nullable Refusal carryNow(Use use, Carrying carrying) {
    Carrying.Carried carried = new Carrying.Carried(Refusal.INTERNAL, false);
    boolean recorded = false;
    try {
      recorded =
          markOpen(use.grant.id(), true)
              && record(carrying.opened(use.grant, use.medium, until(use)));
      if (!recorded) {
        carried = new Carrying.Carried(Refusal.RECORDS_FULL, true);
      } else if (stillWanted(use)) {
        carried = carrying.carry(parts.gate(), use.medium, () -> stillWanted(use));
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "nothing more is written or read", e);
    } finally {
      Refusal failure = carried.failure();
      synchronized (this) {
        if (use.phase == Phase.OPENING) {
          use.phase = Phase.CLOSING;
          use.cause = carrying.cause(failure == null);
        } else if (failure != null) {
          carried = new Carrying.Carried(carrying.brokenOff(), carried.recorded());
        }
      }
      Refusal last = carried.failure();
      if (recorded && last != null && !carried.recorded()) {
        var unused = record(carrying.failed(use.grant.id(), last));
      }
      close(use, recorded);
    }
    return carried.failure();
  }

  private static String until(Use use) {
    return Objects.requireNonNull(use.activation).deadline().toString();
  }

  /** Ends a use for {@code cause}; the first cause counts. */
  private void end(Use use, Cause cause) {
    if (use.phase == Phase.CLOSING) {
      return;
    }
    Phase before = use.phase;
    use.phase = Phase.CLOSING;
    use.cause = cause;
    if (cause == Cause.DEADLINE || cause == Cause.END) {
      // That it is over now is no refusal; plugging in again would be.
      refusals.first(use.grant.id(), use.medium.fingerprint(), Refusal.GRANT_OVER);
    }
    Carrying carrying = use.carrying;
    if (before == Phase.OPENING && carrying != null) {
      carrying.breakOff();
      // The thread that writes or reads records the end; here only the device is taken away from
      // it.
      if (!run(() -> shut(use.medium))) {
        shut(use.medium);
      }
    }
    if (before == Phase.OPEN && !run(() -> close(use, true))) {
      // Nobody takes the task: the effect matters more than this thread's time.
      close(use, true);
    }
    // ASKING has nothing to close; OPENING is taken back by the thread that opens.
  }

  private void close(Use use, boolean recorded) {
    boolean verified = shut(use.medium);
    Cause cause = use.cause == null ? Cause.AGENT_STOPPED : use.cause;
    if (recorded) {
      record(new ExportEvent.Closed(use.grant.id(), cause, verified));
    }
    finish(use, verified);
  }

  private void closeAgain(Use use) {
    finish(use, shut(use.medium));
  }

  private void finish(Use use, boolean verified) {
    if (verified) {
      markOpen(use.grant.id(), false);
    }
    synchronized (this) {
      if (verified) {
        uses.remove(use.grant.id());
      } else {
        use.closeAgain = clocks.boot().sinceBoot().plus(CLOSE_AGAIN);
      }
      notifyAll();
    }
    changed.run();
    tick();
  }

  private boolean shut(PluggedMedium medium) {
    try {
      return parts.gate().close(medium);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "closing a medium failed; it is tried again", e);
      return false;
    }
  }

  private boolean markOpen(String grant, boolean open) {
    return change(
            grant,
            known -> known.open() == open ? Optional.empty() : Optional.of(known.withOpen(open)))
        .isPresent();
  }

  private Optional<Activation> change(
      String grant, Function<Activation, Optional<Activation>> change) {
    try {
      return store.change(grant, change);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "activations not stored", e);
      return Optional.empty();
    }
  }

  private boolean record(AgentEvent event) {
    try {
      parts.records().append(event);
      return true;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
      return false;
    }
  }

  private void refuse(@Nullable String grant, @Nullable String fingerprint, Refusal reason) {
    if (refusals.first(grant, fingerprint, reason) && parts.records().room() != Room.GONE) {
      run(() -> {
        var unused = record(new ExportEvent.Refused(grant, fingerprint, reason));
        changed.run();
      });
    }
  }

  private boolean run(Runnable task) {
    try {
      work.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** What is open now. */
  public synchronized List<OpenGrant> open() {
    Duration now = clocks.boot().sinceBoot();
    List<OpenGrant> all = new ArrayList<>();
    for (Use use : uses.values()) {
      if (use.phase == Phase.OPEN && use.mountPoint != null && use.activation != null) {
        Duration left = use.activation.deadlineSinceBoot().minus(now);
        all.add(
            new OpenGrant(
                use.grant.id(),
                use.presence.uid(),
                Objects.requireNonNull(use.grant.text().medium()),
                use.mountPoint,
                use.activation.deadline(),
                Math.toIntExact(Math.max(0, left.plusSeconds(59).toMinutes()))));
      }
    }
    return all;
  }

  @Override
  public @Nullable OpenExport openFor(int uid) {
    return open().stream()
        .filter(open -> open.uid() == uid)
        .findFirst()
        .map(OpenGrant::shown)
        .orElse(null);
  }

  @Override
  public synchronized @Nullable Refusal problem() {
    Refusal newest = refusals.newest();
    if (newest != null) {
      return newest;
    }
    boolean closed =
        plugged.stream()
            .anyMatch(medium -> uses.values().stream().noneMatch(use -> use.medium.equals(medium)));
    return closed ? Refusal.USB_STORAGE : null;
  }

  /** Closes everything and waits until it is closed, 15 s at most; opens nothing any more. */
  @Override
  public void close() {
    synchronized (this) {
      stopped = true;
    }
    tick();
    long end = System.nanoTime() + LONGEST_STOP.toNanos();
    synchronized (this) {
      try {
        while (!uses.isEmpty() && System.nanoTime() < end) {
          wait(200);
          tick();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
