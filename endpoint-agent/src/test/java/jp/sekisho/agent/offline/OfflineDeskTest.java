package jp.sekisho.agent.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.grant.Records;
import jp.sekisho.agent.login.Bindings;
import jp.sekisho.agent.login.CardDesk;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.login.LoginCards;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.agent.login.TextSigning;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.testing.MemoryDesk;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.agent.testing.ScriptedSeat;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.OnlineLogin;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.statement.OfflineLogin;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import jp.sekisho.smartcard.verify.Spki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * R7, with the agent's own way to a card and its PIN, a card in memory, and scripted clocks.
 *
 * <p>Over 400 lines: one list of what refuses and of what ends a login.
 */
class OfflineDeskTest {
  private static final int UID = 1001;
  @TempDir Path temp;
  private MemoryDesk reader = new MemoryDesk(false);
  private final Seats seats = new Seats();
  private final ScriptedSeat seat = new ScriptedSeat(UID).typing("123456");
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private OfflineWorld world;
  private PivApplet card;
  private Spool spool;
  private Bindings bindings;
  private OfflineDesk desk;
  private Runnable soon = () -> {};
  private boolean reachable;
  private boolean reserved;
  private Room room = Room.PLENTY;
  private Optional<Refusal> obstacle = Optional.empty();

  @BeforeEach
  void begin() throws Exception {
    card =
        PivApplet.open(
            temp.resolve("card"),
            new NewCard(
                NewCard.Kind.STAFF, OfflineWorld.CLERK, Optional.empty(), Optional.empty()));
    world =
        new OfflineWorld(
            temp.resolve("offline.json"),
            StateDirectory.certificate(Files.readAllBytes(temp.resolve("card/9a.der"))));
    world.online();
    Path records = temp.resolve("spool");
    Spool.create(records, "T-0042");
    spool = Spool.open(records, "T-0042", world.boot, MovingClock.standing(), SpoolLimits.DEFAULT);
    seats.add(seat);
    desk();
    reader.insert(card);
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
    spool.close();
  }

  private void desk() {
    bindings = new Bindings(reader, seats, spool, Runnable::run);
    OfflineGate gate = world.gate();
    desk =
        new OfflineDesk(
            new OfflineDesk.Self("T-0042", "mayor", world.boot),
            new OfflineDesk.Parts(
                reader,
                OfflineDesk.Signer.of(
                    new TextSigning(
                        reader,
                        new LoginCards.Kinds(() -> Set.of(CardKind.STAFF_PIV), null, gate),
                        threads)),
                gate,
                world.contacts,
                bindings,
                uid -> seats.ofUid(uid),
                stay -> reserved,
                () -> reachable,
                () -> obstacle,
                new Records() {
                  @Override
                  public void append(AgentEvent event) throws SpoolException {
                    spool.append(event);
                  }

                  @Override
                  public Room room() {
                    return room;
                  }
                }),
            () -> world.sinceBoot,
            new SecureRandom(),
            Runnable::run,
            () -> {
              world.suspended(Duration.ofSeconds(1));
              soon.run();
            });
    desk.start();
  }

  private OfflineOutcome ask() {
    return desk.ask(UID, false);
  }

  private void loggedIn() {
    assertEquals(new OfflineOutcome.LoggedIn(OfflineWorld.CLERK, 720), ask());
  }

  private void refused(Refusal reason) {
    OfflineOutcome.Refused refused = (OfflineOutcome.Refused) ask();
    assertEquals(reason, refused.reason());
    assertEquals(List.of(), bindings.presences());
  }

  /** {@code offline.ended online}, {@code offline.refused NO_CARD} … */
  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (DeviceRecord record : spool.retained()) {
      Object cause = record.data().get("cause");
      String more = record.reason() != null ? record.reason() : cause == null ? "" : "" + cause;
      lines.add((record.type() + " " + more).strip());
    }
    return lines;
  }

  private DeviceRecord last() {
    List<DeviceRecord> all = spool.retained();
    return all.get(all.size() - 1);
  }

  private static byte[] decoded(Map<String, Object> data, String name) throws Exception {
    return Base64Url.decode(String.valueOf(data.get(name)));
  }

  @Test
  @DisplayName("card and PIN log the clerk in; the record proves it from the log alone")
  void login() throws Exception {
    loggedIn();
    assertEquals(List.of("offline.succeeded"), lines());
    LivePresence presence = bindings.presences().get(0);
    assertEquals(world.spki, presence.spki());
    assertTrue(desk.isProved(presence));
    assertEquals("offline-login", seat.prompts.get(0).purpose());
    assertNull(seat.prompts.get(0).text());

    Map<String, Object> data = last().data();
    byte[] text = decoded(data, "text");
    assertEquals(data.get("transaction"), OfflineLogin.parse(text).transaction());
    assertEquals(List.of(data.get("transaction")), bindings.transactions());
    assertTrue(Spki.verifies(decoded(data, "spki"), text, decoded(data, "signature")));
    assertEquals(OfflineWorld.CLERK, data.get("person"));
    assertEquals(OfflineWorld.START.toString(), data.get("contact"));
    assertEquals("login.offline-days", data.get("rule"));
    assertEquals("audit", data.get("effect"));
  }

  @Test
  @DisplayName("the card out ends it for good and locks; the next login is another one")
  void cardOut() {
    loggedIn();
    reader.remove();
    assertEquals(List.of(), bindings.presences());
    assertEquals(1, seat.locks.get());
    assertEquals(
        List.of("offline.succeeded", "offline.ended card-removed", "agent.card-removed"), lines());
    reader.insert(card);
    assertEquals(List.of(), bindings.presences());
    loggedIn();
    assertEquals(2, seat.prompts.size());
  }

  @Test
  @DisplayName("when the service answers again it is over, and nobody's screen is locked")
  void online() {
    loggedIn();
    LivePresence presence = bindings.presences().get(0);
    desk.beat(false);
    assertTrue(desk.isProved(presence));
    desk.beat(true);
    assertFalse(desk.isProved(presence));
    assertEquals(List.of(), bindings.presences());
    assertEquals(0, seat.locks.get());
    assertEquals("offline.ended online", lines().get(1));
    // Offline and online once more in the same stay of the card.
    loggedIn();
    desk.beat(true);
    assertEquals(List.of(), bindings.presences());
    reader.remove();
    assertEquals("agent.card-removed", last().type());
    assertEquals(1, seat.locks.get());
  }

  @Test
  @DisplayName("a card that answered the service in the same stay goes on to stand by that")
  void answeredOnlineToo() {
    loggedIn();
    LivePresence presence = bindings.presences().get(0);
    assertEquals(
        Optional.empty(),
        bindings.bind(seat, OfflineWorld.id(9), presence.stay(), presence.spki()));
    desk.beat(true);
    assertEquals(List.of(presence), bindings.presences());
  }

  @Test
  @DisplayName("while the service answers nobody is asked for a PIN")
  void reachable() {
    reachable = true;
    refused(Refusal.OFFLINE_ONLINE);
    assertEquals(List.of("offline.refused OFFLINE_ONLINE"), lines());
    assertEquals(0, seat.prompts.size());
  }

  @Test
  @DisplayName("a wrong PIN counts on the card as online, and the last try has to be asked for")
  void wrongPin() {
    seat.typing("000000");
    refused(Refusal.PIN_WRONG);
    assertEquals(2L, last().data().get("triesLeft"));
    refused(Refusal.PIN_WRONG);
    refused(Refusal.PIN_LAST_TRY);
    assertEquals(2, seat.prompts.size());
    seat.typing("123456");
    assertEquals(
        new OfflineOutcome.LoggedIn(OfflineWorld.CLERK, 720), desk.ask(UID, true), "the last try");
    assertEquals(3, seat.prompts.size());
  }

  @Test
  @DisplayName("R4: a card that does not get in is not asked for its PIN")
  void beforeThePin() {
    world.number = new StaffNumbers.Outcome.No(Refusal.CERT_REVOKED);
    refused(Refusal.CERT_REVOKED);
    world.number = new StaffNumbers.Outcome.No(Refusal.REVOCATION_UNKNOWN);
    refused(Refusal.REVOCATION_UNKNOWN);
    world.number = new StaffNumbers.Outcome.Carries(OfflineWorld.CLERK);
    world.sign(OfflineWorld.START, policy -> policy, Map.of());
    refused(Refusal.OFFLINE_PERSON);
    assertEquals(0, seat.prompts.size());
    assertEquals(0, reader.presented.get());
  }

  @Test
  @DisplayName("R4: on a shared reader it is typed, and not sent to such a card")
  void sharedReader() {
    reader = new MemoryDesk(true);
    desk();
    reader.insert(card);
    world.number = new StaffNumbers.Outcome.No(Refusal.CERT_REVOKED);
    refused(Refusal.CERT_REVOKED);
    assertEquals(1, seat.prompts.size());
    assertEquals(0, reader.presented.get());
    world.number = new StaffNumbers.Outcome.Carries(OfflineWorld.CLERK);
    loggedIn();
  }

  @Test
  @DisplayName("what changed while the PIN was typed counts")
  void changedMeanwhile() {
    seat.doing(() -> {
      world.sign(OfflineWorld.START, policy -> policy, Map.of());
      return typed();
    });
    refused(Refusal.OFFLINE_PERSON);
    world.sign(OfflineWorld.START, policy -> policy);
    seat.doing(() -> {
      world.wall = world.wall.minusSeconds(60);
      return typed();
    });
    refused(Refusal.OFFLINE_CLOCK);
  }

  private static PinOutcome typed() {
    return new PinOutcome.Typed(
        TypedPin.copyOf("123456".getBytes(StandardCharsets.US_ASCII), 0, 6));
  }

  @Test
  @DisplayName("a removed card, a lost seat and a cancelled window log nobody in")
  void goneMeanwhile() {
    seat.doing(() -> {
      reader.remove();
      return typed();
    });
    refused(Refusal.CARD_REMOVED);
    reader.insert(card);
    seat.doing(() -> new PinOutcome.None(Refusal.PIN_CANCELLED));
    refused(Refusal.PIN_CANCELLED);
    seat.doing(() -> {
      seats.lost(seat);
      return typed();
    });
    assertEquals(new OfflineOutcome.Refused(Refusal.PROMPT_UNAVAILABLE), ask());
    assertEquals("offline.ended seat-lost", lines().get(lines().size() - 1));
    assertEquals(new OfflineOutcome.Refused(Refusal.PEER_FOREIGN), ask());
  }

  @Test
  @DisplayName("what stands in anybody's way is said, with the rule's reason, before any window")
  void obstacles() {
    obstacle = Optional.of(Refusal.TERMINAL_REVOKED);
    refused(Refusal.TERMINAL_REVOKED);
    obstacle = Optional.empty();
    reserved = true;
    refused(Refusal.CARD_BUSY);
    reserved = false;
    reader.remove();
    Duration before = world.sinceBoot;
    refused(Refusal.NO_CARD);
    assertEquals(OfflineDesk.CARD_WAIT, world.sinceBoot.minus(before));
    reader.insert(card);
    world.suspended(Duration.ofHours(49));
    OfflineOutcome.Refused late = (OfflineOutcome.Refused) ask();
    assertEquals(Refusal.OFFLINE_POLICY, late.reason());
    assertEquals("for a test", late.why() == null ? null : late.why().en());
    assertEquals("login.offline-power", last().data().get("rule"));
    assertEquals(0, seat.prompts.size());
  }

  @Test
  @DisplayName("a card that is put in after the question is taken")
  void cardSoon() {
    reader.remove();
    soon = () -> reader.insert(card);
    loggedIn();
  }

  @Test
  @DisplayName("records in their reserve take an offline login; without any room there is none")
  void records() {
    room = Room.GONE;
    refused(Refusal.RECORDS_FULL);
    assertEquals(List.of(), lines());
    room = Room.RESERVE;
    loggedIn();
  }

  @Test
  @DisplayName("no program fills the records with questions")
  void tooMany() {
    reachable = true;
    for (int i = 0; i < OfflineDesk.MOST_ASKED; i++) {
      refused(Refusal.OFFLINE_ONLINE);
    }
    refused(Refusal.TOO_MANY);
    refused(Refusal.TOO_MANY);
    assertEquals(OfflineDesk.MOST_ASKED + 1, lines().size());
    reachable = false;
    world.on(Duration.ofMinutes(10));
    loggedIn();
  }

  @Test
  @DisplayName("12 hours are the longest, by the boot clock, and the screen is locked then")
  void limit() {
    loggedIn();
    world.suspended(Duration.ofHours(12).minusSeconds(1));
    desk.beat(false);
    assertEquals(1, bindings.presences().size());
    world.suspended(Duration.ofSeconds(1));
    desk.beat(false);
    assertEquals(List.of(), bindings.presences());
    assertEquals(1, seat.locks.get());
    assertEquals(List.of("offline.succeeded", "offline.ended limit", "agent.seat-lost"), lines());
  }

  @Test
  @DisplayName("R4: a revocation ends it at the next beat, and so does that of the terminal")
  void revoked() {
    loggedIn();
    world.sign(OfflineWorld.START, policy -> policy, Map.of());
    desk.beat(false);
    assertEquals("offline.ended revoked", lines().get(1));
    assertEquals(1, seat.locks.get());
    world.sign(OfflineWorld.START, policy -> policy);
    loggedIn();
    obstacle = Optional.of(Refusal.TERMINAL_REVOKED);
    desk.beat(false);
    assertEquals(2, seat.locks.get());
  }

  @Test
  @DisplayName("another login takes its place, at another user's seat with a lock")
  void replaced() {
    loggedIn();
    loggedIn();
    assertEquals(
        List.of("offline.succeeded", "offline.ended replaced", "offline.succeeded"), lines());
    assertEquals(1, bindings.presences().size());
    assertEquals(0, seat.locks.get());
    Seat other = new ScriptedSeat(1002).typing("123456");
    seats.add(other);
    assertEquals(new OfflineOutcome.LoggedIn(OfflineWorld.CLERK, 720), desk.ask(1002, false));
    assertEquals(1, seat.locks.get());
    assertEquals(1002, bindings.presences().get(0).uid());
  }

  @Test
  @DisplayName("the service is asked who is logged in after a card answered, until it says so")
  void loginNews() {
    List<String> asked = new ArrayList<>();
    List<OnlineLogin> there = new ArrayList<>();
    LoginNews news =
        new LoginNews(
            world.contacts,
            () -> {
              asked.add("");
              return new Reply.Ok<>(new OnlineLogins(there));
            });
    news.look();
    news.look();
    assertEquals(1, asked.size(), "once after the start");
    news.came(new LivePresence(UID, new CardDesk.Stay("r", 1, false), "k"));
    for (int i = 0; i < 5; i++) {
      news.look();
    }
    assertEquals(1 + LoginNews.TIMES, asked.size(), "an answer that nobody posted");
    news.came(new LivePresence(UID, new CardDesk.Stay("r", 2, false), world.spki));
    there.add(new OnlineLogin(OfflineWorld.CLERK, world.spki, world.wall.toString()));
    news.look();
    news.look();
    assertEquals(2 + LoginNews.TIMES, asked.size());
  }
}
