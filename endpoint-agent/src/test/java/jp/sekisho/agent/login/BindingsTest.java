package jp.sekisho.agent.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.agent.login.CardDesk.Look;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.testing.MemoryDesk;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.agent.testing.ScriptedSeat;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BindingsTest {
  private static final String ID = Base64Url.encode(new byte[16]);
  private final MemoryDesk desk = new MemoryDesk(false);
  private final Seats seats = new Seats();
  private final ScriptedSeat seat = new ScriptedSeat(1001);
  private final List<String> heard = new ArrayList<>();
  private final List<Integer> passkeys = new ArrayList<>();
  private final List<Runnable> effects = new ArrayList<>();
  @TempDir Path temp;
  private Spool spool;
  private Bindings bindings;

  @BeforeEach
  void open() throws Exception {
    Path records = temp.resolve("spool");
    Spool.create(records, "T-0042");
    spool = Spool.open(records, "T-0042", ID, MovingClock.standing(), SpoolLimits.DEFAULT);
    seats.add(seat);
    bindings = new Bindings(desk, seats, spool, effects::add);
    bindings.onChange(
        new Bindings.Listener() {
          @Override
          public void came(LivePresence presence) {
            heard.add("came " + presence.uid() + " " + presence.spki());
          }

          @Override
          public void went(LivePresence presence, boolean cardGone) {
            heard.add("went " + presence.uid() + (cardGone ? " card" : " seat"));
            assertTrue(bindings.presences().isEmpty(), "it is gone when that is told");
          }

          @Override
          public void passkey(int uid) {
            passkeys.add(uid);
          }
        });
    desk.insert(
        PivApplet.open(
            temp.resolve("card"),
            new NewCard(NewCard.Kind.STAFF, "100042", Optional.empty(), Optional.empty())));
  }

  @AfterEach
  void close() {
    spool.close();
  }

  private Stay stay() {
    return ((Look.Present) desk.look()).stay();
  }

  @Test
  @DisplayName("a card that leaves is told at once, before its record and lock")
  void cardGone() {
    assertEquals(Optional.empty(), bindings.bind(seat, ID, stay(), "key"));
    assertEquals(List.of(new LivePresence(1001, stay(), "key")), bindings.presences());
    desk.remove();
    assertEquals(List.of("came 1001 key", "went 1001 card"), heard);
    assertEquals(0, seat.locks.get());
    effects.forEach(Runnable::run);
    assertEquals(1, seat.locks.get());
  }

  @Test
  @DisplayName("a lost seat is told as such")
  void seatLost() {
    assertEquals(Optional.empty(), bindings.bind(seat, ID, stay(), "key"));
    seats.lost(seat);
    assertEquals(List.of("came 1001 key", "went 1001 seat"), heard);
  }

  @Test
  @DisplayName("a user who leaves the screen to another is told like a lost seat, and locked")
  void screenHandedOver() {
    assertEquals(Optional.empty(), bindings.bind(seat, ID, stay(), "key"));
    bindings.endAwayFromScreen(uid -> uid == 1001);
    assertEquals(List.of("came 1001 key"), heard);
    bindings.endAwayFromScreen(uid -> uid == 1002);
    assertEquals(List.of("came 1001 key", "went 1001 seat"), heard);
    effects.forEach(Runnable::run);
    assertEquals("agent.seat-lost", spool.retained().get(0).type());
    assertEquals(1, seat.locks.get());
  }

  @Test
  @DisplayName("when nobody can tell who is at the screen, nobody is")
  void screenUnknown() {
    assertEquals(Optional.empty(), bindings.bind(seat, ID, stay(), "key"));
    bindings.endAwayFromScreen(uid -> {
      // As JNA throws it where libsystemd lacks the function.
      throw new UnsatisfiedLinkError("scripted");
    });
    assertTrue(bindings.presences().isEmpty());
  }

  @Test
  @DisplayName("a card that left before it was bound came never")
  void tooLate() {
    Stay before = stay();
    desk.remove();
    assertEquals(Optional.of(Refusal.CARD_REMOVED), bindings.bind(seat, ID, before, "key"));
    assertEquals(List.of(), heard);
    assertTrue(bindings.presences().isEmpty());
  }

  @Test
  @DisplayName("a seat that was lost or replaced before it was bound has no card behind it")
  void seatTooLate() {
    seats.lost(seat);
    assertEquals(Optional.of(Refusal.PROMPT_UNAVAILABLE), bindings.bind(seat, ID, stay(), "key"));
    ScriptedSeat next = new ScriptedSeat(1001);
    assertTrue(seats.add(next));
    assertEquals(Optional.of(Refusal.PROMPT_UNAVAILABLE), bindings.bind(seat, ID, stay(), "key"));
    assertEquals(List.of(), heard);
    assertTrue(bindings.presences().isEmpty());
    assertEquals(Optional.empty(), bindings.bind(next, ID, stay(), "key"));
  }

  @Test
  @DisplayName("for a passkey the seat alone is watched: its loss is recorded, no card is told of")
  void seatWithoutACard() {
    assertEquals(Optional.empty(), bindings.bind(seat, ID));
    assertEquals(List.of(ID), bindings.transactions());
    assertTrue(bindings.presences().isEmpty());
    desk.remove();
    assertEquals(List.of(ID), bindings.transactions(), "a card that leaves was not behind it");
    seats.lost(seat);
    assertEquals(List.of(), heard);
    effects.forEach(Runnable::run);
    assertEquals("agent.seat-lost", spool.retained().get(0).type());
    assertEquals(Map.of("transactions", List.of(ID)), spool.retained().get(0).data());
    assertEquals(1, seat.locks.get());
    assertEquals(Optional.of(Refusal.PROMPT_UNAVAILABLE), bindings.bind(seat, ID));
    assertEquals(List.of(1001), passkeys, "told once, and not of the refused one");
  }

  @Test
  @DisplayName(
      "a passkey at the seat takes the card from behind it; what it answered stays watched")
  void passkeyAfterCard() {
    assertEquals(Optional.empty(), bindings.bind(seat, id(1), stay(), "key"));
    assertEquals(Optional.empty(), bindings.bind(seat, id(2)));
    assertEquals(List.of("came 1001 key", "went 1001 seat"), heard);
    assertTrue(bindings.presences().isEmpty());
    assertEquals(List.of(id(1), id(2)), bindings.transactions());
    assertEquals(Optional.empty(), bindings.bind(seat, id(3)));
    assertEquals(2, heard.size(), "told once");
    assertEquals(List.of(1001, 1001), passkeys, "each");
    desk.remove();
    assertEquals(2, heard.size(), "told once");
    assertEquals(List.of(id(2), id(3)), bindings.transactions());
    effects.forEach(Runnable::run);
    assertEquals("agent.card-removed", spool.retained().get(0).type());
    assertEquals(Map.of("transactions", List.of(id(1))), spool.retained().get(0).data());
  }

  @Test
  @DisplayName("the card stands behind the seat again when it answers again")
  void cardAfterPasskey() {
    assertEquals(Optional.empty(), bindings.bind(seat, id(1), stay(), "key"));
    assertEquals(Optional.empty(), bindings.bind(seat, id(2)));
    assertEquals(Optional.empty(), bindings.bind(seat, id(3), stay(), "key"));
    assertEquals(List.of("came 1001 key", "went 1001 seat", "came 1001 key"), heard);
    assertEquals(List.of(new LivePresence(1001, stay(), "key")), bindings.presences());
    assertEquals(List.of(id(2), id(1), id(3)), bindings.transactions());
  }

  @Test
  @DisplayName("a further answer of the same card in the same stay is the same presence")
  void samePresence() {
    assertEquals(Optional.empty(), bindings.bind(seat, ID, stay(), "key"));
    List<LivePresence> first = bindings.presences();
    assertEquals(
        Optional.empty(), bindings.bind(seat, Base64Url.encode(new byte[] {1}), stay(), "key"));
    assertEquals(first, bindings.presences());
  }

  @Test
  @DisplayName("what a card answered beyond the most kept in mind is told to the service")
  void unwatched() throws Exception {
    for (int i = 0; i <= Bindings.MOST_ANSWERS; i++) {
      assertEquals(Optional.empty(), bindings.bind(seat, id(i), stay(), "key"));
    }
    assertEquals(Bindings.MOST_ANSWERS, bindings.transactions().size());
    assertFalse(bindings.transactions().contains(id(0)));
    effects.forEach(Runnable::run);
    DeviceRecord record = spool.retained().get(0);
    assertEquals("agent.unwatched", record.type());
    assertEquals(Map.of("transactions", List.of(id(0))), record.data());
  }

  private static String id(int number) {
    byte[] bytes = new byte[16];
    bytes[0] = (byte) number;
    return Base64Url.encode(bytes);
  }
}
