package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 延長: the terminal lengthens a use by an approval that it verified, and no other. */
class ExtensionTest {
  private static final PluggedMedium STICK = DeskWorld.stick("3-1");
  private static final LivePresence CLERK = DeskWorld.CLERK_HERE;
  private static final ExportGrant TEXT = DeskWorld.text("one");
  private static final ExportGrant LONGER = TEXT.extended("読取りに時間がかかる", TEXT.end(), 45);
  @TempDir Path temp;
  private DeskWorld world;
  private GrantOffer offer;

  /** The clerk has the granted medium open, for 30 minutes. */
  @BeforeEach
  void open() {
    world = new DeskWorld(temp.resolve("activations.json"));
    offer = world.offer(TEXT);
    world.service.offering(offer);
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertTrue(world.isOpen());
  }

  private void offering(GrantOffer now) {
    world.service.offering(now);
    world.desk.poll();
    world.settle();
  }

  private Instant until() {
    return world.desk.open().get(0).until();
  }

  @Test
  @DisplayName(
      "an approved extension moves the deadline, by exactly what was approved, offline too")
  void extended() {
    Instant before = until();
    offering(DeskWorld.with(offer, LONGER, world.boss));
    assertEquals(before.plus(Duration.ofMinutes(15)), until());
    assertEquals(List.of("opened", "extended"), world.log.lines());
    world.service.online = false;
    world.pass(Duration.ofMinutes(45).minusSeconds(2));
    assertTrue(world.isOpen());
    world.pass(Duration.ofSeconds(3));
    assertFalse(world.isOpen());
    assertEquals(List.of("opened", "extended", "closed deadline"), world.log.lines());
  }

  @Test
  @DisplayName(
      "a second extension counts from the first; an older one that is put back changes nothing")
  void again() {
    Instant before = until();
    offering(DeskWorld.with(offer, LONGER, world.boss));
    ExportGrant longest = TEXT.extended("さらに", TEXT.end(), 60);
    offering(DeskWorld.with(offer, longest, world.boss));
    assertEquals(before.plus(Duration.ofMinutes(30)), until());
    offering(DeskWorld.with(offer, LONGER, world.boss));
    offering(offer);
    assertEquals(before.plus(Duration.ofMinutes(30)), until());
    assertEquals(List.of("opened", "extended", "extended"), world.log.lines());
  }

  @Test
  @DisplayName("what ended is not renewed: by the deadline, and by a new start after it")
  void neverAfterTheEnd() {
    world.service.online = false;
    world.pass(Duration.ofMinutes(31));
    assertFalse(world.isOpen());
    world.service.online = true;
    offering(DeskWorld.with(offer, LONGER, world.boss));
    world.unplug(STICK);
    world.plug(STICK);
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(1, world.gate.opened);
    assertFalse(world.log.lines().contains("extended"));

    world.boot =
        jp.sekisho.protocol.Base64Url.encode(
            new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    world.service.forge =
        a ->
            new Activated(
                a.nonce(),
                a.serverTime(),
                LONGER.deadline(Instant.parse(a.serverTime())).toString());
    world.desk = world.newDesk();
    world.running();
    assertFalse(world.isOpen(), "nor in another boot");
  }

  @Test
  @DisplayName(
      "an extension that nobody listed signed, of other text, or over the maximum: refused, and the use goes on as approved")
  void refused() {
    Instant before = until();
    KeyPair stranger = TestPki.newKeys();
    offering(DeskWorld.with(offer, LONGER, stranger));
    offering(DeskWorld.with(offer, TEXT.extended("長すぎる", TEXT.end(), 61), world.boss));
    offering(DeskWorld.with(offer, TEXT.extended("短くなる", TEXT.end(), 20), world.boss));
    ExportGrant other = DeskWorld.text("two");
    offering(DeskWorld.with(offer, other.extended("別件", other.end(), 45), world.boss));
    assertTrue(world.isOpen());
    assertEquals(before, until());
    assertEquals(
        List.of(
            "opened",
            "refused " + Refusal.APPROVER_UNLISTED,
            "refused " + Refusal.GRANT_TOO_LONG,
            "refused " + Refusal.GRANT_INVALID),
        world.log.lines());
    world.pass(Duration.ofMinutes(31));
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("without room for its record nothing is extended")
  void recordFirst() {
    Instant before = until();
    world.log.broken = true;
    offering(DeskWorld.with(offer, LONGER, world.boss));
    assertEquals(before, until());
  }

  @Test
  @DisplayName("after the card was away, the extended use is resumed with what is left of it")
  void resumed() {
    offering(DeskWorld.with(offer, LONGER, world.boss));
    Instant until = until();
    world.service.forge = a -> new Activated(a.nonce(), a.serverTime(), until.toString());
    world.pass(Duration.ofMinutes(35));
    world.logOut(CLERK);
    world.settle();
    assertFalse(world.isOpen());
    world.logIn(DeskWorld.presence(1001, 2, "clerk"));
    world.settle();
    assertTrue(world.isOpen(), () -> "" + world.log.lines());
    assertEquals(until, until());
  }
}
