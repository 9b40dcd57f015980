package jp.sekisho.agent.enforce.usb;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import jp.sekisho.agent.enforce.DecisionLog;
import jp.sekisho.agent.enforce.MediumEvents;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.RatedRecords;
import jp.sekisho.agent.enforce.usb.UsbPorts.Reading;
import jp.sekisho.agent.heartbeat.Enforcement;
import jp.sekisho.policy.usb.HidUsages;
import jp.sekisho.policy.usb.UsbEvaluator;
import jp.sekisho.policy.usb.UsbSurroundings;
import jp.sekisho.policy.usb.UsbVerdict;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.UsbEvent;
import org.jspecify.annotations.Nullable;

/**
 * The USB gate: judges every device of the machine and keeps those blocked that are not released.
 *
 * <p>One thread reads the kernel's messages and decides; every method that decides or changes holds
 * this object's lock, so decisions about one port never overlap; only {@link #shutMedium} may do
 * without. The lock is held while the kernel binds drivers. A release goes: read, decide, record
 * durably, read again and compare, {@code authorized=1}, read again and compare. A block goes:
 * nothing is written, unless the device was usable. The only way out of any error is "blocked".
 * What the kernel tells only after a release is judged as soon as it is known: that an input device
 * types, and which drivers were bound, for the kernel binds some by vendor and product whatever
 * class the device names ({@link UsbDrivers}).
 *
 * <p>Decisions belong to one enumeration (port, kernel's number, fingerprint) and are never
 * remembered for a device that comes back.
 *
 * <p>Over 400 lines because it is the one state machine of the gate: split, nobody could see that
 * no path leads to {@code authorized=1} without a record.
 */
public final class UsbGate implements AutoCloseable {
  /** Between two comparisons of everything with what was decided. */
  static final Duration RECONCILE = Duration.ofSeconds(60);

  /** Rule id of a medium that a grant opened. */
  public static final String GRANT_RULE = "usb.grant";

  /** Rules that release input devices of which only their reports say whether they type. */
  private static final Set<String> MAY_TYPE =
      Set.of(UsbEvaluator.INPUT, UsbEvaluator.HUB, UsbEvaluator.SMART_CARD);

  /** A device that is another one at each reading is not waited for. */
  private static final int READINGS = 3;

  private static final System.Logger LOG = System.getLogger(UsbGate.class.getName());

  /**
   * A decided device.
   *
   * @param inUse a keyboard that is in use and stays so whatever else is plugged in
   * @param can what it can do by its reports; NONE until they are known
   */
  private record Held(Reading reading, UsbVerdict verdict, boolean inUse, HidUsages can) {
    Held(Reading reading, UsbVerdict verdict, boolean inUse) {
      this(reading, verdict, inUse, HidUsages.NONE);
    }

    boolean keyboard() {
      return verdict.keyboard() || (can.keyboard() && !can.pointer());
    }

    PluggedMedium medium() {
      return new PluggedMedium(reading.device().port(), reading.device().fingerprint());
    }
  }

  private final UsbPorts ports;
  private final UsbEvents events;
  private final LongSupplier nanos;
  private final RatedRecords<UsbEvent.Blocked> blocks;
  private final Thread thread = new Thread(this::run, "usb-gate");
  private final Map<String, Held> held = new TreeMap<>();

  /** Ports opened by a grant, with the fingerprint that was compared. */
  private final Map<String, String> opened = new ConcurrentHashMap<>();

  /** Ports of the system's own disks, with the fingerprints they had at the start. */
  private final Map<String, String> systemDisks = new HashMap<>();

  private UsbEvaluator rules = UsbEvaluator.strictest();
  private @Nullable DecisionLog log;
  private @Nullable MediumEvents media;
  private boolean scanning;
  private boolean started;
  private boolean recordFailed;
  private long lastReconcile;
  private @Nullable Enforcement reported;
  private @Nullable Enforcement unrecorded;
  private volatile boolean ended;
  private volatile boolean eventsLost;

  /** Until everything was looked at again without an error. */
  private volatile boolean decisionFailed;

  /**
   * A gate that has not begun.
   *
   * @param nanos a clock that only goes forward, in nanoseconds
   */
  public UsbGate(UsbPorts ports, UsbEvents events, LongSupplier nanos) {
    this.ports = ports;
    this.events = events;
    this.nanos = nanos;
    this.blocks = new RatedRecords<>(nanos);
    thread.setDaemon(true);
  }

  /** Names who hears about storage; before {@link #start}. */
  public synchronized void tell(MediumEvents listener) {
    media = listener;
  }

  /**
   * Closes the controllers again, judges everything present and begins to listen.
   *
   * @throws IOException when the machine's ports cannot be gated or listed: nothing is released
   */
  public void start(DecisionLog decisions) throws IOException {
    synchronized (this) {
      log = decisions;
      // Again: a controller may have come between the first gating and the listening.
      ports.gate();
      for (String port : ports.systemDisks()) {
        ports.read(port).ifPresent(now -> systemDisks.put(port, now.device().fingerprint()));
      }
      scanning = true;
      scan();
      scanning = false;
      started = true;
      lastReconcile = nanos.getAsLong();
    }
    thread.start();
    enforcement();
  }

  /** From now on decisions are recorded there. */
  public synchronized void recordTo(DecisionLog decisions) {
    log = decisions;
    reported = null;
    unrecorded = null;
  }

  /** From now on devices are judged by {@code evaluator}; those present are judged again. */
  public synchronized void decideBy(UsbEvaluator evaluator) {
    rules = evaluator;
    for (Held one : List.copyOf(held.values())) {
      if (one.verdict().reason() == Refusal.USB_DRIVER) {
        // To release it again would be to let its driver in again, and with it what it brings.
        continue;
      }
      apart(one.reading().device().port(), () -> judgeByNewRules(one));
    }
  }

  private void judgeByNewRules(Held one) {
    String port = one.reading().device().port();
    UsbVerdict next = rules.decide(one.reading().device(), around(one.reading(), one.inUse()));
    if (next.allowed() != one.verdict().allowed()) {
      ports.read(port).ifPresent(now -> judge(now, one.inUse()));
    } else if (next.allowed() && !next.rule().equals(one.verdict().rule())) {
      // Released as before, but by a rule that may not mean its driver.
      held.put(port, new Held(one.reading(), next, one.inUse(), one.can()));
      judgeDrivers(port);
    }
  }

  private void run() {
    while (!ended) {
      UsbSignal signal = next();
      try {
        handle(signal);
      } catch (Throwable e) {
        // Whatever was being decided is still blocked; the next reconciliation looks again. Nothing
        // may end this thread: without it nobody decides any more.
        failed("a USB decision failed", e);
      }
    }
  }

  /** The next message; while none can be read, a quiet second, so that looks by the clock go on. */
  private UsbSignal next() {
    try {
      UsbSignal signal = events.next();
      if (!eventsLost) {
        return signal;
      }
      eventsLost = false;
      return UsbSignal.of(UsbSignal.Kind.LOST);
    } catch (Throwable e) {
      if (!eventsLost && !ended) {
        LOG.log(System.Logger.Level.ERROR, "the kernel's messages cannot be read", e);
      }
      eventsLost = true;
      LockSupport.parkNanos(this, Duration.ofSeconds(1).toNanos());
      return UsbSignal.of(UsbSignal.Kind.QUIET);
    }
  }

  private void failed(String what, Throwable e) {
    decisionFailed = true;
    try {
      LOG.log(System.Logger.Level.ERROR, what, e);
      // Recorded as 設定不良 now and not at the next look.
      enforcement();
    } catch (Throwable again) {
      // As when there is no memory left: the next look says it.
      e.addSuppressed(again);
    }
  }

  private synchronized void handle(UsbSignal signal) throws IOException {
    switch (signal.kind()) {
      case CONTROLLER -> ports.gate();
      case BOUND -> apart(signal.port(), () -> consider(signal.port()));
      case INTERFACE -> apart(signal.port(), () -> lookAfter(signal.port()));
      case VOLUME -> {
        apart(signal.port(), () -> lookAfter(signal.port()));
        if (media != null && opened.containsKey(signal.port())) {
          media.volume(signal.port(), signal.detail());
        }
      }
      case REMOVED -> departed(signal.port());
      case LOST -> {
        ports.gate();
        scan();
      }
      case QUIET -> {
        // Only the time may have come.
      }
    }
    if (log != null && log.takesReleases()) {
      blocks.due().ifPresent(this::record);
    }
    if (nanos.getAsLong() - lastReconcile >= RECONCILE.toNanos()) {
      reconcile();
    }
  }

  /** Compares everything with what was decided and puts right what somebody else changed. */
  synchronized void reconcile() throws IOException {
    lastReconcile = nanos.getAsLong();
    enforcement();
    decisionFailed = false;
    if (!ports.openControllers().isEmpty()) {
      ports.gate();
    }
    scan();
    // A driver may have come after the release.
    for (String port : List.copyOf(held.keySet())) {
      apart(
          port,
          () -> {
            judgeDrivers(port);
            judgeReports(port);
          });
    }
    if (log != null && log.takesReleases()) {
      for (Held one : List.copyOf(held.values())) {
        if (one.verdict().reason() == Refusal.RECORDS_FULL) {
          ports.read(one.reading().device().port()).ifPresent(now -> judge(now, false));
        }
      }
    }
    enforcement();
  }

  private void scan() throws IOException {
    Set<String> present = new HashSet<>();
    for (String port : ports.occupied()) {
      present.add(port);
      apart(port, () -> consider(port));
    }
    for (String port : List.copyOf(held.keySet())) {
      if (!present.contains(port)) {
        departed(port);
      }
    }
  }

  /** Something came to be behind a port that may be open, or not. */
  private void lookAfter(String port) {
    Held known = held.get(port);
    if (known == null || !mayBeOpen(known)) {
      // Interfaces of what was not released: somebody else wrote to "authorized".
      consider(port);
    } else {
      judgeDrivers(port);
    }
  }

  /** An error about one device keeps no other from being decided, and that one is shut. */
  private void apart(String port, Runnable decision) {
    try {
      decision.run();
    } catch (RuntimeException | Error e) {
      failed("the device at " + port + " cannot be decided about", e);
      Held known = held.get(port);
      if (!systemDisks.containsKey(port) && (known == null || !mayBeOpen(known))) {
        shut(port);
      }
    }
  }

  /** Looks at a port and decides, unless this very device was decided and stands as decided. */
  private void consider(String port) {
    Optional<Reading> seen = ports.read(port);
    if (seen.isEmpty()) {
      departed(port);
      return;
    }
    Reading now = seen.get();
    Held known = held.get(port);
    if (known == null) {
      judge(now, false);
    } else if (!known.reading().isSameDevice(now)) {
      departed(port);
      judge(now, false);
    } else if (mayBeOpen(known) != now.authorized()) {
      if (opened.containsKey(port)) {
        // A medium that somebody deauthorised: not opened again without its grant.
        return;
      }
      if (known.verdict().reason() == Refusal.USB_DRIVER) {
        hold(now, known.verdict());
        return;
      }
      judge(now, known.inUse());
    }
  }

  private void judge(Reading first, boolean wasInUse) {
    String port = first.device().port();
    Reading now = first;
    for (int i = 0; i < READINGS; i++) {
      boolean inUse = wasInUse || (scanning && now.authorized());
      UsbVerdict verdict = rules.decide(now.device(), around(now, inUse));
      if (!verdict.allowed()) {
        hold(now, verdict);
        return;
      }
      UsbEvent.Allowed event = new UsbEvent.Allowed(device(now, verdict), verdict.rule());
      if (!record(event)) {
        hold(now, refused(verdict, Refusal.RECORDS_FULL));
        return;
      }
      Optional<Reading> again = ports.read(port);
      if (again.isEmpty()) {
        departed(port);
        return;
      }
      if (again.get().isSameDevice(now)) {
        release(again.get(), verdict, inUse);
        return;
      }
      now = again.get();
    }
    hold(now, refused(rules.decide(now.device(), UsbSurroundings.PLAIN), Refusal.USB_MALFORMED));
  }

  private void release(Reading reading, UsbVerdict verdict, boolean inUse) {
    String port = reading.device().port();
    held.put(port, new Held(reading, verdict, inUse));
    if (!reading.authorized()) {
      try {
        ports.authorize(port);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "not released: " + port, e);
      }
    }
    Optional<Reading> after = ports.read(port);
    if (after.isPresent() && !after.get().isSameDevice(reading)) {
      // The kernel reads the device again when it is authorised; this one then said something else.
      hold(after.get(), refused(verdict, Refusal.USB_MALFORMED));
      return;
    }
    judgeDrivers(port);
    judgeReports(port);
  }

  /**
   * Blocks a usable device that has a driver, or a disk, which is not what it was released for.
   * Whether it stays usable.
   */
  private boolean judgeDrivers(String port) {
    Held one = held.get(port);
    if (one == null || !mayBeOpen(one)) {
      return false;
    }
    boolean granted = opened.containsKey(port);
    boolean foreign =
        granted
            ? UsbDrivers.isForeignToMedium(ports.bound(port))
            : UsbDrivers.isForeign(one.verdict().rule(), ports.bound(port), ports.hasVolume(port));
    if (!foreign) {
      return true;
    }
    Optional<Reading> now = ports.read(port);
    if (now.isEmpty() || !now.get().isSameDevice(one.reading())) {
      // Another device is there: that one has a signal of its own.
      consider(port);
      return false;
    }
    opened.remove(port);
    hold(now.get(), refused(UsbEvaluator.DRIVER, one.verdict(), Refusal.USB_DRIVER));
    if (one.verdict().medium() && media != null) {
      // What is left at the port is none that anybody may open.
      media.unplugged(one.medium());
    }
    if (one.keyboard()) {
      releaseWaiting();
    }
    return false;
  }

  /**
   * Blocks a released device that turns out to type, while there is a keyboard, unless it was in
   * use before or nothing else points: nobody may be left without keyboard or pointer.
   */
  private void judgeReports(String port) {
    Held one = held.get(port);
    if (one == null
        || one.inUse()
        || !one.can().equals(HidUsages.NONE)
        || !one.verdict().allowed()
        || !MAY_TYPE.contains(one.verdict().rule())) {
      return;
    }
    HidUsages can = ports.usages(port);
    held.put(port, new Held(one.reading(), one.verdict(), false, can));
    List<Held> others =
        held.values().stream()
            .filter(other -> other.verdict().allowed())
            .filter(other -> !other.reading().device().port().equals(port))
            .toList();
    boolean needed = can.pointer() && others.stream().noneMatch(other -> other.can().pointer());
    if (can.keyboard() && others.stream().anyMatch(Held::keyboard) && !needed) {
      ports
          .read(port)
          .filter(now -> now.isSameDevice(one.reading()))
          .ifPresent(now ->
              hold(
                  now,
                  refused(
                      UsbEvaluator.FURTHER_KEYBOARD, one.verdict(), Refusal.USB_KEYBOARD_WAITS)));
    }
  }

  /** Leaves a device blocked, or blocks it again when it is usable; then records it. */
  private void hold(Reading reading, UsbVerdict verdict) {
    String port = reading.device().port();
    Held before = held.put(port, new Held(reading, verdict, false));
    if (reading.authorized()) {
      shut(port);
    }
    UsbEvent.Blocked event =
        new UsbEvent.Blocked(
            device(reading, verdict),
            verdict.rule(),
            reading.authorized(),
            verdict.reason() == null ? Refusal.USB_CLASS : verdict.reason());
    if (blocks.isRecordedNow(event::counted) && !record(event)) {
      blocks.missed(event::counted);
    }
    if (verdict.medium() && media != null && (before == null || !before.verdict().medium())) {
      media.plugged(new PluggedMedium(port, reading.device().fingerprint()));
    }
  }

  /** Unmounts and deauthorises; whether the port is closed now, as read back. */
  private boolean shut(String port) {
    ports.unmountAll(port);
    try {
      ports.block(port);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "not blocked: " + port, e);
    }
    Optional<Reading> after = ports.read(port);
    return after.isEmpty() || (!after.get().authorized() && !ports.hasInterfaces(port));
  }

  private void departed(String port) {
    Held gone = held.remove(port);
    opened.remove(port);
    systemDisks.remove(port);
    if (gone == null) {
      return;
    }
    if (gone.verdict().medium() && media != null) {
      media.unplugged(gone.medium());
    }
    if (gone.keyboard() && gone.verdict().allowed()) {
      releaseWaiting();
    }
  }

  /** The next keyboard that waits becomes the only one. */
  private void releaseWaiting() {
    for (Held waiting : List.copyOf(held.values())) {
      if (waiting.verdict().reason() == Refusal.USB_KEYBOARD_WAITS) {
        ports.read(waiting.reading().device().port()).ifPresent(now -> judge(now, false));
      }
    }
  }

  private UsbSurroundings around(Reading reading, boolean inUse) {
    String port = reading.device().port();
    boolean otherKeyboard =
        held.values().stream()
            .anyMatch(one ->
                !one.reading().device().port().equals(port)
                    && one.verdict().keyboard()
                    && one.verdict().allowed());
    boolean systemDisk = reading.device().fingerprint().equals(systemDisks.get(port));
    return new UsbSurroundings(systemDisk, inUse, otherKeyboard);
  }

  private boolean mayBeOpen(Held one) {
    return one.verdict().allowed() || opened.containsKey(one.reading().device().port());
  }

  private boolean record(UsbEvent event) {
    boolean release = event instanceof UsbEvent.Allowed;
    if (log == null || (release && !log.takesReleases())) {
      return false;
    }
    boolean recorded = log.record(event);
    // Where there is no room, that alone says why, and until when.
    recordFailed = !recorded && log.takesReleases();
    return recorded;
  }

  private static UsbVerdict refused(UsbVerdict verdict, Refusal reason) {
    return refused(verdict.rule(), verdict, reason);
  }

  private static UsbVerdict refused(String rule, UsbVerdict verdict, Refusal reason) {
    return new UsbVerdict(
        rule,
        reason,
        false,
        verdict.keyboard(),
        verdict.vendor(),
        verdict.product(),
        verdict.classes());
  }

  private static UsbEvent.Device device(Reading reading, UsbVerdict verdict) {
    return new UsbEvent.Device(
        reading.device().port(),
        reading.device().fingerprint(),
        verdict.vendor(),
        verdict.product(),
        verdict.classes());
  }

  /** Storage devices at a port now. */
  public synchronized List<PluggedMedium> media() {
    List<PluggedMedium> plugged = new ArrayList<>();
    for (Held one : held.values()) {
      if (one.verdict().medium()) {
        plugged.add(one.medium());
      }
    }
    return plugged;
  }

  /**
   * Authorises one medium; who calls has a grant for exactly this fingerprint.
   *
   * @return why not; empty when it is authorised and still the same device
   */
  public synchronized Optional<Refusal> open(PluggedMedium medium) {
    Held known = held.get(medium.device());
    if (known == null) {
      return Optional.of(Refusal.MEDIUM_ABSENT);
    }
    if (!known.verdict().medium() || !known.medium().equals(medium)) {
      return Optional.of(Refusal.MEDIUM_CHANGED);
    }
    if (!enforcement().enforcing()) {
      return Optional.of(Refusal.NOT_ENFORCING);
    }
    if (!record(new UsbEvent.Allowed(device(known.reading(), known.verdict()), GRANT_RULE))) {
      return Optional.of(Refusal.RECORDS_FULL);
    }
    Optional<Reading> now = ports.read(medium.device());
    if (now.isEmpty() || !now.get().isSameDevice(known.reading())) {
      return Optional.of(Refusal.MEDIUM_CHANGED);
    }
    opened.put(medium.device(), medium.fingerprint());
    try {
      ports.authorize(medium.device());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "not authorised: " + medium.device(), e);
      shutMedium(medium.device());
      return Optional.of(Refusal.MEDIUM_NOT_OPENED);
    }
    Optional<Reading> after = ports.read(medium.device());
    if (after.isEmpty() || !after.get().isSameDevice(known.reading())) {
      shutMedium(medium.device());
      return Optional.of(Refusal.MEDIUM_CHANGED);
    }
    return judgeDrivers(medium.device()) ? Optional.empty() : Optional.of(Refusal.USB_DRIVER);
  }

  /**
   * Withdraws the authorisation of what is at {@code port}, unless the policy itself released it.
   * Idempotent. What a grant opened is shut without this object's lock: another device may keep it
   * for seconds, and a deadline must not wait for that.
   *
   * @return whether nothing of it is usable now, as read back
   */
  public boolean shutMedium(String port) {
    if (opened.containsKey(port)) {
      // First the effect: the port counts as opened until then, so nobody takes it for another's.
      boolean shut = shut(port);
      opened.remove(port);
      if (shut) {
        return true;
      }
    }
    synchronized (this) {
      Held known = held.get(port);
      return (known != null && known.verdict().allowed()) || shut(port);
    }
  }

  /** Whether the gate holds, as measured now; a change is recorded. */
  public synchronized Enforcement enforcement() {
    Fault fault = measure();
    Enforcement now =
        fault == null ? new Enforcement(true, null) : new Enforcement(false, fault.word());
    if (fault == Fault.STARTING || log == null) {
      return now;
    }
    Enforcement missed = unrecorded;
    if (missed != null && recorded(missed)) {
      unrecorded = null;
    }
    if (unrecorded == null && !now.equals(reported) && !recorded(now)) {
      // A gap that could not be told of while it lasted is told of after it.
      unrecorded = now;
    }
    return now;
  }

  private boolean recorded(Enforcement now) {
    String fault = now.fault();
    UsbEvent.Enforcement event =
        new UsbEvent.Enforcement(
            fault == null ? "effective" : "misconfigured", fault == null ? "" : fault);
    if (log == null || !log.record(event)) {
      return false;
    }
    reported = now;
    recordFailed = false;
    return true;
  }

  private @Nullable Fault measure() {
    if (!started || log == null) {
      return Fault.STARTING;
    }
    if (eventsLost || ended) {
      return Fault.EVENTS_LOST;
    }
    try {
      if (!ports.openControllers().isEmpty()) {
        return Fault.GATE_OPEN;
      }
    } catch (IOException e) {
      return Fault.PORTS_UNREADABLE;
    }
    for (Held one : held.values()) {
      if (!mayBeOpen(one)
          && ports.read(one.reading().device().port()).filter(Reading::authorized).isPresent()) {
        return Fault.DEVICE_OPEN;
      }
    }
    if (decisionFailed) {
      return Fault.DECISION_FAILED;
    }
    return recordFailed || !log.takesReleases() ? Fault.RECORDS_FULL : null;
  }

  /**
   * Stops deciding; what is being decided is waited for, at most two seconds. Gates and blocks stay
   * as they are.
   */
  @Override
  public void close() {
    ended = true;
    events.close();
    LockSupport.unpark(thread);
    try {
      TimeUnit.SECONDS.timedJoin(thread, 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
