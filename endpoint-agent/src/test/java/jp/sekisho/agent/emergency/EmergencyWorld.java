package jp.sekisho.agent.emergency;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.MediaShares;
import jp.sekisho.agent.enforce.MediumReader;
import jp.sekisho.agent.enforce.MediumWriter;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.agent.grant.GrantTrust;
import jp.sekisho.agent.grant.Records;
import jp.sekisho.agent.login.Bindings;
import jp.sekisho.agent.login.CardDesk;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.agent.login.TextSigning;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.testing.ScriptedSeat;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.EmergencyEvent;
import jp.sekisho.protocol.statement.BreakGlass;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.pcsc.PromptScope;
import org.jspecify.annotations.Nullable;

/**
 * A terminal without its line around one desk: people with cards, one stick, one reader. A pause of
 * the desk is when the next hand puts its card in.
 *
 * <p>Past 400 lines: everybody and everything that an emergency needs stands in it.
 */
final class EmergencyWorld {
  static final String TERMINAL = "T-0042";
  static final String ORGAN = "mayor";
  static final String CLERK = "S-1024";
  static final String FIRST = "S-0007";
  static final String SECOND = "S-0008";
  static final int UID = 1001;
  static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
  static final String PIN = Sha256.text(bytes("staff CA"));
  static final PluggedMedium STICK = new PluggedMedium("3-1", Sha256.text(bytes("stick")));

  private static final TestPki CA = new TestPki("staff CA");

  /** What a card is asked for and gives. */
  interface Card {
    TextSigning.Outcome sign(BreakGlass text);
  }

  final KeyPair clerk = TestPki.newKeys();
  final KeyPair first = TestPki.newKeys();
  final KeyPair second = TestPki.newKeys();
  final Map<String, String> roster = new HashMap<>();

  /** Staff numbers in certificates of the pinned CA, by the hash of the card's key. */
  final Map<String, String> numbers = new HashMap<>();

  final List<String> staffCas = new ArrayList<>(List.of(PIN));
  final List<Approver> approvers = new ArrayList<>();
  final Set<String> revoked = new LinkedHashSet<>();
  final Gate gate = new Gate();
  MediaShares shares = new MediaShares(gate);
  final Reader reader = new Reader();
  final Log log = new Log();
  final ScriptedSeat seat = new ScriptedSeat(UID);
  final List<LivePresence> present = new ArrayList<>();
  final Deque<Runnable> queue = new ArrayDeque<>();
  final List<String> told = new ArrayList<>();

  /** What hands do, one at each pause of the desk. */
  final Deque<Runnable> hands = new ArrayDeque<>();

  final Path file;
  Duration sinceBoot = Duration.ofHours(5);
  Optional<Instant> server = Optional.of(NOW);
  String boot = Base64Url.encode(new byte[16]);
  Duration longest = Duration.ofMinutes(60);
  List<String> media = List.of("registered");
  EmergencyTrust.@Nullable Now none;
  boolean fresh = true;
  boolean reachable;
  boolean active = true;
  boolean enforcing = true;
  boolean atScreen = true;
  boolean gone;
  UnaryOperator<BreakGlass> asSigned = text -> text;
  Bindings.@Nullable Listener bindings;
  EmergencyDesk desk;

  EmergencyWorld(Path file) {
    this.file = file;
    roster.put(spki(clerk), CLERK);
    roster.put(spki(first), FIRST);
    roster.put(spki(second), SECOND);
    numbers.putAll(roster);
    approvers.add(new Approver(FIRST, ORGAN, spki(first)));
    approvers.add(new Approver(SECOND, ORGAN, spki(second)));
    gate.plugged.add(STICK);
    reader.insert(card(clerk));
    present.add(new LivePresence(UID, reader.stay(), spki(clerk)));
    desk = newDesk();
  }

  /** A desk as a new process of the agent makes it, over the same state. */
  EmergencyDesk newDesk() {
    gate.unplugListeners.clear();
    queue.clear();
    shares = new MediaShares(gate);
    EmergencyDesk made =
        new EmergencyDesk(
            new EmergencyDesk.Self(TERMINAL, ORGAN, boot),
            new EmergencyDesk.Parts(
                shares.share(),
                reader,
                (at, stay, text, left) -> reader.sign(stay, asSigned.apply(text)),
                this::number,
                () -> List.copyOf(present),
                uid -> uid == UID && atScreen ? Optional.<Seat>of(seat) : Optional.empty(),
                this::trust,
                () -> reachable,
                () -> active,
                () -> enforcing,
                log),
            new EmergencyDesk.Clocks(() -> sinceBoot, () -> server),
            file,
            new SecureRandom(),
            queue::add,
            this::pause,
            () -> {});
    made.start(listener -> bindings = listener, shares.shutLeft());
    return made;
  }

  private StaffNumbers.Outcome number(
      CardKind kind, X509Certificate certificate, Collection<String> pins) {
    String number = numbers.get(Sha256.text(certificate.getPublicKey().getEncoded()));
    return number == null || !pins.contains(PIN)
        ? new StaffNumbers.Outcome.No(Refusal.CERT_UNTRUSTED)
        : new StaffNumbers.Outcome.Carries(number);
  }

  private void pause() {
    sinceBoot = sinceBoot.plusSeconds(1);
    Runnable next = hands.poll();
    if (next != null) {
      next.run();
    }
  }

  EmergencyTrust.Now trust() {
    if (none != null) {
      return none;
    }
    return new EmergencyTrust.Now.InForce(
        new EmergencyTrust(
            new GrantTrust(
                SignedSet.policy(List.copyOf(approvers)), new Roster(roster), revoked, fresh),
            longest,
            media,
            staffCas));
  }

  /** The hands of one reader: each card in turn, the clerk's last. */
  EmergencyWorld handing(Card... cards) {
    for (Card card : cards) {
      hands.add(() -> reader.insert(card));
    }
    return this;
  }

  EmergencyOutcome ask() {
    return ask(30);
  }

  EmergencyOutcome ask(int minutes) {
    return ask(UID, minutes);
  }

  EmergencyOutcome ask(int uid, int minutes) {
    EmergencyOutcome outcome =
        desk.ask(
            uid,
            minutes,
            BreakGlass.Reason.DISASTER,
            new Talk() {
              @Override
              public void step(Step step, @Nullable Refusal problem) {
                told.add(problem == null ? step.text() : step.text() + " " + problem);
              }

              @Override
              public boolean gone() {
                return gone;
              }
            });
    settle();
    return outcome;
  }

  /** Asked, signed by all three, open. */
  EmergencyOutcome opened(int minutes) {
    handing(card(first), card(second), card(clerk));
    return ask(minutes);
  }

  /** The clerk's card, in the reader since somebody put it in, stands behind the seat again. */
  void logInAgain() {
    present.clear();
    present.add(new LivePresence(UID, reader.stay(), spki(clerk)));
  }

  /** A passkey answers at a seat of that user. */
  void passkey(int uid) {
    Objects.requireNonNull(bindings).passkey(uid);
  }

  void settle() {
    for (int i = 0; !queue.isEmpty(); i++) {
      if (i > 10_000) {
        throw new AssertionError("the desk never rests");
      }
      queue.remove().run();
    }
  }

  void pass(Duration time) {
    sinceBoot = sinceBoot.plus(time);
    desk.tick();
    settle();
  }

  boolean isOpen() {
    return !gate.mounted.isEmpty();
  }

  // --- Cards ---

  static Card card(KeyPair keys) {
    return text -> signed(keys, text.bytes());
  }

  static Card failing(Refusal reason) {
    return text -> new TextSigning.Outcome.No(reason);
  }

  static TextSigning.Outcome signed(KeyPair keys, byte[] bytes) {
    return signed(keys.getPublic().getEncoded(), sign(keys, bytes), keys);
  }

  /** What a card may say, with a certificate of those keys. */
  static TextSigning.Outcome signed(byte[] spki, byte[] signature, KeyPair certified) {
    return new TextSigning.Outcome.Signed(
        spki,
        signature,
        CardKind.STAFF_PIV,
        CA.issue(certified.getPublic(), "staff", NOW, NOW.plusSeconds(86_400)));
  }

  static byte[] sign(KeyPair keys, byte[] bytes) {
    try {
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(keys.getPrivate());
      signer.update(bytes);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String spki(KeyPair keys) {
    return Sha256.text(keys.getPublic().getEncoded());
  }

  private static byte[] bytes(String text) {
    return Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 32);
  }

  /** One reader, where a card that is put in takes the place of the one before; and another. */
  static final class Reader implements CardDesk {
    static final Stay OTHER = new Stay("other", 1, false);

    /** In the other reader. */
    @Nullable Card other;

    private final List<Consumer<String>> listeners = new ArrayList<>();
    private int counter;
    private @Nullable Card card;

    void insert(Card next) {
      counter++;
      card = next;
    }

    void remove() {
      card = null;
    }

    /** As {@link #remove}, and tells. */
    void leave() {
      remove();
      listeners.forEach(listener -> listener.accept("reader"));
    }

    Stay stay() {
      return new Stay("reader", counter, false);
    }

    TextSigning.Outcome sign(Stay stay, BreakGlass text) {
      Card there = stay.equals(OTHER) ? other : card;
      return there == null || !isStill(stay)
          ? new TextSigning.Outcome.No(Refusal.CARD_REMOVED)
          : there.sign(text);
    }

    @Override
    public Look look() {
      return card == null ? new Look.Absent(Refusal.NO_CARD, "reader") : new Look.Present(stay());
    }

    @Override
    public List<Stay> cards() {
      List<Stay> cards = new ArrayList<>();
      if (card != null) {
        cards.add(stay());
      }
      if (other != null) {
        cards.add(OTHER);
      }
      return cards;
    }

    @Override
    public CardChannel connect(Stay stay, PromptScope prompt) throws CardException {
      throw new CardException(CardFailure.NO_CARD, "scripted");
    }

    @Override
    public boolean servesStaffOnly() {
      return true;
    }

    @Override
    public boolean isOnlyCard(Stay stay) {
      return isStill(stay);
    }

    @Override
    public boolean isStill(Stay stay) {
      return stay.equals(OTHER) ? other != null : card != null && stay.counter() == counter;
    }

    @Override
    public void onGone(Consumer<String> listener) {
      listeners.add(listener);
    }
  }

  /** Media of the terminal. */
  static final class Gate implements MediaGate {
    final Set<PluggedMedium> plugged = new LinkedHashSet<>();
    final Set<PluggedMedium> mounted = new LinkedHashSet<>();
    final List<Consumer<PluggedMedium>> unplugListeners = new ArrayList<>();
    @Nullable Refusal failure;
    Runnable whileOpening = () -> {};
    boolean stuck;
    int opened;

    /** Runs when somebody asks what is plugged in. */
    Runnable whileLooking = () -> {};

    /** Takes all out and tells. */
    void unplugAll() {
      List<PluggedMedium> gone = List.copyOf(plugged);
      plugged.clear();
      gone.forEach(medium -> unplugListeners.forEach(listener -> listener.accept(medium)));
    }

    @Override
    public List<PluggedMedium> plugged() {
      whileLooking.run();
      return List.copyOf(plugged);
    }

    @Override
    public void onPlugged(Consumer<PluggedMedium> listener) {}

    @Override
    public void onUnplugged(Consumer<PluggedMedium> listener) {
      unplugListeners.add(listener);
    }

    @Override
    public OpenOutcome openReadOnly(PluggedMedium medium, int user) {
      whileOpening.run();
      if (failure != null || user != UID) {
        return new OpenOutcome.Failed(failure == null ? Refusal.MEDIUM_ABSENT : failure);
      }
      opened++;
      mounted.add(medium);
      return new OpenOutcome.Opened(Path.of("/run/sekisho/media/" + medium.device() + "/medium"));
    }

    @Override
    public WriteOutcome write(PluggedMedium medium, MediumWriter writer) {
      throw new AssertionError("an emergency only reads");
    }

    @Override
    public WriteOutcome read(PluggedMedium medium, MediumReader reader) {
      throw new AssertionError("an emergency is read by a person");
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

  /** The terminal's records. */
  static final class Log implements Records {
    final List<EmergencyEvent> events = new ArrayList<>();
    Room room = Room.PLENTY;
    int brokenFrom = Integer.MAX_VALUE;

    @Override
    public void append(AgentEvent event) throws SpoolException {
      if (events.size() >= brokenFrom) {
        throw new SpoolException(SpoolException.Code.SPOOL_FAILED, "scripted");
      }
      events.add((EmergencyEvent) event);
    }

    @Override
    public Room room() {
      return room;
    }

    /** {@code asked}, {@code signed S-0007 approver}, {@code opened}, {@code refused CODE} … */
    List<String> lines() {
      return events.stream().map(Log::line).toList();
    }

    private static String line(EmergencyEvent event) {
      if (event instanceof EmergencyEvent.Asked) {
        return "asked";
      }
      if (event instanceof EmergencyEvent.Signed signed) {
        return "signed " + signed.signer() + " " + signed.part();
      }
      if (event instanceof EmergencyEvent.Opened) {
        return "opened";
      }
      return event instanceof EmergencyEvent.Closed closed
          ? "closed " + closed.cause().text() + (closed.verified() ? "" : " unverified")
          : "refused " + ((EmergencyEvent.Refused) event).reason();
    }
  }
}
