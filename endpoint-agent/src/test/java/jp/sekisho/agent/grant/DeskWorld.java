package jp.sekisho.agent.grant;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.MediaShares;
import jp.sekisho.agent.enforce.MediumReader;
import jp.sekisho.agent.enforce.MediumWriter;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.agent.heartbeat.ServerClock;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.testing.FolderMedium;
import jp.sekisho.agent.testing.MemoryMedium;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.OfferedApproval;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ExportEvent;
import jp.sekisho.protocol.event.ImportEvent;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import org.jspecify.annotations.Nullable;

/**
 * A terminal, its media, its cards and its service around one desk; nothing happens until {@link
 * #settle} runs what the desk handed to its executor.
 *
 * <p>Past 400 lines: everything around a desk stands in it.
 */
final class DeskWorld {
  static final String TERMINAL = "T-0042";
  static final String ORGAN = "mayor";
  static final String CLERK = "S-1024";
  static final String BOSS = "S-0007";
  static final String ORIGIN = "https://auth.city.example";
  static final String STICK = fingerprint("stick");
  static final Instant START = Instant.parse("2026-11-21T01:00:00Z");
  static final LivePresence CLERK_HERE = presence(1001, 1, "clerk");

  final KeyPair boss = TestPki.newKeys();
  final String bossSpki = Sha256.text(boss.getPublic().getEncoded());

  final Deque<Runnable> queue = new ArrayDeque<>();
  final Executor executor = queue::add;
  final MovingClock wall = new MovingClock(START.plusSeconds(60));
  Duration sinceBoot = Duration.ofHours(5);
  final BootClock bootClock = () -> sinceBoot;
  ServerClock serverClock = new ServerClock(bootClock);
  String boot = Base64Url.encode(new byte[16]);

  final Gate gate = new Gate();
  private MediaShares shares = new MediaShares(gate);
  final Service service = new Service();
  final Log log = new Log();
  final List<LivePresence> present = new ArrayList<>();

  /** Cards that the terminal itself proved while the service was away. */
  final Set<LivePresence> proved = new HashSet<>();

  GrantTrust.Now trust;
  boolean trustBroken;
  boolean trustError;
  boolean active = true;
  boolean enforcing = true;
  Runnable whileMeasuring = () -> {};
  int changes;
  final Path state;
  GrantDesk desk;

  DeskWorld(Path state) {
    this.state = state;
    this.trust =
        new GrantTrust.Now.InForce(
            trust(new Approver(BOSS, ORGAN, bossSpki), Map.of(bossSpki, BOSS)));
    this.desk = newDesk();
  }

  /** Rules of one approver, 60 minutes, 7 days; the clerk's card is always in the roster. */
  static GrantTrust trust(Approver approver, Map<String, String> roster) {
    return trust(approver, roster, readings());
  }

  /** The same with these further settings. */
  static GrantTrust trust(
      Approver approver, Map<String, String> roster, SettingValues.Builder more) {
    Map<String, String> cards = new HashMap<>(roster);
    cards.put(Sha256.text(bytes("clerk")), CLERK);
    cards.put(Sha256.text(bytes("other")), "S-2000");
    return new GrantTrust(
        SignedSet.policy(List.of(approver), more.build()), new Roster(cards), Set.of(), true);
  }

  /** Settings by which one approver lets any registered medium be read, and nothing else. */
  static SettingValues.Builder readings() {
    SettingValues.Builder more = new SettingValues.Builder();
    put(more, UsbSettings.MEDIA, List.of(UsbSettings.EVERY_REGISTERED));
    put(more, GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_READ));
    put(more, GrantSettings.SECOND_APPROVER, List.of());
    put(more, GrantSettings.ATTENDANT, List.of());
    put(more, GrantSettings.FIELDS, List.of());
    return more;
  }

  static <T> void put(SettingValues.Builder more, Setting<T> setting, T value) {
    more.put(setting, SignedSet.rule(setting.path(), value));
  }

  /** What is in force, with this setting. */
  <T> void signed(Setting<T> setting, T value) {
    GrantTrust now = inForce();
    SettingValues.Builder more = new SettingValues.Builder();
    now.policy().more().settings().forEach(each -> more.copy(each, now.policy().more()));
    put(more, setting, value);
    this.trust =
        new GrantTrust.Now.InForce(
            new GrantTrust(
                SignedSet.policy(now.rules().approvers().value(), more.build()),
                now.roster(),
                now.revoked(),
                now.startsNew()));
  }

  GrantTrust inForce() {
    return ((GrantTrust.Now.InForce) trust).trust();
  }

  /** A desk as a new process of the agent makes it, over the same state. */
  GrantDesk newDesk() {
    gate.plugListeners.clear();
    gate.unplugListeners.clear();
    queue.clear();
    shares = new MediaShares(gate);
    return new GrantDesk(
        new GrantDesk.Self(TERMINAL, ORGAN, boot),
        new GrantDesk.Parts(
            shares.share(),
            () -> List.copyOf(present),
            this::trustNow,
            service,
            log,
            () -> List.of(ORIGIN),
            () -> active,
            () -> {
              whileMeasuring.run();
              return enforcing;
            },
            proved::contains),
        new GrantDesk.Clocks(bootClock, serverClock, wall),
        state,
        new SecureRandom(),
        executor,
        () -> changes++);
  }

  /** Starts the newest desk as the agent does. */
  void start() {
    desk.start(null, shares.shutLeft());
  }

  private GrantTrust.Now trustNow() {
    if (trustError) {
      throw new LinkageError("scripted");
    }
    if (trustBroken) {
      throw new IllegalStateException("scripted");
    }
    return trust;
  }

  /** Started, the clock heard, everything done. */
  DeskWorld running() {
    serverClock.heard(service.now());
    start();
    desk.poll();
    settle();
    return this;
  }

  /** Runs what the desk handed over, until nothing is left. */
  void settle() {
    for (int i = 0; !queue.isEmpty(); i++) {
      if (i > 10_000) {
        throw new AssertionError("the desk never rests");
      }
      queue.remove().run();
    }
  }

  /** Time goes on everywhere, with the ticks in between. */
  void pass(Duration time) {
    for (Duration gone = Duration.ZERO; gone.compareTo(time) < 0; gone = gone.plusSeconds(1)) {
      sinceBoot = sinceBoot.plusSeconds(1);
      wall.advance(Duration.ofSeconds(1));
      desk.tick();
      settle();
    }
  }

  void plug(PluggedMedium medium) {
    gate.plugged.add(medium);
    List.copyOf(gate.plugListeners).forEach(l -> l.accept(medium));
  }

  void unplug(PluggedMedium medium) {
    gate.plugged.remove(medium);
    gate.mounted.remove(medium);
    List.copyOf(gate.unplugListeners).forEach(l -> l.accept(medium));
  }

  void logIn(LivePresence who) {
    present.add(who);
    service.sessions = true;
    desk.tick();
    desk.poll();
  }

  void logOut(LivePresence who) {
    present.remove(who);
    desk.tick();
  }

  boolean isOpen() {
    return !gate.mounted.isEmpty();
  }

  // --- What is offered ---

  static ExportGrant text(String id) {
    return new ExportGrant(
        Base64Url.encode(java.util.Arrays.copyOf(bytes(id), 16)),
        ORGAN,
        CLERK,
        TERMINAL,
        Capability.USB_READ,
        "M-0007",
        STICK,
        "月次の税務データを読み込むため",
        "税第12号",
        null,
        null,
        120,
        START,
        START.plus(Duration.ofHours(3)),
        30);
  }

  GrantOffer offer(ExportGrant text) {
    return offer(text, approval(text.detail()), boss);
  }

  /** One occurrence of a series that an approver signed. */
  GrantOffer offer(GrantSeries series, int number) {
    return offer(series.occurrence(number).request(), series, approval(series.detail()), boss);
  }

  static CardStatement approval(String detail) {
    return new CardStatement(
        ORIGIN,
        Base64Url.encode(new byte[16]),
        Base64Url.encode(new byte[32]),
        Purpose.APPROVE,
        "T-0001",
        Sha256.text(bytes("certificate")),
        detail);
  }

  static GrantOffer offer(ExportGrant text, CardStatement card, KeyPair signer) {
    return offer(text.request(), text, card, signer);
  }

  static GrantOffer offer(String grant, GrantText text, CardStatement card, KeyPair signer) {
    return new GrantOffer(
        grant,
        Base64Url.encode(text.bytes()),
        Base64Url.encode(card.bytes()),
        Base64Url.encode(sign(signer, card.bytes())),
        Base64Url.encode(signer.getPublic().getEncoded()),
        "approved",
        null,
        null);
  }

  /** {@code offer} with an extension that the signer's card approved. */
  static GrantOffer with(GrantOffer offer, ExportGrant longer, KeyPair signer) {
    GrantOffer alone = offer(longer, approval(longer.detail()), signer);
    return new GrantOffer(
        offer.grant(),
        offer.text(),
        offer.cardStatement(),
        offer.signature(),
        offer.spki(),
        "active",
        null,
        new OfferedApproval(alone.text(), alone.cardStatement(), alone.signature(), alone.spki()));
  }

  /** {@code offer} with the confirmation of a month that the signer's card approved. */
  static GrantOffer with(GrantOffer offer, SeriesConfirmation month, KeyPair signer) {
    return with(offer, month.bytes(), approval(month.detail()), signer);
  }

  /** {@code offer} with any text as the confirmation of its month. */
  static GrantOffer with(GrantOffer offer, byte[] month, CardStatement card, KeyPair signer) {
    return new GrantOffer(
        offer.grant(),
        offer.text(),
        offer.cardStatement(),
        offer.signature(),
        offer.spki(),
        offer.state(),
        null,
        null,
        new OfferedApproval(
            Base64Url.encode(month),
            Base64Url.encode(card.bytes()),
            Base64Url.encode(sign(signer, card.bytes())),
            Base64Url.encode(signer.getPublic().getEncoded())));
  }

  static byte[] sign(KeyPair keys, byte[] data) {
    try {
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(keys.getPrivate());
      signer.update(data);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static LivePresence presence(int uid, int stay, String card) {
    return new LivePresence(uid, new Stay("reader", stay, false), Sha256.text(bytes(card)));
  }

  static PluggedMedium stick(String port) {
    return new PluggedMedium(port, STICK);
  }

  static String fingerprint(String text) {
    return Sha256.text(bytes(text));
  }

  static byte[] bytes(String text) {
    return java.util.Arrays.copyOf(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), 32);
  }

  /** Media of the terminal; what is mounted is what a person could read. */
  static final class Gate implements MediaGate {
    final Set<PluggedMedium> plugged = new LinkedHashSet<>();
    final Set<PluggedMedium> mounted = new LinkedHashSet<>();
    final List<Integer> users = new ArrayList<>();
    final List<Consumer<PluggedMedium>> plugListeners = new ArrayList<>();
    final List<Consumer<PluggedMedium>> unplugListeners = new ArrayList<>();
    @Nullable Refusal failure;
    Runnable whileOpening = () -> {};
    Runnable whileWriting = () -> {};
    boolean stuck;
    int opened;
    int written;

    /** What can be written to. */
    final MemoryMedium memory = new MemoryMedium();

    /** What can be taken in. */
    final FolderMedium folder = new FolderMedium(() -> true);

    @Override
    public List<PluggedMedium> plugged() {
      return List.copyOf(plugged);
    }

    @Override
    public void onPlugged(Consumer<PluggedMedium> listener) {
      plugListeners.add(listener);
    }

    @Override
    public void onUnplugged(Consumer<PluggedMedium> listener) {
      unplugListeners.add(listener);
    }

    @Override
    public OpenOutcome openReadOnly(PluggedMedium medium, int user) {
      Runnable script = whileOpening;
      whileOpening = () -> {};
      script.run();
      if (failure != null || !plugged.contains(medium)) {
        return new OpenOutcome.Failed(failure == null ? Refusal.MEDIUM_ABSENT : failure);
      }
      opened++;
      users.add(user);
      mounted.add(medium);
      return new OpenOutcome.Opened(Path.of("/run/sekisho/media/" + medium.device() + "/medium"));
    }

    @Override
    public WriteOutcome write(PluggedMedium medium, MediumWriter writer) {
      if (failure != null || !plugged.contains(medium)) {
        return new WriteOutcome.Failed(failure == null ? Refusal.MEDIUM_ABSENT : failure, false);
      }
      written++;
      whileWriting.run();
      try {
        writer.write(memory);
        return new WriteOutcome.Done();
      } catch (IOException e) {
        return new WriteOutcome.Failed(Refusal.EXPORT_MEDIUM, true);
      }
    }

    @Override
    public WriteOutcome read(PluggedMedium medium, MediumReader reader) {
      if (failure != null || !plugged.contains(medium)) {
        return new WriteOutcome.Failed(failure == null ? Refusal.MEDIUM_ABSENT : failure, false);
      }
      try {
        reader.read(folder);
        return new WriteOutcome.Done();
      } catch (IOException e) {
        return new WriteOutcome.Failed(Refusal.IMPORT_MEDIUM, true);
      }
    }

    @Override
    public boolean close(PluggedMedium medium) {
      if (stuck) {
        return false;
      }
      mounted.remove(medium);
      return true;
    }
  }

  /** The service's side: once per approval, sessions, time. */
  final class Service implements GrantCalls {
    final Map<String, GrantOffer> offers = new LinkedHashMap<>();
    final Map<String, Activated> activations = new HashMap<>();
    final List<ActivateRequest> asked = new ArrayList<>();
    List<GrantOffer> told = List.of();
    boolean online = true;
    boolean sessions;
    @Nullable Refusal refusal;

    /** How often the list was asked for. */
    int lists;

    /** Happens once, while the list that was just made is on its way. */
    Runnable whileListed = () -> {};

    /** Why there is no list. */
    @Nullable Refusal listRefusal;

    java.util.function.UnaryOperator<Activated> forge = a -> a;
    Runnable whileAsked = () -> {};
    boolean answerLost;
    Duration ahead = Duration.ZERO;

    Instant now() {
      return START.plusSeconds(60).plus(sinceBoot.minusHours(5)).plus(ahead);
    }

    void offering(GrantOffer... all) {
      offers.clear();
      for (GrantOffer each : all) {
        offers.put(each.grant(), each);
      }
    }

    @Override
    public Reply<GrantList> grants() {
      lists++;
      if (!online) {
        return new Reply.Unreachable<>("cut");
      }
      if (listRefusal != null) {
        return new Reply.Refused<>(listRefusal, listRefusal.name());
      }
      told = List.copyOf(offers.values());
      GrantList list = new GrantList(told);
      Runnable script = whileListed;
      whileListed = () -> {};
      script.run();
      return new Reply.Ok<>(list);
    }

    @Override
    public Reply<Activated> activate(String grant, ActivateRequest request) {
      if (!online) {
        return new Reply.Unreachable<>("cut");
      }
      asked.add(request);
      whileAsked.run();
      Refusal no = refusal;
      Activated known = activations.get(grant);
      if (no == null && known != null && !known.nonce().equals(request.nonce())) {
        no = Refusal.GRANT_ACTIVATED;
      }
      if (no == null && !offers.containsKey(grant)) {
        no = Refusal.GRANT_DECIDED;
      }
      if (no == null && !sessions) {
        no = Refusal.GRANT_NO_SESSION;
      }
      if (no != null) {
        return new Reply.Refused<>(no, no.name());
      }
      if (known == null) {
        ExportGrant text = textOf(grant);
        known = new Activated(request.nonce(), now().toString(), text.deadline(now()).toString());
        activations.put(grant, known);
      }
      if (answerLost) {
        return new Reply.Unreachable<>("lost");
      }
      return new Reply.Ok<>(forge.apply(known));
    }

    private ExportGrant textOf(String grant) {
      try {
        GrantOffer offer = java.util.Objects.requireNonNull(offers.get(grant));
        return GrantText.parse(Base64Url.decode(offer.text())).allows(grant).orElseThrow();
      } catch (jp.sekisho.protocol.MalformedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The terminal's records about media. */
  static final class Log implements Records {
    final List<AgentEvent> events = new ArrayList<>();
    Room room = Room.PLENTY;
    boolean broken;
    Consumer<AgentEvent> before = event -> {};

    @Override
    public void append(AgentEvent event) throws SpoolException {
      before.accept(event);
      if (broken) {
        throw new SpoolException(SpoolException.Code.SPOOL_FAILED, "scripted");
      }
      events.add(event);
    }

    @Override
    public Room room() {
      return room;
    }

    /** What was recorded: {@code opened}, {@code closed deadline}, {@code refused CODE}. */
    List<String> lines() {
      return events.stream().map(Log::line).toList();
    }

    private static String line(AgentEvent event) {
      if (event instanceof ImportEvent.Opened) {
        return "import opened";
      }
      if (event instanceof ImportEvent.Released released) {
        return "released " + released.file() + " " + released.kind();
      }
      if (event instanceof ImportEvent.Refused refused) {
        return "import refused " + refused.reason();
      }
      if (event instanceof ImportEvent.Failed failed) {
        return "import failed " + failed.file() + " " + failed.reason();
      }
      if (event instanceof ExportEvent.Opened) {
        return "opened";
      }
      if (event instanceof ExportEvent.Extended) {
        return "extended";
      }
      if (event instanceof ExportEvent.Written written) {
        return "written " + written.file() + "/" + written.part();
      }
      if (event instanceof ExportEvent.Failed failed) {
        return "failed " + failed.file() + "/" + failed.part() + " " + failed.reason();
      }
      return event instanceof ExportEvent.Closed closed
          ? "closed " + closed.cause().text() + (closed.verified() ? "" : " unverified")
          : "refused " + ((ExportEvent.Refused) event).reason();
    }
  }
}
