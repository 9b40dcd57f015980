package jp.sekisho.agent.emergency;

import static jp.sekisho.agent.emergency.EmergencyWorld.card;
import static jp.sekisho.agent.emergency.EmergencyWorld.failing;
import static jp.sekisho.agent.emergency.EmergencyWorld.signed;
import static jp.sekisho.agent.emergency.EmergencyWorld.spki;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import jp.sekisho.agent.emergency.EmergencyWorld.Card;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.login.CardDesk;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.login.TextSigning;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.EmergencyEvent;
import jp.sekisho.protocol.statement.BreakGlass;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Architecture §4, Break-glass, sentence by sentence; then who would like to get around it.
 *
 * <p>Past 400 lines: a case for each sentence and each attack.
 */
class EmergencyDeskTest {
  private static final List<String> SIGNED =
      List.of("asked", "signed S-0007 approver", "signed S-0008 approver", "signed S-1024 user");

  @TempDir Path temp;
  private EmergencyWorld world;

  @BeforeEach
  void open() {
    world = new EmergencyWorld(temp.resolve("emergencies.json"));
  }

  private void refused(Refusal reason, EmergencyOutcome outcome) {
    assertEquals(
        reason, assertInstanceOf(EmergencyOutcome.Refused.class, outcome).reason(), "outcome");
    assertEquals(0, world.gate.opened);
    assertFalse(world.isOpen());
    assertEquals("refused " + reason, world.log.lines().get(world.log.events.size() - 1));
  }

  private void opens(int minutes) {
    EmergencyOutcome outcome = world.opened(minutes);
    assertInstanceOf(EmergencyOutcome.Opened.class, outcome, () -> outcome.toString());
    assertTrue(world.isOpen());
  }

  private void closedBecause(String cause) {
    assertFalse(world.isOpen());
    assertEquals("closed " + cause, world.log.lines().get(world.log.events.size() - 1));
    assertTrue(world.desk.open().isEmpty());
  }

  @Test
  @DisplayName(
      "R12: two approvers and the person who is logged in sign one text, and the medium opens")
  void opens() throws Exception {
    opens(30);
    assertEquals(Stream.concat(SIGNED.stream(), Stream.of("opened")).toList(), world.log.lines());
    assertEquals(List.of("first", "second", "user"), world.told);
    EmergencyEvent.Asked asked = (EmergencyEvent.Asked) world.log.events.get(0);
    BreakGlass text = BreakGlass.parse(Base64Url.decode(asked.text()));
    assertEquals("S-1024", text.person());
    assertEquals(30, text.minutes());
    assertEquals(EmergencyWorld.STICK.fingerprint(), text.fingerprint());
    EmergencyEvent.Opened opened = (EmergencyEvent.Opened) world.log.events.get(4);
    assertEquals(List.of("S-0007", "S-0008"), opened.approvers());
    assertEquals(30, world.desk.open().get(0).minutesLeft());
  }

  @Test
  @DisplayName("with two readers the user's card stays where it is")
  void twoReaders() {
    world.reader.other = card(world.clerk);
    world.present.clear();
    world.present.add(
        new LivePresence(EmergencyWorld.UID, EmergencyWorld.Reader.OTHER, spki(world.clerk)));
    world.reader.remove();
    world.handing(card(world.first), card(world.second));
    assertInstanceOf(EmergencyOutcome.Opened.class, world.ask(30));
    world.reader.remove();
    world.pass(Duration.ofSeconds(1));
    assertTrue(world.isOpen(), "the approver's card may go");
    world.reader.other = null;
    world.pass(Duration.ofSeconds(1));
    closedBecause("card-removed");
  }

  @Test
  @DisplayName("each text has a nonce of its own")
  void nonces() throws Exception {
    opens(1);
    world.pass(Duration.ofMinutes(1));
    world.logInAgain();
    opens(1);
    List<BreakGlass> texts =
        world.log.events.stream()
            .filter(EmergencyEvent.Asked.class::isInstance)
            .map(event -> text((EmergencyEvent.Asked) event))
            .toList();
    assertNotEquals(texts.get(0).nonce(), texts.get(1).nonce());
    assertNotEquals(texts.get(0).request(), texts.get(1).request());
  }

  private static BreakGlass text(EmergencyEvent.Asked asked) {
    try {
      return BreakGlass.parse(Base64Url.decode(asked.text()));
    } catch (jp.sekisho.protocol.MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("case and record are durable before the medium is opened")
  void durableFirst() {
    world.gate.whileOpening =
        () -> {
          assertEquals("opened", world.log.lines().get(world.log.events.size() - 1));
          try {
            EmergencyCase kept = EmergencyCases.open(world.file).all().get(0);
            assertEquals(EmergencyCase.State.OPEN, kept.state());
          } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
          }
        };
    opens(30);
  }

  @Test
  @DisplayName("the minutes by the boot clock end it, and nothing opens it again")
  void deadline() {
    opens(30);
    world.pass(Duration.ofMinutes(29));
    assertTrue(world.isOpen());
    world.pass(Duration.ofMinutes(1));
    closedBecause("deadline");
    int records = world.log.events.size();
    world.pass(Duration.ofMinutes(1));
    world.reachable = true;
    world.pass(Duration.ofMinutes(1));
    assertEquals(records, world.log.events.size());
    assertEquals(1, world.gate.opened);
  }

  @Test
  @DisplayName("a gate that is busy with a device keeps no deadline waiting")
  void gateBusy() {
    opens(30);
    world.gate.whileLooking =
        () -> {
          throw new AssertionError("asked while a driver is bound");
        };
    world.pass(Duration.ofMinutes(29));
    assertTrue(world.isOpen());
    world.pass(Duration.ofMinutes(1));
    closedBecause("deadline");
  }

  @Test
  @DisplayName("another medium that leaves ends nothing; the opened one does, also while it opens")
  void unplugged() {
    PluggedMedium other = new PluggedMedium("3-2", Base64Url.encode(new byte[32]));
    world.gate.whileOpening = () -> world.gate.unplugListeners.get(0).accept(other);
    opens(30);
    world.gate.unplugListeners.get(0).accept(other);
    world.settle();
    assertTrue(world.isOpen());
    world.desk.close();
    EmergencyWorld second = new EmergencyWorld(temp.resolve("second"));
    second.gate.whileOpening = second.gate::unplugAll;
    assertInstanceOf(EmergencyOutcome.Refused.class, second.opened(30));
    assertFalse(second.isOpen());
    assertTrue(second.log.lines().contains("closed unplugged"), second.log.lines()::toString);
  }

  @Test
  @DisplayName("the wall clock and the service's time move nothing")
  void clockMoved() {
    opens(30);
    world.server = Optional.of(EmergencyWorld.NOW.minus(Duration.ofDays(300)));
    world.pass(Duration.ofMinutes(29));
    assertTrue(world.isOpen());
    world.server = Optional.empty();
    world.pass(Duration.ofMinutes(1));
    closedBecause("deadline");
  }

  static Stream<Arguments> ends() {
    return Stream.of(
        ending("card-removed", world -> world.reader.remove()),
        ending("card-removed", world -> world.reader.insert(card(world.clerk))),
        ending("seat-lost", world -> world.atScreen = false),
        ending(
            "seat-lost",
            world ->
                world.present.add(new LivePresence(1002, world.reader.stay(), spki(world.first)))),
        ending("unplugged", world -> world.gate.unplugAll()),
        ending("policy-expired", world -> world.none = none(Refusal.POLICY_EXPIRED)),
        ending("revoked", world -> world.active = false),
        ending("revoked", world -> world.revoked.add(spki(world.second))),
        ending("not-enforcing", world -> world.enforcing = false),
        ending("records-full", world -> world.log.room = Room.RESERVE),
        ending("agent-stopped", world -> world.desk.close()));
  }

  private static Arguments ending(String cause, Consumer<EmergencyWorld> event) {
    return Arguments.of(cause, event);
  }

  private static EmergencyTrust.Now none(Refusal reason) {
    return new EmergencyTrust.Now.None(reason);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  @DisplayName("it ends at once, and for good")
  void ends(String cause, Consumer<EmergencyWorld> event) {
    opens(30);
    event.accept(world);
    world.pass(Duration.ofSeconds(1));
    closedBecause(cause);
    assertEquals(EmergencyCase.State.OVER, kept().get(0).state());
  }

  @Test
  @DisplayName("a card that was put in to sign logs nobody in until it leaves its reader")
  void reserved() {
    List<CardDesk.Stay> stays = new ArrayList<>();
    List<Boolean> busy = new ArrayList<>();
    Consumer<Card> inserting =
        card ->
            world.hands.add(() -> {
              world.reader.insert(card);
              stays.add(world.reader.stay());
              busy.add(world.desk.isReserved(world.reader.stay()));
            });
    CardDesk.Stay before = world.reader.stay();
    assertFalse(world.desk.isReserved(before));
    inserting.accept(card(world.first));
    inserting.accept(card(world.second));
    assertEquals(new EmergencyOutcome.Refused(Refusal.EMERGENCY_APPROVERS), world.ask());
    assertEquals(List.of(true, true), busy, "before a card is tried too");
    assertFalse(world.desk.isReserved(before), "the user's own");
    // The second approver's card still lies in the reader.
    assertTrue(world.desk.isReserved(stays.get(1)));
    world.reader.leave();
    world.settle();
    assertFalse(world.desk.isReserved(stays.get(0)));
    assertFalse(world.desk.isReserved(stays.get(1)), "that stay is over");
  }

  @Test
  @DisplayName("the user's own card logs in again once all have signed")
  void notReserved() {
    opens(30);
    assertFalse(world.desk.isReserved(world.reader.stay()));
    world.desk.close();
    assertFalse(world.desk.isReserved(world.reader.stay()));
  }

  @Test
  @DisplayName("a passkey at the user's seat ends it, one at another's does not")
  void passkey() {
    opens(30);
    world.passkey(1002);
    world.settle();
    assertTrue(world.isOpen());
    world.passkey(EmergencyWorld.UID);
    world.settle();
    closedBecause("seat-lost");
  }

  @Test
  @DisplayName("a passkey at the user's seat while people sign, or while it opens: nothing opens")
  void passkeyMeanwhile() {
    world.handing(card(world.first), card(world.second));
    world.hands.add(() -> {
      world.passkey(EmergencyWorld.UID);
      world.reader.insert(card(world.clerk));
    });
    refused(Refusal.EMERGENCY_NO_SESSION, world.ask());
    world.logInAgain();
    world.gate.whileOpening = () -> world.passkey(EmergencyWorld.UID);
    assertInstanceOf(EmergencyOutcome.Refused.class, world.opened(30));
    assertFalse(world.isOpen());
    assertTrue(world.log.lines().contains("closed seat-lost"), world.log.lines()::toString);
    world.logInAgain();
    world.gate.whileOpening = () -> {};
    opens(30);
  }

  private List<EmergencyCase> kept() {
    try {
      return EmergencyCases.open(world.file).all();
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("a medium that cannot be closed is tried again until it is")
  void stuck() {
    opens(30);
    world.gate.stuck = true;
    world.pass(Duration.ofMinutes(30));
    assertEquals("closed deadline unverified", world.log.lines().get(5));
    assertTrue(world.isOpen());
    world.gate.stuck = false;
    world.pass(Duration.ofSeconds(2));
    assertFalse(world.isOpen());
  }

  static Stream<Arguments> obstacles() {
    return Stream.of(
        obstacle(Refusal.EMERGENCY_ONLINE, world -> world.reachable = true),
        obstacle(Refusal.EMERGENCY_POLICY, world -> world.longest = Duration.ZERO),
        obstacle(Refusal.EMERGENCY_POLICY, world -> world.media = List.of()),
        obstacle(
            Refusal.EMERGENCY_POLICY,
            world -> world.media = List.of(Base64Url.encode(new byte[32]))),
        obstacle(Refusal.EMERGENCY_TOO_LONG, world -> world.longest = Duration.ofMinutes(29)),
        obstacle(Refusal.POLICY_EXPIRED, world -> world.none = none(Refusal.POLICY_EXPIRED)),
        obstacle(Refusal.POLICY_EXPIRED, world -> world.fresh = false),
        obstacle(Refusal.POLICY_MISSING, world -> world.none = none(Refusal.POLICY_MISSING)),
        obstacle(Refusal.CLOCK_DOUBTFUL, world -> world.server = Optional.empty()),
        obstacle(Refusal.TERMINAL_REVOKED, world -> world.active = false),
        obstacle(Refusal.NOT_ENFORCING, world -> world.enforcing = false),
        obstacle(Refusal.RECORDS_FULL, world -> world.log.room = Room.RESERVE),
        obstacle(Refusal.MEDIUM_ABSENT, world -> world.gate.plugged.clear()),
        obstacle(
            Refusal.MEDIUM_TWICE,
            world ->
                world.gate.plugged.add(new PluggedMedium("3-2", Base64Url.encode(new byte[32])))),
        obstacle(Refusal.PEER_FOREIGN, world -> world.atScreen = false),
        obstacle(Refusal.EMERGENCY_NO_SESSION, world -> world.present.clear()),
        obstacle(Refusal.EMERGENCY_NO_SESSION, world -> world.roster.remove(spki(world.clerk))),
        obstacle(
            Refusal.EMERGENCY_NO_SESSION,
            world ->
                world.present.add(new LivePresence(1002, world.reader.stay(), spki(world.first)))));
  }

  private static Arguments obstacle(Refusal reason, Consumer<EmergencyWorld> what) {
    return Arguments.of(reason, what);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  @DisplayName("each way it can fail has its code and its record, and asks no card")
  void obstacles(Refusal reason, Consumer<EmergencyWorld> what) {
    what.accept(world);
    refused(reason, world.opened(30));
    assertEquals(List.of("refused " + reason), world.log.lines());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("obstacles")
  @DisplayName("what happens while people sign counts as well")
  void meanwhile(Refusal reason, Consumer<EmergencyWorld> what) {
    world.handing(card(world.first), card(world.second));
    world.hands.add(() -> {
      world.reader.insert(card(world.clerk));
      what.accept(world);
    });
    EmergencyOutcome outcome = world.ask(30);
    if (world.present.isEmpty() || world.server.isEmpty()) {
      // With one reader the user's card had to leave for the approvers'; and the text is made.
      assertInstanceOf(EmergencyOutcome.Opened.class, outcome, reason.name());
      return;
    }
    assertInstanceOf(EmergencyOutcome.Refused.class, outcome, () -> world.log.lines().toString());
    assertFalse(world.isOpen());
    // Whose seat is lost cannot be told any more; nobody signs there.
    Refusal said = reason == Refusal.PEER_FOREIGN ? Refusal.EMERGENCY_APPROVERS : reason;
    assertEquals("refused " + said, world.log.lines().get(world.log.events.size() - 1));
  }

  @Test
  @DisplayName("another medium than the signed one opens nothing")
  void swapped() {
    world.handing(card(world.first), card(world.second));
    world.hands.add(() -> {
      world.gate.plugged.clear();
      world.gate.plugged.add(new PluggedMedium("3-1", Base64Url.encode(new byte[32])));
      world.reader.insert(card(world.clerk));
    });
    refused(Refusal.MEDIUM_OTHER, world.ask());
  }

  @Test
  @DisplayName("longer than an hour is no text at all, whatever the policy says")
  void tooLong() {
    refused(Refusal.EMERGENCY_TOO_LONG, world.opened(61));
    refused(Refusal.EMERGENCY_TOO_LONG, world.opened(0));
    opens(60);
  }

  private static void signs(EmergencyWorld world, Card... cards) {
    world.handing(cards);
  }

  static Stream<Arguments> wrongCards() {
    KeyPair stranger = TestPki.newKeys();
    return Stream.of(
        wrong(
            "the same approver twice",
            Refusal.EMERGENCY_SAME,
            world -> signs(world, card(world.first), card(world.first))),
        wrong(
            "another card of the same approver",
            Refusal.EMERGENCY_SAME,
            world -> {
              world.approvers.add(
                  new Approver(EmergencyWorld.FIRST, EmergencyWorld.ORGAN, spki(stranger)));
              signs(world, card(world.first), card(stranger));
            }),
        wrong(
            "a card that the roster knows as the first approver's",
            Refusal.EMERGENCY_SAME,
            world -> {
              world.roster.put(spki(world.second), EmergencyWorld.FIRST);
              signs(world, card(world.first), card(world.second));
            }),
        wrong(
            "an unknown key",
            Refusal.APPROVER_UNLISTED,
            world -> signs(world, card(world.first), card(stranger))),
        wrong(
            "an approver of another organ",
            Refusal.APPROVER_UNLISTED,
            world -> {
              world.approvers.clear();
              world.approvers.add(
                  new Approver(EmergencyWorld.FIRST, "assembly", spki(world.first)));
              signs(world, card(world.first));
            }),
        wrong(
            "the user's own card", Refusal.APPROVAL_OWN, world -> signs(world, card(world.clerk))),
        wrong(
            "the user's own card, listed as an approver's",
            Refusal.APPROVAL_OWN,
            world -> {
              world.approvers.add(
                  new Approver(EmergencyWorld.CLERK, EmergencyWorld.ORGAN, spki(world.clerk)));
              signs(world, card(world.clerk));
            }),
        wrong(
            "a key that the roster knows as the user's and the policy as another's",
            Refusal.APPROVAL_OWN,
            world -> {
              world.approvers.add(new Approver("S-0009", EmergencyWorld.ORGAN, spki(world.clerk)));
              signs(world, card(world.clerk));
            }),
        wrong(
            "a revoked approver's card",
            Refusal.CERT_REVOKED,
            world -> {
              world.revoked.add(spki(world.second));
              signs(world, card(world.first), card(world.second));
            }),
        wrong(
            "a card that something is known against",
            Refusal.CERT_EXPIRED,
            world -> signs(world, failing(Refusal.CERT_EXPIRED))),
        wrong(
            "a blocked card",
            Refusal.PIN_BLOCKED,
            world -> signs(world, failing(Refusal.PIN_BLOCKED))),
        wrong(
            "somebody else's card for the user's",
            Refusal.EMERGENCY_NO_SESSION,
            world -> {
              world.roster.put(spki(stranger), "S-3000");
              signs(world, card(world.first), card(world.second), card(stranger));
            }),
        wrong(
            "a home-made key that the roster calls the user's",
            Refusal.CERT_UNTRUSTED,
            world -> {
              world.roster.put(spki(stranger), EmergencyWorld.CLERK);
              signs(world, card(world.first), card(world.second), card(stranger));
            }),
        wrong(
            "a home-made key that the roster calls the user's, shown with the user's certificate",
            Refusal.CERT_UNTRUSTED,
            world -> {
              world.roster.put(spki(stranger), EmergencyWorld.CLERK);
              signs(
                  world,
                  card(world.first),
                  card(world.second),
                  text ->
                      signed(
                          stranger.getPublic().getEncoded(),
                          EmergencyWorld.sign(stranger, text.bytes()),
                          world.clerk));
            }),
        wrong(
            "another's card that the roster calls the user's",
            Refusal.EMERGENCY_NO_SESSION,
            world -> {
              world.roster.put(spki(stranger), EmergencyWorld.CLERK);
              world.numbers.put(spki(stranger), "S-3000");
              signs(world, card(world.first), card(world.second), card(stranger));
            }),
        wrong(
            "the user's card, where the officers pinned no CA of staff cards",
            Refusal.CERT_UNTRUSTED,
            world -> {
              world.staffCas.clear();
              signs(world, card(world.first), card(world.second), card(world.clerk));
            }),
        wrong(
            "only one approver comes",
            Refusal.EMERGENCY_APPROVERS,
            world -> signs(world, card(world.first))),
        wrong("nobody comes", Refusal.EMERGENCY_APPROVERS, world -> {}),
        wrong(
            "the user does not come back",
            Refusal.EMERGENCY_APPROVERS,
            world -> signs(world, card(world.first), card(world.second))),
        wrong(
            "the question is taken back",
            Refusal.EMERGENCY_APPROVERS,
            world -> {
              signs(world, card(world.first), card(world.second));
              world.hands.add(() -> world.gone = true);
            }));
  }

  private static Arguments wrong(String who, Refusal reason, Consumer<EmergencyWorld> script) {
    return Arguments.of(who, reason, script);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  @DisplayName("nothing opens for")
  void wrongCards(String who, Refusal reason, Consumer<EmergencyWorld> script) {
    script.accept(world);
    refused(reason, world.ask());
  }

  static Stream<Arguments> otherTexts() {
    return Stream.of(
        other(
            "another nonce",
            text -> with(text, text.boot(), text.terminal(), other(32), text.minutes())),
        other(
            "another terminal",
            text -> with(text, text.boot(), "T-0043", text.nonce(), text.minutes())),
        other(
            "another boot",
            text -> with(text, other(16), text.terminal(), text.nonce(), text.minutes())),
        other(
            "another length", text -> with(text, text.boot(), text.terminal(), text.nonce(), 60)));
  }

  private static Arguments other(String what, UnaryOperator<BreakGlass> change) {
    return Arguments.of(what, change);
  }

  private static String other(int length) {
    byte[] bytes = new byte[length];
    bytes[0] = 7;
    return Base64Url.encode(bytes);
  }

  private static BreakGlass with(
      BreakGlass text, String boot, String terminal, String nonce, int minutes) {
    return new BreakGlass(
        text.request(),
        nonce,
        text.organ(),
        terminal,
        boot,
        text.person(),
        text.capability(),
        text.fingerprint(),
        text.reason(),
        text.made(),
        minutes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  @DisplayName("a signature over another text is none")
  void otherTexts(String what, UnaryOperator<BreakGlass> change) {
    world.asSigned = change;
    world.handing(card(world.first), card(world.second), card(world.clerk));
    refused(Refusal.SIGNATURE_INVALID, world.ask());
  }

  @Test
  @DisplayName("signatures of an earlier text, replayed, open nothing")
  void replayed() {
    opens(1);
    EmergencyEvent.Signed old = (EmergencyEvent.Signed) world.log.events.get(1);
    world.pass(Duration.ofMinutes(1));
    closedBecause("deadline");
    world.logInAgain();
    world.handing(text -> replay(old, world.first), card(world.second), card(world.clerk));
    EmergencyOutcome outcome = world.ask();
    assertEquals(new EmergencyOutcome.Refused(Refusal.SIGNATURE_INVALID), outcome);
    assertEquals(1, world.gate.opened);
  }

  private static TextSigning.Outcome replay(EmergencyEvent.Signed old, KeyPair keys) {
    try {
      return signed(Base64Url.decode(old.spki()), Base64Url.decode(old.signature()), keys);
    } catch (jp.sekisho.protocol.MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("an approver's key with another's signature is a forgery")
  void forged() {
    KeyPair thief = TestPki.newKeys();
    world.handing(text ->
        signed(
            world.first.getPublic().getEncoded(),
            EmergencyWorld.sign(thief, text.bytes()),
            world.first));
    refused(Refusal.SIGNATURE_INVALID, world.ask());
    world.handing(text -> signed(new byte[91], new byte[70], world.first));
    refused(Refusal.SIGNATURE_INVALID, world.ask());
  }

  @Test
  @DisplayName("an approval that was taken away while the others signed does not count")
  void revokedMeanwhile() {
    world.handing(card(world.first), card(world.second));
    world.hands.add(() -> {
      world.revoked.add(spki(world.first));
      world.reader.insert(card(world.clerk));
    });
    refused(Refusal.CERT_REVOKED, world.ask());
  }

  @Test
  @DisplayName("who mistypes or takes the card out too soon puts it in again")
  void again() {
    world.handing(
        failing(Refusal.PIN_WRONG),
        card(world.first),
        failing(Refusal.UNKNOWN_CARD),
        card(world.second),
        card(world.clerk));
    assertInstanceOf(EmergencyOutcome.Opened.class, world.ask());
    assertEquals(
        List.of("first", "first PIN_WRONG", "second", "second UNKNOWN_CARD", "user"), world.told);
  }

  @Test
  @DisplayName("no card is asked after ten minutes")
  void ceremonyEnds() {
    world.handing(card(world.first), card(world.second));
    world.hands.add(() -> world.sinceBoot = world.sinceBoot.plus(Duration.ofMinutes(10)));
    world.handing(card(world.clerk));
    refused(Refusal.EMERGENCY_APPROVERS, world.ask());
  }

  @Test
  @DisplayName("one at a time")
  void oneAtATime() {
    opens(30);
    EmergencyOutcome outcome = world.opened(30);
    assertEquals(new EmergencyOutcome.Refused(Refusal.EMERGENCY_BUSY), outcome);
    assertEquals(1, world.gate.opened);
  }

  @Test
  @DisplayName("a program that asks again and again does not fill the records")
  void tooOften() {
    world.gate.plugged.clear();
    for (int i = 0; i < EmergencyDesk.MOST_ASKED; i++) {
      refused(Refusal.MEDIUM_ABSENT, world.ask());
    }
    refused(Refusal.TOO_MANY, world.ask());
    int records = world.log.events.size();
    for (int i = 0; i < 1_000; i++) {
      assertEquals(new EmergencyOutcome.Refused(Refusal.TOO_MANY), world.ask());
    }
    assertEquals(records, world.log.events.size());
    world.sinceBoot = world.sinceBoot.plus(EmergencyDesk.LONGEST_CEREMONY);
    refused(Refusal.MEDIUM_ABSENT, world.ask());
  }

  @Test
  @DisplayName("users without a seat use up neither the records nor anybody's questions")
  void foreignersAsk() {
    for (int i = 0; i < 1_000; i++) {
      Refusal reason = i < EmergencyDesk.MOST_ASKED ? Refusal.PEER_FOREIGN : Refusal.TOO_MANY;
      assertEquals(new EmergencyOutcome.Refused(reason), world.ask(2_000 + i, 30));
    }
    assertEquals(EmergencyDesk.MOST_ASKED + 1, world.log.events.size());
    EmergencyOutcome outcome = world.opened(30);
    assertInstanceOf(EmergencyOutcome.Opened.class, outcome, outcome::toString);
  }

  @Test
  @DisplayName("no record, no step: each that fails leaves the medium closed")
  void recordsFail() {
    for (int i = 0; i < 5; i++) {
      EmergencyWorld other = new EmergencyWorld(temp.resolve("fails-" + i));
      other.log.brokenFrom = i;
      EmergencyOutcome outcome = other.opened(30);
      assertEquals(new EmergencyOutcome.Refused(Refusal.RECORDS_FULL), outcome, "record " + i);
      assertEquals(0, other.gate.opened, "record " + i);
    }
  }

  @Test
  @DisplayName("a medium that does not open is over, with its cause")
  void doesNotOpen() {
    world.gate.failure = Refusal.MEDIUM_FILE_SYSTEM;
    assertEquals(new EmergencyOutcome.Refused(Refusal.MEDIUM_FILE_SYSTEM), world.opened(30));
    assertTrue(world.log.lines().contains("closed not-opened"), world.log.lines()::toString);
    world.gate.failure = null;
    world.logInAgain();
    opens(30);
  }

  @Test
  @DisplayName(
      "what a killed agent left open is closed by the next, recorded, and never open again")
  void killed() {
    opens(30);
    EmergencyDesk next = world.newDesk();
    assertFalse(world.isOpen());
    assertEquals("closed agent-killed", world.log.lines().get(5));
    world.settle();
    next.tick();
    world.settle();
    assertFalse(world.isOpen());
    world.newDesk();
    assertEquals(6, world.log.events.size());
  }

  @Test
  @DisplayName("what a killed agent left and the next cannot shut is said to be so, and shut later")
  void killedAndStuck() {
    opens(30);
    world.gate.stuck = true;
    EmergencyDesk next = world.newDesk();
    assertTrue(world.isOpen());
    assertEquals("closed agent-killed unverified", world.log.lines().get(5));
    // No desk opens it, nor is one told that it had it shut, until the gate has.
    world.gate.stuck = false;
    assertInstanceOf(
        OpenOutcome.Failed.class,
        world.shares.share().openReadOnly(EmergencyWorld.STICK, EmergencyWorld.UID));
    assertTrue(world.isOpen());
    world.shares.shutAgain();
    assertFalse(world.isOpen());
    assertInstanceOf(
        OpenOutcome.Opened.class,
        world.shares.share().openReadOnly(EmergencyWorld.STICK, EmergencyWorld.UID));
    assertTrue(next.open().isEmpty());
  }

  @Test
  @DisplayName("a restored disk opens nothing: not in this boot, and not in another")
  void imageRestored() throws Exception {
    opens(30);
    Path image = temp.resolve("image");
    Files.copy(world.file, image);
    world.pass(Duration.ofMinutes(30));
    closedBecause("deadline");
    for (String boot : List.of(world.boot, other(16))) {
      Files.copy(image, world.file, StandardCopyOption.REPLACE_EXISTING);
      world.boot = boot;
      EmergencyDesk restored = world.newDesk();
      world.settle();
      restored.tick();
      world.settle();
      assertFalse(world.isOpen());
      assertTrue(restored.open().isEmpty());
    }
    assertEquals(1, world.gate.opened);
  }

  @Test
  @DisplayName("a damaged file is begun anew")
  void damaged() throws Exception {
    Files.writeString(world.file, "{\"emergencies\":[],\"v\":2}");
    world.desk = world.newDesk();
    opens(30);
  }

  @Test
  @DisplayName("what a killed agent left mounted is shut also when its file is damaged or gone")
  void killedAndDamaged() throws Exception {
    opens(30);
    Files.writeString(world.file, "{\"emergencies\":[");
    world.newDesk();
    assertFalse(world.isOpen(), "damaged");
    world.gate.mounted.add(EmergencyWorld.STICK);
    Files.delete(world.file);
    world.newDesk();
    assertFalse(world.isOpen(), "gone");
  }

  @Test
  @DisplayName("the file has exactly the documented bytes")
  void fileFormat() throws Exception {
    BreakGlass text =
        new BreakGlass(
            Base64Url.encode(new byte[16]),
            Base64Url.encode(new byte[32]),
            "mayor",
            "T-0042",
            Base64Url.encode(new byte[16]),
            "S-1024",
            jp.sekisho.protocol.statement.ExportGrant.Capability.USB_READ,
            Base64Url.encode(new byte[32]),
            BreakGlass.Reason.OUTAGE,
            EmergencyWorld.NOW,
            30);
    Path file = temp.resolve("bytes.json");
    EmergencyCases cases = EmergencyCases.open(file);
    cases.put(EmergencyCase.asked(text));
    String encoded = Base64Url.encode(text.bytes());
    assertEquals(
        "{\"emergencies\":[{\"state\":\"asked\",\"text\":\"" + encoded + "\"}],\"v\":1}",
        Files.readString(file));
    cases.put(EmergencyCase.asked(text).opening(Duration.ofMinutes(90)));
    assertEquals(
        "{\"emergencies\":[{\"deadlineSinceBootMillis\":5400000,\"state\":\"open\",\"text\":\""
            + encoded
            + "\"}],\"v\":1}",
        Files.readString(file));
    assertEquals(cases.all(), EmergencyCases.open(file).all());
    for (int i = 0; i < 80; i++) {
      byte[] request = new byte[16];
      request[0] = (byte) (i + 1);
      cases.put(
          EmergencyCase.asked(
              new BreakGlass(
                  Base64Url.encode(request),
                  text.nonce(),
                  text.organ(),
                  text.terminal(),
                  text.boot(),
                  text.person(),
                  text.capability(),
                  text.fingerprint(),
                  text.reason(),
                  text.made(),
                  text.minutes())));
    }
    assertEquals(EmergencyCases.MOST, EmergencyCases.open(file).all().size());
  }

  @Test
  @DisplayName("the clerk's own process cannot answer for a card")
  void clerksProcess() {
    // What a seat's process can do is type PINs and ask: what signs is the card in the reader.
    world.handing(text -> signed(world.clerk, text.bytes()));
    refused(Refusal.APPROVAL_OWN, world.ask());
  }
}
