package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ExportEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the desk does when it is told something, what it tells, and how often it asks. */
class GrantDeskSignalsTest {
  private static final PluggedMedium STICK = DeskWorld.stick("3-1");
  private static final PluggedMedium OTHER =
      new PluggedMedium("3-2", DeskWorld.fingerprint("other"));
  private static final LivePresence CLERK = DeskWorld.CLERK_HERE;
  private static final LivePresence COLLEAGUE = DeskWorld.presence(1002, 1, "other");
  private static final Duration LATER = Duration.ofSeconds(15);

  @TempDir Path temp;
  private Path file;
  private DeskWorld world;
  private GrantOffer offer;

  @BeforeEach
  void offered() throws IOException {
    file = Files.createDirectory(temp.resolve("state")).resolve("activations.json");
    begin();
  }

  private void begin() {
    world = new DeskWorld(file);
    offer = world.offer(DeskWorld.text("one"));
    world.service.offering(offer);
  }

  private void open() {
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertTrue(world.isOpen(), () -> "not open: " + world.log.lines());
  }

  private void refused(Refusal reason) {
    assertFalse(world.isOpen());
    assertEquals(List.of("refused " + reason), world.log.lines());
  }

  /** The disk takes nothing any more. */
  private void loseDisk() {
    try {
      Files.move(file.getParent(), temp.resolve("gone"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("plugging in asks the service for grants that came meanwhile")
  void plugAsks() {
    world.service.offering();
    world.running();
    world.logIn(CLERK);
    world.settle();
    world.service.offering(offer);
    world.plug(STICK);
    world.settle();
    assertTrue(world.isOpen());
  }

  @ParameterizedTest
  @DisplayName("a terminal that is not in service has no grants; another refusal changes nothing")
  @EnumSource(
      value = Refusal.class,
      names = {"TERMINAL_REVOKED", "TERMINAL_PENDING", "INTERNAL", "DEVICE_CERT_EXPIRED"})
  void listRefused(Refusal reason) {
    open();
    world.service.listRefusal = reason;
    world.desk.poll();
    world.settle();
    boolean ends = reason == Refusal.TERMINAL_REVOKED || reason == Refusal.TERMINAL_PENDING;
    assertEquals(!ends, world.isOpen());
    assertEquals(ends ? List.of("opened", "closed revoked") : List.of("opened"), world.log.lines());
  }

  @Test
  @DisplayName("a list with something that is no grant's id offers nothing")
  void noId() {
    world.service.offering(
        offer,
        new GrantOffer(
            "AAAA",
            offer.text(),
            offer.cardStatement(),
            offer.signature(),
            offer.spki(),
            "approved",
            null,
            null));
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertFalse(world.isOpen());
    assertTrue(world.log.lines().contains("refused GRANT_INVALID"), world.log.lines().toString());
  }

  @Test
  @DisplayName("a damaged file of activations is begun anew")
  void damaged() throws IOException {
    Files.writeString(file, "{");
    begin();
    open();
    assertEquals(1, Activations.open(file).all().size());
  }

  @Test
  @DisplayName("people see what is open for them and why a plugged medium is not")
  void shown() {
    world.running();
    assertNull(world.desk.problem());
    world.service.offering();
    world.plug(STICK);
    world.settle();
    assertSame(Refusal.USB_STORAGE, world.desk.problem());
    world.service.offering(offer);
    world.logIn(CLERK);
    world.settle();
    assertTrue(world.isOpen());
    assertNull(world.desk.problem());
    assertNotNull(world.desk.openFor(CLERK.uid()));
    assertNull(world.desk.openFor(COLLEAGUE.uid()), "somebody else's");
    world.gate.plugged.add(OTHER);
    List.copyOf(world.gate.plugListeners).forEach(l -> l.accept(OTHER));
    assertSame(Refusal.USB_STORAGE, world.desk.problem(), "of one of two");
  }

  @Test
  @DisplayName("whoever shows what is open is told of each opening, end and refusal")
  void told() {
    world.running();
    world.logIn(CLERK);
    world.settle();
    int before = world.changes;
    world.plug(STICK);
    world.settle();
    assertEquals(before + 1, world.changes, "opened");
    world.logOut(CLERK);
    world.settle();
    assertEquals(before + 2, world.changes, "closed");
    world.present.add(COLLEAGUE);
    world.desk.tick();
    world.settle();
    assertEquals("refused GRANT_OTHER_CARD", world.log.lines().get(world.log.lines().size() - 1));
    assertEquals(before + 3, world.changes, "refused");
  }

  @Test
  @DisplayName("what kept a medium closed is not said any more once it opened")
  void openedAfterAll() {
    world.running();
    world.logIn(CLERK);
    world.present.add(COLLEAGUE);
    world.plug(STICK);
    world.settle();
    assertSame(Refusal.GRANT_OTHER_CARD, world.desk.problem());
    world.logOut(COLLEAGUE);
    world.settle();
    assertTrue(world.isOpen());
    assertNull(world.desk.problem());
  }

  @Test
  @DisplayName("a refusal is asked about again after 15 s, then 30 s; a new plug asks at once")
  void asksAgain() {
    world.service.refusal = Refusal.GRANT_DECIDED;
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertEquals(1, world.service.asked.size());
    world.pass(LATER.minusSeconds(1));
    assertEquals(1, world.service.asked.size());
    world.pass(Duration.ofSeconds(2));
    assertEquals(2, world.service.asked.size());
    world.pass(LATER.multipliedBy(2).minusSeconds(2));
    assertEquals(2, world.service.asked.size());
    world.pass(Duration.ofSeconds(3));
    assertEquals(3, world.service.asked.size());
    assertEquals(List.of("refused GRANT_DECIDED"), world.log.lines(), "recorded once");
    world.unplug(STICK);
    world.plug(STICK);
    world.settle();
    assertEquals(4, world.service.asked.size());
  }

  @Test
  @DisplayName("a session that does not come is waited for ten seconds, then it is a refusal")
  void sessionNeverComes() {
    world.running();
    world.logIn(CLERK);
    world.service.sessions = false;
    world.plug(STICK);
    world.settle();
    world.pass(Duration.ofSeconds(9));
    assertEquals(List.of(), world.log.lines());
    world.pass(Duration.ofSeconds(2));
    refused(Refusal.GRANT_NO_SESSION);
  }

  @Test
  @DisplayName("a twin plugged in while the service is asked keeps both closed")
  void twin() {
    world.running();
    world.logIn(CLERK);
    PluggedMedium twin = DeskWorld.stick("3-2");
    world.service.whileAsked =
        () -> {
          world.service.whileAsked = () -> {};
          world.plug(twin);
        };
    world.plug(STICK);
    world.settle();
    assertEquals(0, world.gate.opened);
    refused(Refusal.MEDIUM_TWICE);
  }

  @Test
  @DisplayName("another medium beside the granted one keeps nothing closed")
  void beside() {
    world.running();
    world.plug(OTHER);
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertEquals(List.of(STICK), List.copyOf(world.gate.mounted));
  }

  @Test
  @DisplayName("who leaves between the record and the mount leaves nothing mounted")
  void leavesBeforeTheMount() {
    world.running();
    world.logIn(CLERK);
    world.log.before =
        event -> {
          if (event instanceof ExportEvent.Opened) {
            world.logOut(CLERK);
          }
        };
    world.plug(STICK);
    world.settle();
    assertEquals(0, world.gate.opened);
    assertEquals(List.of("opened", "closed card-removed"), world.log.lines());
  }

  @Test
  @DisplayName("an answer that cannot be stored opens nothing")
  void diskLost() {
    world.running();
    world.logIn(CLERK);
    world.service.whileAsked = this::loseDisk;
    world.plug(STICK);
    world.settle();
    refused(Refusal.RECORDS_FULL);
    assertEquals(0, world.gate.opened);
  }

  @Test
  @DisplayName("an opening that cannot be stored opens nothing")
  void diskLostLater() throws IOException {
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    while (Activations.open(file).all().stream().allMatch(known -> known.answer() == null)) {
      world.queue.remove().run();
    }
    loseDisk();
    world.settle();
    refused(Refusal.RECORDS_FULL);
    assertEquals(0, world.gate.opened);
  }

  @Test
  @DisplayName("without the service's time nothing is asked")
  void noTime() {
    world.start();
    world.desk.poll();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertEquals(List.of(), world.service.asked);
    refused(Refusal.SERVER_UNREACHABLE);
  }

  @Test
  @DisplayName("the wall clock may be ten minutes off, and not a second more")
  void wallClock() throws IOException {
    world.wall.advance(Duration.ofMinutes(10));
    open();
    Files.delete(file);
    begin();
    world.wall.advance(Duration.ofSeconds(601));
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    refused(Refusal.CLOCK_DOUBTFUL);
  }

  @Test
  @DisplayName("an answer whose time is no time opens nothing")
  void noInstant() {
    world.service.forge = answer -> new Activated(answer.nonce(), "soon", answer.deadline());
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    refused(Refusal.GRANT_INVALID);
  }

  @Test
  @DisplayName("a use is forgotten once its text has ended and the service lists it no more")
  void forgotten() throws IOException {
    open();
    world.logOut(CLERK);
    world.settle();
    Duration pause = Duration.ofHours(4);
    world.sinceBoot = world.sinceBoot.plus(pause);
    world.wall.advance(pause);
    world.desk.poll();
    world.settle();
    assertEquals(1, Activations.open(file).all().size(), "listed");
    world.service.offering();
    world.desk.poll();
    world.settle();
    assertEquals(List.of(), Activations.open(file).all());
  }

  @Test
  @DisplayName("a medium that did not close is closed again until it does")
  void stuck() throws IOException {
    open();
    world.gate.stuck = true;
    world.logOut(CLERK);
    world.settle();
    assertEquals(List.of("opened", "closed card-removed unverified"), world.log.lines());
    assertTrue(Activations.open(file).all().get(0).open());
    world.gate.stuck = false;
    world.pass(Duration.ofSeconds(1));
    assertTrue(world.isOpen());
    world.pass(Duration.ofSeconds(2));
    assertFalse(world.isOpen());
    assertFalse(Activations.open(file).all().get(0).open());
  }

  @Test
  @DisplayName("a desk that was closed asks for nothing")
  void closed() {
    world.service.offering();
    world.running();
    world.desk.close();
    world.service.offering(offer);
    world.desk.poll();
    world.settle();
    assertEquals(List.of(), world.service.told);
  }
}
