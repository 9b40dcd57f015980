package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jp.sekisho.agent.enforce.NoMedia;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.heartbeat.ServerClock;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ExportEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Architecture §4, last paragraph before Break-glass, sentence by sentence.
 *
 * <p>Past 400 lines: a case for each sentence.
 */
class GrantDeskTest {
  private static final PluggedMedium STICK = DeskWorld.stick("3-1");
  private static final LivePresence CLERK = DeskWorld.CLERK_HERE;
  @TempDir Path temp;
  private DeskWorld world;
  private GrantOffer offer;

  @BeforeEach
  void offered() {
    world = new DeskWorld(temp.resolve("activations.json"));
    offer = world.offer(DeskWorld.text("one"));
    world.service.offering(offer);
  }

  /** The clerk has the granted medium open. */
  private void open() {
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertTrue(world.isOpen(), () -> "not open: " + world.log.lines());
  }

  private void closedBecause(String cause) {
    assertFalse(world.isOpen());
    assertEquals(List.of("opened", "closed " + cause), world.log.lines());
    assertTrue(world.desk.open().isEmpty());
  }

  private void stayedClosed(Refusal reason) {
    assertFalse(world.isOpen());
    assertEquals(0, world.gate.opened);
    assertEquals(List.of("refused " + reason), world.log.lines());
  }

  @Test
  @DisplayName("the granted medium opens for the person who is logged in, and says until when")
  void opens() {
    open();
    assertEquals(List.of("opened"), world.log.lines());
    assertEquals(List.of(1001), world.gate.users);
    OpenGrant shown = world.desk.open().get(0);
    assertEquals("M-0007", shown.medium());
    assertEquals(Path.of("/run/sekisho/media/3-1/medium"), shown.mountPoint());
    assertEquals(30, shown.minutesLeft());
    assertEquals(world.service.now().plus(Duration.ofMinutes(30)), shown.until());
    world.pass(Duration.ofSeconds(61));
    assertEquals(29, world.desk.open().get(0).minutesLeft());
  }

  @Test
  @DisplayName("the order of login, plug and approval does not matter")
  void anyOrder() {
    world.service.offering();
    world.running();
    world.plug(STICK);
    world.logIn(CLERK);
    world.settle();
    assertFalse(world.isOpen());
    world.service.offering(offer);
    world.desk.poll();
    world.settle();
    assertTrue(world.isOpen());
  }

  @Test
  @DisplayName("a session that is not there yet is asked for again each second, unrecorded")
  void sessionComesLater() {
    world.running();
    world.plug(STICK);
    world.logIn(CLERK);
    world.service.sessions = false;
    world.settle();
    assertFalse(world.isOpen());
    world.service.sessions = true;
    world.pass(Duration.ofSeconds(2));
    assertTrue(world.isOpen());
    assertEquals(List.of("opened"), world.log.lines());
  }

  @Test
  @DisplayName("activation and record are durable before the medium is opened")
  void durableFirst() throws Exception {
    world.running();
    world.logIn(CLERK);
    Path file = temp.resolve("activations.json");
    world.service.whileAsked =
        () -> assertTrue(file.toFile().length() > 0, "the nonce is durable before it is sent");
    world.gate.whileOpening =
        () -> {
          assertEquals(List.of("opened"), world.log.lines());
          Activation stored = stored(file);
          assertTrue(stored.open());
          assertNotEquals(null, stored.answer());
        };
    world.plug(STICK);
    world.settle();
    assertTrue(world.isOpen());
  }

  private Activation stored(Path file) {
    try {
      return Activations.open(file).all().get(0);
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("R10: the minutes from activation end it, with the line cut")
  void deadlineOffline() {
    open();
    world.service.online = false;
    world.pass(Duration.ofMinutes(30).minusSeconds(1));
    assertTrue(world.isOpen());
    world.pass(Duration.ofSeconds(1));
    closedBecause("deadline");
    world.pass(Duration.ofMinutes(5));
    closedBecause("deadline");
  }

  @Test
  @DisplayName("R10: the grant's end comes before its minutes")
  void end() {
    world.running();
    world.pass(Duration.ofHours(3).minusMinutes(6));
    world.serverClock.heard(world.service.now());
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertTrue(world.isOpen());
    world.pass(Duration.ofMinutes(5));
    closedBecause("end");
  }

  @Test
  @DisplayName("time asleep counts: after a suspend past the deadline the first tick closes")
  void suspend() {
    open();
    world.sinceBoot = world.sinceBoot.plus(Duration.ofHours(1));
    world.desk.tick();
    world.settle();
    closedBecause("deadline");
  }

  @Test
  @DisplayName("a deadline does not wait for who holds the gate's lock")
  void deadlineBeforeMeasuring() {
    open();
    world.sinceBoot = world.sinceBoot.plus(Duration.ofMinutes(31));
    world.whileMeasuring = () -> assertFalse(world.isOpen(), "closed before the gate is asked");
    world.desk.tick();
    world.settle();
    closedBecause("deadline");
  }

  @Test
  @DisplayName("a step of the wall clock neither closes nor prolongs")
  void clockStep() {
    open();
    world.wall.advance(Duration.ofHours(-5));
    world.pass(Duration.ofMinutes(30).minusSeconds(1));
    assertTrue(world.isOpen());
    world.pass(Duration.ofSeconds(1));
    closedBecause("deadline");
  }

  @Test
  @DisplayName("R10: a wall clock that stands still prolongs nothing")
  void clockFrozen() {
    open();
    world.sinceBoot = world.sinceBoot.plus(Duration.ofMinutes(30).minusSeconds(1));
    world.desk.tick();
    world.settle();
    assertTrue(world.isOpen());
    world.sinceBoot = world.sinceBoot.plusSeconds(1);
    world.desk.tick();
    world.settle();
    closedBecause("deadline");
  }

  @Test
  @DisplayName("a wall clock far from the service's time opens nothing")
  void clockDoubtful() {
    world.wall.advance(Duration.ofMinutes(11));
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.CLOCK_DOUBTFUL);
  }

  @Test
  @DisplayName("the card out closes at once; the same person's card opens again till the deadline")
  void cardOutAndIn() {
    open();
    world.logOut(CLERK);
    world.settle();
    closedBecause("card-removed");
    world.pass(Duration.ofMinutes(10));
    assertFalse(world.isOpen());
    world.logIn(DeskWorld.presence(1001, 2, "clerk"));
    world.settle();
    assertTrue(world.isOpen());
    assertEquals(20, world.desk.open().get(0).minutesLeft());
    world.pass(Duration.ofMinutes(20));
    assertFalse(world.isOpen());
    assertEquals(
        List.of("opened", "closed card-removed", "opened", "closed deadline"), world.log.lines());
    assertEquals(1, world.service.activations.size());
  }

  @Test
  @DisplayName(
      "after the card came back the service is asked first; its no keeps the medium closed")
  void unlockRefused() {
    open();
    world.logOut(CLERK);
    world.settle();
    world.logIn(DeskWorld.presence(1001, 2, "clerk"));
    world.service.sessions = false;
    world.pass(Duration.ofMinutes(1));
    assertFalse(world.isOpen());
    assertEquals(1, world.gate.opened);
  }

  @Test
  @DisplayName("another person's card does not open it, and is recorded")
  void otherPerson() {
    world.running();
    world.plug(STICK);
    world.logIn(DeskWorld.presence(1001, 1, "other"));
    world.settle();
    stayedClosed(Refusal.GRANT_OTHER_CARD);
    assertEquals(Refusal.GRANT_OTHER_CARD, world.desk.problem());
  }

  @Test
  @DisplayName("a card that nobody's roster names does not open it")
  void unknownCard() {
    world.running();
    world.plug(STICK);
    world.logIn(DeskWorld.presence(1001, 1, "stranger"));
    world.settle();
    stayedClosed(Refusal.GRANT_OTHER_CARD);
  }

  @Test
  @DisplayName("another person taking the terminal over closes it")
  void switched() {
    open();
    world.present.add(DeskWorld.presence(1002, 9, "other"));
    world.desk.tick();
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(
        List.of("opened", "closed seat-lost", "refused GRANT_OTHER_CARD"), world.log.lines());
  }

  @Test
  @DisplayName("unplugged is closed; plugged in again within the deadline, offline too, it is open")
  void unplugged() {
    open();
    world.service.online = false;
    world.unplug(STICK);
    world.settle();
    closedBecause("unplugged");
    world.plug(STICK);
    world.settle();
    assertTrue(world.isOpen());
    assertEquals(1, world.service.asked.size());
  }

  @Test
  @DisplayName(
      "a medium other than the grant's stays closed, and the clerk is told which it is not")
  void otherMedium() {
    world.running();
    world.logIn(CLERK);
    PluggedMedium other = new PluggedMedium("3-2", DeskWorld.fingerprint("other stick"));
    world.plug(other);
    world.settle();
    stayedClosed(Refusal.MEDIUM_OTHER);
    assertEquals(Refusal.MEDIUM_OTHER, world.desk.problem());
    world.unplug(other);
    assertEquals(null, world.desk.problem());
  }

  @Test
  @DisplayName("R9: two media with one identity are a doubt: neither opens")
  void twice() {
    world.running();
    world.logIn(CLERK);
    world.gate.plugged.add(DeskWorld.stick("3-2"));
    world.gate.plugListeners.forEach(l -> l.accept(DeskWorld.stick("3-2")));
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.MEDIUM_TWICE);
  }

  @Test
  @DisplayName("revoked, or gone from the list: closed with the next list")
  void revoked() {
    open();
    world.service.offering();
    world.desk.poll();
    world.settle();
    closedBecause("revoked");
  }

  @Test
  @DisplayName("a terminal that was revoked closes")
  void terminalRevoked() {
    open();
    world.active = false;
    world.desk.tick();
    world.settle();
    assertFalse(world.isOpen());
    assertEquals("closed revoked", world.log.lines().get(1));
  }

  @Test
  @DisplayName("a policy that no longer names the approver closes")
  void approverRemoved() {
    open();
    world.trust =
        new GrantTrust.Now.InForce(
            DeskWorld.trust(new Approver("S-0008", "mayor", DeskWorld.fingerprint("x")), Map.of()));
    world.desk.tick();
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(
        List.of("opened", "closed revoked", "refused APPROVER_UNLISTED"), world.log.lines());
  }

  @Test
  @DisplayName("an expired policy closes and opens nothing")
  void policyExpired() {
    open();
    world.trust = new GrantTrust.Now.None(Refusal.POLICY_EXPIRED);
    world.desk.tick();
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(
        List.of("opened", "closed policy-expired", "refused POLICY_EXPIRED"), world.log.lines());
  }

  @Test
  @DisplayName("while current is expired running grants go on and none begins")
  void currentExpired() {
    open();
    GrantTrust now = ((GrantTrust.Now.InForce) world.trust).trust();
    world.trust =
        new GrantTrust.Now.InForce(
            new GrantTrust(now.policy(), now.roster(), now.revoked(), false));
    world.desk.tick();
    world.settle();
    assertTrue(world.isOpen());
    world.unplug(STICK);
    world.settle();
    world.service.offering(world.offer(DeskWorld.text("two")));
    world.desk.poll();
    world.plug(STICK);
    world.settle();
    assertFalse(world.isOpen());
    assertTrue(world.log.lines().contains("refused POLICY_EXPIRED"), world.log.lines()::toString);
  }

  @Test
  @DisplayName("no room for records: blocked, and what is open is closed")
  void spoolFull() {
    open();
    world.log.room = Room.RESERVE;
    world.desk.tick();
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(
        List.of("opened", "closed records-full", "refused RECORDS_FULL"), world.log.lines());
  }

  @Test
  @DisplayName("gates that no longer hold close it")
  void notEnforcing() {
    open();
    world.enforcing = false;
    world.desk.tick();
    world.settle();
    assertFalse(world.isOpen());
    assertEquals("closed not-enforcing", world.log.lines().get(1));
  }

  @Test
  @DisplayName("T-HOST: without enforcement every grant is refused, nothing is asked")
  void withoutEnforcement() {
    world.enforcing = false;
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.NOT_ENFORCING);
    assertTrue(world.service.asked.isEmpty());
  }

  @Test
  @DisplayName("the gate of --no-enforcement opens nothing")
  void closedGate() {
    NoMedia gate = new NoMedia();
    assertEquals(
        new jp.sekisho.agent.enforce.OpenOutcome.Failed(Refusal.NOT_ENFORCING),
        gate.openReadOnly(STICK, 0));
    assertTrue(gate.plugged().isEmpty() && gate.close(STICK));
  }

  @Test
  @DisplayName("a stop of the agent closes")
  void stop() {
    open();
    Thread runner = new Thread(this::settleUntilClosed);
    runner.start();
    world.desk.close();
    join(runner);
    closedBecause("agent-stopped");
    world.desk.tick();
    world.settle();
    assertFalse(world.isOpen());
  }

  private void settleUntilClosed() {
    jp.sekisho.agent.testing.Await.until("a closing to run", () -> !world.queue.isEmpty());
    world.settle();
  }

  private static void join(Thread thread) {
    try {
      thread.join(20_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("a forged approval is recorded once, not at every look")
  void forged() {
    GrantOffer forged =
        DeskWorld.offer(
            DeskWorld.text("one"),
            DeskWorld.approval(DeskWorld.text("one").detail()),
            jp.sekisho.agent.testing.TestPki.newKeys());
    world.service.offering(forged);
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.pass(Duration.ofMinutes(1));
    stayedClosed(Refusal.APPROVER_UNLISTED);
  }

  @Test
  @DisplayName("an answer with another nonce, a replay, opens nothing")
  void replayed() {
    world.service.forge =
        a -> new Activated(Base64Url.encode(new byte[32]), a.serverTime(), a.deadline());
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.GRANT_INVALID);
  }

  @Test
  @DisplayName("an answer whose time is not the time heard opens nothing")
  void answerOfAnotherTime() {
    world.service.forge =
        a ->
            new Activated(a.nonce(), world.service.now().minusSeconds(61).toString(), a.deadline());
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    // A minute and a second before now is before the start.
    stayedClosed(Refusal.GRANT_EARLY);
  }

  @Test
  @DisplayName("an answer from the future or from long ago is a doubtful clock")
  void doubtfulAnswer() {
    world.running();
    world.pass(Duration.ofMinutes(10));
    world.service.forge =
        a ->
            new Activated(
                a.nonce(), world.service.now().minusSeconds(120).toString(), a.deadline());
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    // Its deadline is beyond the minutes after its time as well; the time is looked at first.
    stayedClosed(Refusal.CLOCK_DOUBTFUL);
  }

  @Test
  @DisplayName("a deadline beyond the approved minutes is not believed")
  void deadlineTooLate() {
    world.service.forge =
        a ->
            new Activated(
                a.nonce(),
                a.serverTime(),
                world.service.now().plus(Duration.ofMinutes(31)).toString());
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.GRANT_INVALID);
  }

  @Test
  @DisplayName("before its start it does not open; at its start it does")
  void early() {
    world.service.ahead = Duration.ofMinutes(-2);
    world.wall.advance(Duration.ofMinutes(-2));
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.GRANT_EARLY);
    assertTrue(world.service.asked.isEmpty());
    world.pass(Duration.ofSeconds(80));
    assertTrue(world.isOpen());
  }

  @Test
  @DisplayName("at its end it does not open any more")
  void over() {
    world.running();
    world.pass(Duration.ofHours(3));
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.GRANT_OVER);
  }

  @Test
  @DisplayName("without the service no grant begins")
  void offline() {
    world.running();
    world.logIn(CLERK);
    world.settle();
    world.service.online = false;
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.SERVER_UNREACHABLE);
    world.service.online = true;
    world.pass(Duration.ofSeconds(16));
    assertTrue(world.isOpen());
  }

  @Test
  @DisplayName("a lost answer is asked for again with the same nonce and wins no time")
  void lostAnswer() {
    world.running();
    world.logIn(CLERK);
    world.service.answerLost = true;
    world.plug(STICK);
    world.settle();
    assertFalse(world.isOpen());
    world.service.answerLost = false;
    world.pass(Duration.ofSeconds(16));
    assertTrue(world.isOpen());
    assertEquals(world.service.asked.get(0).nonce(), world.service.asked.get(1).nonce());
    world.pass(Duration.ofMinutes(30).minusSeconds(16));
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("once per approval: after the deadline it never opens again")
  void once() {
    open();
    world.pass(Duration.ofMinutes(31));
    world.unplug(STICK);
    world.plug(STICK);
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(List.of("opened", "closed deadline", "refused GRANT_OVER"), world.log.lines());
    assertEquals(1, world.service.asked.size());
  }

  @Test
  @DisplayName("a state without the activation asks with a new nonce and is refused")
  void stateRestoredToBefore() throws Exception {
    open();
    world.logOut(CLERK);
    world.settle();
    Files.delete(temp.resolve("activations.json"));
    world.log.events.clear();
    world.desk = world.newDesk();
    world.gate.opened = 0;
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.GRANT_ACTIVATED);
  }

  private void reboot() {
    world.boot =
        Base64Url.encode(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0});
    world.gate.mounted.clear();
    world.log.events.clear();
    world.present.clear();
    world.serverClock = new ServerClock(world.bootClock);
    world.desk = world.newDesk();
  }

  @Test
  @DisplayName(
      "R7: the person's offline login opens it again in the same boot, till the same deadline")
  void offlineLogin() {
    open();
    world.service.online = false;
    world.logOut(CLERK);
    world.settle();
    closedBecause("card-removed");
    world.pass(Duration.ofMinutes(10));
    LivePresence again = DeskWorld.presence(1001, 2, "clerk");
    world.logIn(again);
    world.pass(Duration.ofMinutes(1));
    assertFalse(world.isOpen(), "a card alone, which nobody proved");
    world.proved.add(again);
    world.pass(Duration.ofSeconds(1));
    assertTrue(world.isOpen());
    assertEquals(19, world.desk.open().get(0).minutesLeft());
    world.pass(Duration.ofMinutes(19));
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("R7: an offline login begins no grant that was never activated, and no other's")
  void offlineLoginBeginsNothing() {
    world.running();
    world.service.online = false;
    world.proved.add(CLERK);
    world.logIn(CLERK);
    world.plug(STICK);
    world.pass(Duration.ofMinutes(1));
    assertFalse(world.isOpen());
    assertEquals(0, world.gate.opened);
  }

  @Test
  @DisplayName("after a reboot it does not open offline, even with the state restored")
  void rebootOffline() {
    open();
    reboot();
    world.service.online = false;
    world.start();
    world.desk.poll();
    world.settle();
    world.proved.add(CLERK);
    world.logIn(CLERK);
    world.plug(STICK);
    world.pass(Duration.ofMinutes(1));
    assertFalse(world.isOpen());
    assertEquals("closed agent-killed", world.log.lines().get(0));
  }

  @Test
  @DisplayName("after a reboot it resumes online, for the rest of its minutes only")
  void rebootOnline() {
    open();
    world.pass(Duration.ofMinutes(10));
    reboot();
    world.running();
    world.logIn(CLERK);
    world.settle();
    assertTrue(world.isOpen());
    assertEquals(20, world.desk.open().get(0).minutesLeft());
    assertEquals(List.of("closed agent-killed", "opened"), world.log.lines());
    world.pass(Duration.ofMinutes(20));
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("what a killed agent left open is closed by the next start")
  void killed() {
    open();
    world.log.events.clear();
    world.desk = world.newDesk();
    world.present.clear();
    world.start();
    assertFalse(world.isOpen());
    assertEquals(List.of("closed agent-killed"), world.log.lines());
  }

  @Test
  @DisplayName("no record of the opening, no opening")
  void recordFails() {
    world.running();
    world.logIn(CLERK);
    world.log.broken = true;
    world.plug(STICK);
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(0, world.gate.opened);
  }

  @Test
  @DisplayName("no durable activation, no opening")
  void storeFails() throws Exception {
    Files.createDirectories(temp.resolve("activations.json.new").resolve("in-the-way"));
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.RECORDS_FULL);
    assertTrue(world.service.asked.isEmpty());
  }

  @Test
  @DisplayName("it closes even when the closing cannot be recorded")
  void closesWithoutRecord() {
    open();
    world.log.broken = true;
    world.logOut(CLERK);
    world.settle();
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("a medium the system does not open is refused with its reason, and given back")
  void gateFails() {
    world.gate.failure = Refusal.MEDIUM_FILE_SYSTEM;
    world.running();
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(
        List.of("opened", "refused MEDIUM_FILE_SYSTEM", "closed not-opened"),
        sortedLike(world.log.lines()));
    assertEquals(Refusal.MEDIUM_FILE_SYSTEM, world.desk.problem());
  }

  /** The refusal is recorded on its own thread: before or after the closing. */
  private static List<String> sortedLike(List<String> lines) {
    return lines.stream()
        .sorted(
            java.util.Comparator.comparingInt(
                line -> line.startsWith("closed") ? 2 : line.startsWith("refused") ? 1 : 0))
        .toList();
  }

  @Test
  @DisplayName("the card out while the service is asked: nothing opens")
  void cardOutWhileAsked() {
    world.running();
    world.logIn(CLERK);
    world.service.whileAsked = () -> world.logOut(CLERK);
    world.plug(STICK);
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(0, world.gate.opened);
    assertEquals(List.of(), world.log.lines());
  }

  @Test
  @DisplayName("the card out while it is being mounted: taken back")
  void cardOutWhileMounting() {
    world.running();
    world.logIn(CLERK);
    world.gate.whileOpening = () -> world.logOut(CLERK);
    world.plug(STICK);
    world.settle();
    closedBecause("card-removed");
  }

  @Test
  @DisplayName("a closing whose effect is not seen is recorded so and repeated until it is")
  void unverified() {
    open();
    world.gate.stuck = true;
    world.logOut(CLERK);
    world.settle();
    assertEquals(List.of("opened", "closed card-removed unverified"), world.log.lines());
    world.logIn(DeskWorld.presence(1001, 2, "clerk"));
    world.settle();
    assertEquals(1, world.gate.opened);
    world.gate.stuck = false;
    world.logOut(DeskWorld.presence(1001, 2, "clerk"));
    world.pass(Duration.ofSeconds(3));
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("a used grant is not used again when its older row is put back at the service")
  void rowPutBack() {
    open();
    world.pass(Duration.ofMinutes(31));
    world.service.offering();
    world.desk.poll();
    world.settle();
    assertEquals(List.of("opened", "closed deadline"), world.log.lines());
    world.service.activations.clear();
    world.service.offering(offer);
    world.desk.poll();
    world.settle();
    assertFalse(world.isOpen());
    // Nor after a boot, when the service is asked first and says yes.
    world.boot = "AQAAAAAAAAAAAAAAAAAAAA";
    world.desk = world.newDesk();
    world.start();
    world.desk.poll();
    world.settle();
    assertFalse(world.isOpen());
    assertEquals(1, world.gate.opened);
    assertTrue(world.log.lines().contains("refused GRANT_OVER"), world.log.lines()::toString);
  }

  @Test
  @DisplayName("a list that names one grant twice offers nothing")
  void contradiction() {
    world.running();
    GrantOffer same = world.offer(DeskWorld.text("one"));
    world.service.offers.put("again", same);
    world.logIn(CLERK);
    world.plug(STICK);
    world.settle();
    stayedClosed(Refusal.GRANT_INVALID);
  }

  @Test
  @DisplayName("when nobody can tell what may be open, all is closed")
  void fault() {
    open();
    world.trustBroken = true;
    world.desk.tick();
    world.settle();
    closedBecause("fault");
  }

  @Test
  @DisplayName("also when what judges them runs into an error, and the next look goes on")
  void error() {
    open();
    world.trustError = true;
    world.desk.tick();
    world.settle();
    closedBecause("fault");
    world.trustError = false;
    world.pass(Duration.ofSeconds(20));
    assertTrue(world.isOpen());
  }

  @Test
  @DisplayName("the record of an opening says whose approval, which medium and until when")
  void openedRecord() {
    open();
    ExportEvent.Opened opened = (ExportEvent.Opened) world.log.events.get(0);
    assertEquals(DeskWorld.CLERK, opened.person());
    assertEquals(DeskWorld.text("one").request(), opened.grant());
    assertEquals(DeskWorld.STICK, opened.fingerprint());
    assertEquals("3-1", opened.port());
    assertEquals(
        jp.sekisho.protocol.Sha256.text(DeskWorld.approval(DeskWorld.text("one").detail()).bytes()),
        opened.approval());
  }
}
