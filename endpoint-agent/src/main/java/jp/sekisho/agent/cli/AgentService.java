package jp.sekisho.agent.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import jp.sekisho.agent.cardtrust.CardTrust;
import jp.sekisho.agent.config.AgentSettings;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.emergency.EmergencyDesk;
import jp.sekisho.agent.emergency.EmergencyTrust;
import jp.sekisho.agent.enforce.Gates;
import jp.sekisho.agent.enforce.MediaShares;
import jp.sekisho.agent.enforce.SpoolLog;
import jp.sekisho.agent.enforce.clipboard.ClipboardRulings;
import jp.sekisho.agent.enroll.Renewal;
import jp.sekisho.agent.grant.ClipboardDesk;
import jp.sekisho.agent.grant.ExportCounts;
import jp.sekisho.agent.grant.ExportDesk;
import jp.sekisho.agent.grant.GrantCalls;
import jp.sekisho.agent.grant.GrantDesk;
import jp.sekisho.agent.grant.GrantTrust;
import jp.sekisho.agent.grant.ImportDesk;
import jp.sekisho.agent.grant.OpenGrant;
import jp.sekisho.agent.grant.Records;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.agent.heartbeat.Enforcement;
import jp.sekisho.agent.heartbeat.Heartbeats;
import jp.sekisho.agent.heartbeat.LogMark;
import jp.sekisho.agent.heartbeat.LogWatch;
import jp.sekisho.agent.heartbeat.ServerClock;
import jp.sekisho.agent.heartbeat.Standing;
import jp.sekisho.agent.intake.Clamd;
import jp.sekisho.agent.intake.Scanner;
import jp.sekisho.agent.ipc.SeatServer;
import jp.sekisho.agent.ipc.SeatTimes;
import jp.sekisho.agent.login.Bindings;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.login.LoginCards;
import jp.sekisho.agent.login.LoginFlow;
import jp.sekisho.agent.login.MediaView;
import jp.sekisho.agent.login.PcscDesk;
import jp.sekisho.agent.login.TextSigning;
import jp.sekisho.agent.login.VendorModule;
import jp.sekisho.agent.loopback.LoopbackServer;
import jp.sekisho.agent.offline.Contacts;
import jp.sekisho.agent.offline.LoginNews;
import jp.sekisho.agent.offline.OfflineDesk;
import jp.sekisho.agent.offline.OfflineGate;
import jp.sekisho.agent.platform.linux.BootId;
import jp.sekisho.agent.platform.linux.LinuxBootClock;
import jp.sekisho.agent.platform.linux.LogindLock;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.platform.linux.ProcNetTcp;
import jp.sekisho.agent.policy.TrustedPolicies;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.sync.Backoff;
import jp.sekisho.agent.sync.PinnedTls;
import jp.sekisho.agent.sync.RecordSender;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.policy.usb.UsbEvaluator;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.OpenExport;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.pkcs11.Pkcs11Card;
import org.jspecify.annotations.Nullable;

/**
 * A running agent {@code service}: everything wired, the first record written, the loopback port
 * open.
 *
 * <p>Parts start in an order in which nothing is asked of a part that is not there yet, and stop in
 * the opposite one: first nobody can begin a login, then the last record is written and sent.
 *
 * <p>Over 400 lines because that order is only to be seen where all parts stand in one row.
 */
public final class AgentService implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AgentService.class.getName());

  /** How long an orderly stop waits for the service to take the last records. */
  private static final Duration LAST_FLUSH = Duration.ofSeconds(3);

  /** Between two looks for the next card of an emergency or an offline login. */
  private static final Duration CARD_LOOK = Duration.ofMillis(200);

  /** Between two looks for numbers of refusals that are due. */
  private static final Duration SETTLE = Duration.ofSeconds(10);

  /**
   * How this run differs from what is in the state directory.
   *
   * @param socket Unix socket for session processes
   * @param loopbackPort instead of the enrolled one; 0 takes a free port; null for the enrolled
   * @param gates what gates devices in this run, begun or not; closed with the service
   * @param presence who may have a seat and log in
   * @param version told to the service
   * @param module the vendor's PKCS#11 module for logins; null without one
   * @param scanner what looks into files that are taken in; null without one
   */
  public record Options(
      StateDirectory state,
      Path socket,
      @Nullable Integer loopbackPort,
      Gates gates,
      LocalPresence presence,
      String version,
      @Nullable VendorModule module,
      Clamd.@Nullable Settings scanner) {
    /** Without a vendor's module and a scanner. */
    public Options(
        StateDirectory state,
        Path socket,
        @Nullable Integer loopbackPort,
        Gates gates,
        LocalPresence presence,
        String version) {
      this(state, socket, loopbackPort, gates, presence, version, null, null);
    }
  }

  /** A part that was started and must be stopped. */
  private interface Stop {
    void run() throws Exception;
  }

  private final Deque<Stop> stops = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable InetSocketAddress loopback;

  private AgentService() {}

  /** Starts; when a part does not, those before it are stopped again. */
  public static AgentService start(Options options)
      throws StateException, SpoolException, IOException {
    AgentService service = new AgentService();
    boolean done = false;
    try {
      service.wire(options);
      done = true;
      return service;
    } finally {
      if (!done) {
        service.close();
      }
    }
  }

  /** Where the login page reaches this agent. */
  public InetSocketAddress loopback() {
    if (loopback == null) {
      throw new IllegalStateException("not started");
    }
    return loopback;
  }

  private void wire(Options options) throws StateException, SpoolException, IOException {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    StateDirectory state = options.state();
    AgentSettings settings = state.settings();
    DeviceKey key =
        state
            .key()
            .orElseThrow(
                () -> new StateException(StateException.Code.STATE_MALFORMED, "no device.key"));
    List<X509Certificate> certificates = state.certificates();
    X509Certificate serverCa = serverCa(settings);
    String boot = BootId.current();
    BootClock bootClock = new LinuxBootClock();
    ServerClock serverClock = new ServerClock(bootClock);

    Spool spool = Spool.open(state.spool(), settings.terminal(), boot, clock, SpoolLimits.DEFAULT);
    stops.push(spool::close);
    // Before this run's first record: what was kept must be of the newest one before it.
    Contacts contacts = Contacts.open(state.offline(), boot, spool.lastBoot(), bootClock, clock);
    stops.push(contacts::mark);
    spool.begin(new AgentEvent.Started(options.version(), options.gates().gating()));
    if (spool.tornBytes() > 0) {
      spool.begin(new AgentEvent.Alarm(Refusal.SPOOL_TORN, Map.of("bytes", spool.tornBytes())));
    }

    // Before the network and everything that may be slow or fail.
    Gates gates = options.gates();
    stops.push(gates::close);
    gates.start(new SpoolLog(spool));

    Standing standing = new Standing(state, clock, serverClock);
    ServiceClient client =
        new ServiceClient(settings.server(), PinnedTls.context(serverCa, key, certificates));
    TrustedPolicies policies =
        new TrustedPolicies(
            state.trust(),
            settings.organ(),
            settings.terminal(),
            settings.rootHash(),
            client::policy,
            spool::append,
            clock,
            random,
            Executors.newSingleThreadScheduledExecutor(daemon("policy")));
    LogMark mark =
        new LogMark(
            new LogWatch(
                settings.organ(),
                () -> policies.current().map(known -> known.root().logs()).orElse(List.of())),
            standing,
            spool);
    RecordSender sender =
        new RecordSender(spool, batch -> mark.send(batch, client::events), Backoff.DEFAULT, random);
    stops.push(sender::close);
    stops.push(policies::close);
    // Also when they expired: there is no rule that lets storage in, and printers go on printing.
    policies.current().ifPresent(last -> gates.decideBy(UsbEvaluator.by(last.policy().usb())));
    policies.onChange(next -> gates.decideBy(UsbEvaluator.by(next.policy().usb())));

    Renewal renewal = new Renewal(state, key, serverCa, certificates.get(0), client, clock);
    AtomicReference<@Nullable GrantDesk> grants = new AtomicReference<>();
    AtomicReference<@Nullable EmergencyDesk> emergencies = new AtomicReference<>();
    AtomicReference<@Nullable OfflineDesk> offline = new AtomicReference<>();
    LoginNews loginNews = new LoginNews(contacts, client::logins);
    AtomicReference<@Nullable ClipboardDuty> clipboards = new AtomicReference<>();
    AtomicReference<@Nullable ClipboardDesk> copying = new AtomicReference<>();
    Supplier<Enforcement> enforcement = () -> enforcement(gates, clipboards.get());
    RunStatus.Writer status =
        new RunStatus.Writer(
            state,
            enforcement,
            spool,
            sender,
            standing,
            mark,
            () -> opened(grants.get(), emergencies.get()),
            clock);
    ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(daemon("beat"));
    Heartbeats heartbeats =
        new Heartbeats(
            new Heartbeats.Self(options.version(), boot, enforcement),
            spool,
            standing,
            mark,
            client::heartbeat,
            () -> {
              offlineAfterBeat(standing, serverClock, contacts, loginNews, offline.get());
              afterBeat(renewal, status, standing, sender, grants.get(), copying.get());
            },
            clock,
            random,
            beats);
    stops.push(status::remove);
    stops.push(heartbeats::close);

    Seats seats = new Seats();
    ReaderRoles roles = readerRoles(settings);
    PcscDesk desk = new PcscDesk(roles);
    stops.push(desk::close);
    ExecutorService effects = Executors.newSingleThreadExecutor(daemon("effects"));
    ExecutorService readers = Executors.newCachedThreadPool(daemon("shared-reader"));
    stops.push(effects::shutdownNow);
    stops.push(readers::shutdownNow);
    Bindings bindings = new Bindings(desk, seats, spool, effects);
    bindings.onChange(loginNews);
    ExecutorService media = Executors.newCachedThreadPool(daemon("media"));
    stops.push(media::shutdownNow);
    MediaShares shares = new MediaShares(gates.media());
    // Once for both desks: what an earlier process left open may be the one's or the other's.
    boolean shut = shares.shutLeft();
    if (!shut) {
      // On a thread of its own: a medium that stalls must keep no deadline waiting.
      ScheduledExecutorService closings =
          Executors.newSingleThreadScheduledExecutor(daemon("closings"));
      stops.push(closings::shutdownNow);
      var unusedClosings =
          closings.scheduleWithFixedDelay(
              lasting(shares::shutAgain),
              MediaShares.AGAIN.toMillis(),
              MediaShares.AGAIN.toMillis(),
              TimeUnit.MILLISECONDS);
    }
    GrantDesk.Self self = new GrantDesk.Self(settings.terminal(), settings.organ(), boot);
    GrantDesk.Parts grantParts =
        new GrantDesk.Parts(
            shares.share(),
            bindings::presences,
            GrantTrust.Source.of(policies::current, standing::serverTime),
            GrantCalls.of(client),
            Records.of(spool),
            standing::origins,
            () -> standing.obstacle().isEmpty(),
            () -> gates.enforcement().enforcing(),
            presence -> isProved(offline.get(), presence));
    GrantDesk.Clocks clocks = new GrantDesk.Clocks(bootClock, serverClock, clock);
    GrantDesk grantDesk =
        new GrantDesk(self, grantParts, clocks, state.activations(), random, media, status::write);
    grantDesk.start(bindings, shut);
    grants.set(grantDesk);
    ClipboardDesk clipboardDesk =
        new ClipboardDesk(
            self,
            grantParts,
            clocks,
            state.clipboardActivations(),
            state.clipboardCounts(),
            random,
            () -> lookAgain(clipboards.get()));
    clipboardDesk.start(bindings);
    copying.set(clipboardDesk);
    IntFunction<Optional<Seat>> atScreen =
        uid -> Bindings.isAtScreen(options.presence(), uid) ? seats.ofUid(uid) : Optional.empty();
    ExportCounts.Kept exported = new ExportCounts.Kept(state.exports(), random);
    grantDesk.onForget(exported::forget);
    ExportDesk exportDesk =
        new ExportDesk(grantDesk, Records.of(spool), exported, random, bootClock, atScreen);
    ImportDesk importDesk =
        new ImportDesk(
            grantDesk,
            Records.of(spool),
            exported,
            state.quarantine(),
            scanner(options.scanner(), serverClock),
            bootClock,
            atScreen);
    importDesk.emptyLeft();
    ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(daemon("grants"));
    stops.push(ticks::shutdownNow);
    // Neither lets anything out, so the futures say nothing.
    var unused =
        ticks.scheduleWithFixedDelay(
            lasting(() -> {
              grantDesk.tick();
              clipboardDesk.tick();
            }),
            GrantDesk.TICK.toMillis(),
            GrantDesk.TICK.toMillis(),
            TimeUnit.MILLISECONDS);
    var unusedSeats =
        ticks.scheduleWithFixedDelay(
            lasting(() -> bindings.endAwayFromScreen(options.presence())),
            GrantDesk.TICK.toMillis(),
            GrantDesk.TICK.toMillis(),
            TimeUnit.MILLISECONDS);
    Supplier<Set<CardKind>> kinds =
        () ->
            policies
                .current()
                .map(known -> known.policy().cardKinds())
                .orElse(Set.of(CardKind.STAFF_PIV));
    CardTrust cardTrust =
        new CardTrust(
            state.cardTrust(),
            kinds,
            cardTrust(client),
            serverClock::now,
            contacts::time,
            CardTrust.budget(Runtime.getRuntime()),
            random,
            Executors.newSingleThreadScheduledExecutor(daemon("card-trust")));
    stops.push(cardTrust::close);
    policies.onChange(next -> cardTrust.look());
    LoginCards.Kinds cards =
        new LoginCards.Kinds(kinds, module(options.module(), roles), cardTrust);
    BooleanSupplier reachable = () -> !(client.grants() instanceof Reply.Unreachable);
    EmergencyDesk emergencyDesk =
        new EmergencyDesk(
            new EmergencyDesk.Self(settings.terminal(), settings.organ(), boot),
            new EmergencyDesk.Parts(
                shares.share(),
                desk,
                EmergencyDesk.Signer.of(new TextSigning(desk, cards, readers)),
                cardTrust,
                bindings::presences,
                atScreen,
                () -> EmergencyTrust.now(policies::current, serverClock::now),
                reachable,
                () -> standing.obstacle().isEmpty(),
                () -> gates.enforcement().enforcing(),
                Records.of(spool)),
            new EmergencyDesk.Clocks(bootClock, serverClock::now),
            state.emergencies(),
            random,
            media,
            () -> LockSupport.parkNanos(CARD_LOOK.toNanos()),
            status::write);
    emergencyDesk.start(bindings::onChange, shut);
    emergencies.set(emergencyDesk);
    OfflineGate gate = new OfflineGate(policies::current, contacts, cardTrust);
    OfflineDesk offlineDesk =
        new OfflineDesk(
            new OfflineDesk.Self(settings.terminal(), settings.organ(), boot),
            new OfflineDesk.Parts(
                desk,
                OfflineDesk.Signer.of(
                    new TextSigning(
                        desk,
                        new LoginCards.Kinds(() -> ofStaff(kinds.get()), cards.module(), gate),
                        readers)),
                gate,
                contacts,
                bindings,
                atScreen,
                emergencyDesk::isReserved,
                reachable,
                standing::obstacle,
                Records.of(spool)),
            bootClock,
            random,
            effects,
            () -> LockSupport.parkNanos(CARD_LOOK.toNanos()));
    offlineDesk.start();
    offline.set(offlineDesk);
    // On a thread of its own: no other desk's mount may keep a deadline waiting.
    ScheduledExecutorService deadlines =
        Executors.newSingleThreadScheduledExecutor(daemon("emergency"));
    stops.push(deadlines::shutdownNow);
    var unusedDeadlines =
        deadlines.scheduleWithFixedDelay(
            lasting(emergencyDesk::tick),
            EmergencyDesk.TICK.toMillis(),
            EmergencyDesk.TICK.toMillis(),
            TimeUnit.MILLISECONDS);
    LoginFlow flow =
        new LoginFlow(
            new LoginFlow.Self(settings.terminal(), boot, key),
            options.presence(),
            standing,
            client::fetch,
            desk,
            cards,
            emergencyDesk::isReserved,
            spool,
            bindings,
            readers,
            shown(grantDesk, emergencyDesk),
            clock);
    // On a thread of its own: a deadline must not wait for a disk.
    ScheduledExecutorService counts = Executors.newSingleThreadScheduledExecutor(daemon("counts"));
    stops.push(counts::shutdownNow);
    var unusedToo =
        counts.scheduleWithFixedDelay(
            lasting(flow::settle), SETTLE.toMillis(), SETTLE.toMillis(), TimeUnit.MILLISECONDS);
    ClipboardDuty clipboard =
        new ClipboardDuty(
            new ClipboardDuty.Parts(
                () ->
                    gates.gating()
                        ? policies
                            .current()
                            .map(known ->
                                new ClipboardRulings.InForce(
                                    known.policy(), known.rulesExpired(standing.serverTime())))
                        : Optional.empty(),
                clipboardDesk,
                spool::append,
                System::nanoTime,
                standing::helpLine,
                uid -> Bindings.isAtScreen(options.presence(), uid),
                LogindLock::lock));
    clipboards.set(clipboard);
    SeatServer seatServer =
        SeatServer.open(
            options.socket(),
            new PeerCredentials(),
            new SeatServer.Door(options.presence(), () -> flow.refused(Refusal.PEER_FOREIGN)),
            seats,
            SeatTimes.PROTOCOL,
            new SeatServer.Calls(
                emergencyDesk::ask,
                offlineDesk::ask,
                exportDesk::export,
                importDesk::take,
                clipboard,
                standing::helpLine));
    stops.push(seatServer::close);
    clipboard.onChange(seatServer::treatAll);
    // On a thread of its own: a lock of the screen may take a moment, a deadline must not wait.
    ScheduledExecutorService looks =
        Executors.newSingleThreadScheduledExecutor(daemon("clipboard"));
    stops.push(looks::shutdownNow);
    var unusedLooks =
        looks.scheduleWithFixedDelay(
            lasting(clipboard::tick),
            GrantDesk.TICK.toMillis(),
            GrantDesk.TICK.toMillis(),
            TimeUnit.MILLISECONDS);
    Integer port = options.loopbackPort();
    LoopbackServer server =
        new LoopbackServer(
            new InetSocketAddress(
                InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                port == null ? settings.loopbackPort() : port),
            new ProcNetTcp(),
            seats,
            flow,
            standing::origins,
            standing::helpLine,
            clock);
    stops.push(() -> lastRecord(bindings, spool, sender));
    stops.push(flow::stop);
    stops.push(clipboardDesk::close);
    stops.push(grantDesk::close);
    stops.push(emergencyDesk::close);
    stops.push(server::close);
    loopback = server.address();
    // The network last: its handshakes would only keep what guards this terminal from starting.
    sender.start();
    policies.start();
    heartbeats.start();
    cardTrust.start();
  }

  private static void lookAgain(@Nullable ClipboardDuty clipboard) {
    if (clipboard != null) {
      clipboard.tick();
    }
  }

  /** The gates' state; where they hold, the clipboard's. */
  private static Enforcement enforcement(Gates gates, @Nullable ClipboardDuty clipboard) {
    Enforcement devices = gates.enforcement();
    String fault = clipboard == null || !devices.enforcing() ? null : clipboard.fault();
    return fault == null ? devices : new Enforcement(false, fault);
  }

  private static Scanner scanner(Clamd.@Nullable Settings settings, ServerClock clock) {
    return settings == null
        ? Scanner.NONE
        : new Clamd(settings, clock::now, ZoneId.systemDefault());
  }

  private static CardTrust.Source cardTrust(ServiceClient client) {
    return new CardTrust.Source() {
      @Override
      public Reply<Optional<byte[]>> list(@Nullable String tag) {
        return client.cardTrust(tag);
      }

      @Override
      public Reply<byte[]> part(String name, int largest) {
        return client.cardTrustPart(name, largest);
      }
    };
  }

  private static X509Certificate serverCa(AgentSettings settings) throws StateException {
    try {
      return StateDirectory.certificate(settings.serverCaDer());
    } catch (MalformedException e) {
      throw new StateException(StateException.Code.STATE_MALFORMED, "serverCa", e);
    }
  }

  static ReaderRoles readerRoles(AgentSettings settings) throws StateException {
    try {
      return new ReaderRoles(settings.readerRoles().stream().map(ReaderRoles.Rule::parse).toList());
    } catch (IllegalArgumentException e) {
      throw new StateException(StateException.Code.STATE_MALFORMED, "readerRoles", e);
    }
  }

  private static void afterBeat(
      Renewal renewal,
      RunStatus.Writer status,
      Standing standing,
      RecordSender sender,
      @Nullable GrantDesk grants,
      @Nullable ClipboardDesk copying) {
    try {
      renewal.renewIfDue();
    } catch (StateException e) {
      LOG.log(System.Logger.Level.ERROR, "new certificate not stored", e);
    }
    if (standing.reachable()) {
      sender.wake();
      if (grants != null) {
        grants.poll();
      }
      if (copying != null) {
        copying.poll();
      }
    }
    status.write();
  }

  /**
   * First what was heard: a login that stands is judged by it. What fails here keeps nothing else
   * that a beat does from being done.
   */
  private static void offlineAfterBeat(
      Standing standing,
      ServerClock serverClock,
      Contacts contacts,
      LoginNews news,
      @Nullable OfflineDesk offline) {
    try {
      if (standing.reachable()) {
        serverClock.now().ifPresent(contacts::heard);
        news.look();
      } else {
        contacts.silent();
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "what is kept of contacts", e);
    }
    if (offline != null) {
      offline.beat(standing.reachable());
    }
  }

  private static boolean isProved(@Nullable OfflineDesk offline, LivePresence presence) {
    return offline != null && offline.isProved(presence);
  }

  /** A My Number card's certificate names no staff. */
  private static Set<CardKind> ofStaff(Set<CardKind> kinds) {
    Set<CardKind> staff = EnumSet.noneOf(CardKind.class);
    staff.addAll(kinds);
    staff.remove(CardKind.JPKI);
    return staff;
  }

  private static List<RunStatus.Open> opened(
      @Nullable GrantDesk grants, @Nullable EmergencyDesk emergencies) {
    List<OpenGrant> open = new ArrayList<>();
    if (grants != null) {
      open.addAll(grants.open());
    }
    if (emergencies != null) {
      open.addAll(emergencies.open());
    }
    return open.stream()
        .map(one ->
            new RunStatus.Open(one.grant(), one.medium(), one.mountPoint().toString(), one.until()))
        .toList();
  }

  /** What a seat is told of its media: an emergency before a grant. */
  private static MediaView shown(GrantDesk grants, EmergencyDesk emergencies) {
    return new MediaView() {
      @Override
      public @Nullable OpenExport openFor(int uid) {
        return emergencies.open().stream()
            .filter(open -> open.uid() == uid)
            .findFirst()
            .map(OpenGrant::shown)
            .orElseGet(() -> grants.openFor(uid));
      }

      @Override
      public @Nullable Refusal problem() {
        return emergencies.open().isEmpty() ? grants.problem() : null;
      }
    };
  }

  private static @Nullable Pkcs11Card module(@Nullable VendorModule vendor, ReaderRoles roles) {
    return vendor == null ? null : new Pkcs11Card(vendor.library(), vendor.token(), roles);
  }

  private static void lastRecord(Bindings bindings, Spool spool, RecordSender sender)
      throws SpoolException, InterruptedException {
    // The seats close next; that the agent stopped says it all, so they add no records.
    bindings.stop();
    try {
      spool.append(new AgentEvent.Stopped());
    } finally {
      sender.flush(LAST_FLUSH);
    }
  }

  /** A task that comes again whatever it ended in: a scheduler drops one that lets an error out. */
  static Runnable lasting(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Throwable e) {
        LOG.log(System.Logger.Level.ERROR, "a repeated task failed", e);
      }
    };
  }

  private static java.util.concurrent.ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Stops in order; a part that fails to stop does not keep the others running. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    while (!stops.isEmpty()) {
      try {
        stops.pop().run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        LOG.log(System.Logger.Level.ERROR, "a part did not stop", e);
      }
    }
  }
}
