package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.OfferedApproval;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantSeries.Repeat;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import jp.sekisho.protocol.statement.SeriesConfirmation.Used;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 定例許可 by turns and month by month: who takes a turn, and what opens a month. */
class RotaTest {
  private static final PluggedMedium STICK = DeskWorld.stick("3-1");
  private static final String COLLEAGUE = "S-2000";
  private static final LivePresence CLERK = DeskWorld.CLERK_HERE;
  private static final LivePresence OTHER = DeskWorld.presence(1002, 2, "other");
  private static final Duration WEEK = Duration.ofDays(7);
  private static final YearMonth DECEMBER = YearMonth.of(2026, 12);

  /** 21 and 28 November and 5 December. */
  private static final GrantSeries SERIES = series(DeskWorld.CLERK, COLLEAGUE);

  @TempDir Path temp;
  private DeskWorld world;

  private static GrantSeries series(String... rota) {
    return new GrantSeries(DeskWorld.text("series"), Repeat.WEEKLY, 3, List.of(rota));
  }

  @BeforeEach
  void open() {
    world = new DeskWorld(temp.resolve("activations.json"));
    trust(new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, world.bossSpki), Set.of());
    world.running();
  }

  private void trust(Approver approver, Set<String> revoked) {
    GrantTrust plain = DeskWorld.trust(approver, Map.of(world.bossSpki, DeskWorld.BOSS));
    world.trust =
        new GrantTrust.Now.InForce(new GrantTrust(plain.policy(), plain.roster(), revoked, true));
    world.signed(GrantSettings.LONGEST_SERIES, Duration.ofDays(31));
  }

  private void offering(GrantOffer... offers) {
    world.service.offering(offers);
    world.desk.poll();
    world.settle();
  }

  private void plugAnew() {
    world.unplug(STICK);
    world.plug(STICK);
    world.settle();
  }

  private void leap(Duration time) {
    world.sinceBoot = world.sinceBoot.plus(time);
    world.wall.advance(time);
    world.pass(Duration.ofSeconds(1));
  }

  private boolean isRefused(Refusal reason) {
    return world.log.lines().contains("refused " + reason);
  }

  private static SeriesConfirmation december(Used... used) {
    return SeriesConfirmation.of(SERIES, DECEMBER, List.of(used));
  }

  /** The third time, on 5 December, whose window is open and whose person is there. */
  private void inDecember() {
    leap(WEEK.multipliedBy(2));
    world.logIn(CLERK);
  }

  private void offeredWith(GrantOffer third) {
    offering(third);
    plugAnew();
  }

  @Test
  @DisplayName("each time opens for the person whose turn it is, and for no other of the rota")
  void turns() {
    world.logIn(CLERK);
    offering(world.offer(SERIES, 1));
    plugAnew();
    assertTrue(world.isOpen());
    world.pass(Duration.ofMinutes(31));
    assertFalse(world.isOpen());

    leap(WEEK.minusMinutes(31));
    offering(world.offer(SERIES, 2));
    plugAnew();
    assertFalse(world.isOpen());
    assertTrue(isRefused(Refusal.GRANT_OTHER_CARD), world.log.lines()::toString);
    world.logOut(CLERK);
    world.logIn(OTHER);
    plugAnew();
    assertTrue(world.isOpen());
    assertEquals(SERIES.occurrence(2).request(), world.desk.open().get(0).grant());
  }

  @Test
  @DisplayName("a month that nobody confirmed stays closed, and who comes is told why")
  void unconfirmed() {
    inDecember();
    offeredWith(world.offer(SERIES, 3));
    assertFalse(world.isOpen());
    assertTrue(isRefused(Refusal.GRANT_UNCONFIRMED), world.log.lines()::toString);
    assertEquals(Refusal.GRANT_UNCONFIRMED, world.desk.problem());

    offering(DeskWorld.with(world.offer(SERIES, 3), december(), world.boss));
    assertTrue(world.isOpen());
    // What was confirmed and is not any more was nobody's to give.
    offering(world.offer(SERIES, 3));
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("before its time, without its medium or its person nobody is told of a closed month")
  void toldInTime() {
    offering(world.offer(SERIES, 3));
    world.logIn(CLERK);
    plugAnew();
    assertFalse(isRefused(Refusal.GRANT_UNCONFIRMED), "early");
    world.unplug(STICK);
    leap(WEEK.multipliedBy(2));
    assertFalse(isRefused(Refusal.GRANT_UNCONFIRMED), "no medium");
    world.logOut(CLERK);
    world.logIn(OTHER);
    plugAnew();
    assertFalse(isRefused(Refusal.GRANT_UNCONFIRMED), "another person");
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("a confirmation says of every time of the month before whether it was used")
  void used() {
    inDecember();
    Used first = new Used(1, DeskWorld.CLERK, SERIES.occurrence(1).start().plusSeconds(9));
    offeredWith(DeskWorld.with(world.offer(SERIES, 3), december(first), world.boss));
    assertTrue(world.isOpen());
  }

  @Test
  @DisplayName("another month's, another series', a silent and a broken text confirm nothing")
  void otherTexts() {
    inDecember();
    SeriesConfirmation good = december();
    GrantSeries longer = new GrantSeries(SERIES.first(), Repeat.WEEKLY, 4, SERIES.rota());
    List<byte[]> wrong =
        List.of(
            SeriesConfirmation.of(SERIES, DECEMBER.plusMonths(1), List.of()).bytes(),
            SeriesConfirmation.of(longer, DECEMBER, List.of()).bytes(),
            new SeriesConfirmation(
                    good.series(), good.approved(), good.organ(), DECEMBER, List.of(), List.of())
                .bytes(),
            SERIES.bytes(),
            new byte[] {1, 2, 3});
    for (byte[] text : wrong) {
      refusedWith(
          DeskWorld.with(
              world.offer(SERIES, 3), text, DeskWorld.approval(Sha256.text(text)), world.boss),
          Refusal.GRANT_INVALID);
    }
  }

  @Test
  @DisplayName("a confirmation is an approver's card's, over this text, as an approval is")
  void otherSignatures() {
    inDecember();
    GrantOffer third = world.offer(SERIES, 3);
    SeriesConfirmation good = december();
    refusedWith(DeskWorld.with(third, good, TestPki.newKeys()), Refusal.APPROVER_UNLISTED);
    // The approval of the series used again as that of a month.
    refusedWith(
        DeskWorld.with(third, good.bytes(), DeskWorld.approval(SERIES.detail()), world.boss),
        Refusal.APPROVAL_TEXT);
    CardStatement said = DeskWorld.approval(good.detail());
    CardStatement elsewhere =
        new CardStatement(
            "https://auth.other.example",
            said.transaction(),
            said.nonce(),
            Purpose.APPROVE,
            said.terminal(),
            said.certificate(),
            said.detail());
    refusedWith(DeskWorld.with(third, good.bytes(), elsewhere, world.boss), Refusal.APPROVAL_TEXT);
    GrantOffer signed = DeskWorld.with(third, good, world.boss);
    GrantOffer other = DeskWorld.with(third, good, TestPki.newKeys());
    refusedWith(
        new GrantOffer(
            signed.grant(),
            signed.text(),
            signed.cardStatement(),
            signed.signature(),
            signed.spki(),
            signed.state(),
            null,
            null,
            new OfferedApproval(
                Objects.requireNonNull(signed.confirmation()).text(),
                Objects.requireNonNull(signed.confirmation()).cardStatement(),
                Objects.requireNonNull(other.confirmation()).signature(),
                Objects.requireNonNull(signed.confirmation()).spki())),
        Refusal.SIGNATURE_INVALID);
  }

  private void refusedWith(GrantOffer offer, Refusal reason) {
    GrantTrust now = ((GrantTrust.Now.InForce) world.trust).trust();
    assertEquals(
        new ApprovalCheck.Outcome.Bad(reason),
        new ApprovalCheck(DeskWorld.TERMINAL, DeskWorld.ORGAN, () -> List.of(DeskWorld.ORIGIN))
            .check(offer, now));
    offeredWith(offer);
    assertFalse(world.isOpen());
    assertTrue(isRefused(reason), world.log.lines()::toString);
  }

  @Test
  @DisplayName("who approved the series may be off the list by then, who confirmed it too: closed")
  void revokedLater() {
    inDecember();
    KeyPair second = TestPki.newKeys();
    String spki = Sha256.text(second.getPublic().getEncoded());
    trust(new Approver("S-0008", DeskWorld.ORGAN, spki), Set.of());
    GrantOffer third =
        DeskWorld.offer(
            SERIES.occurrence(3).request(), SERIES, DeskWorld.approval(SERIES.detail()), second);
    offeredWith(DeskWorld.with(third, december(), second));
    assertTrue(world.isOpen());
    trust(new Approver("S-0008", DeskWorld.ORGAN, spki), Set.of(spki));
    world.pass(Duration.ofSeconds(1));
    assertFalse(world.isOpen());
  }

  @Test
  @DisplayName("nobody who takes a turn approves the series or a month of it")
  void ownTurn() {
    world.logIn(CLERK);
    GrantSeries withBoss = series(DeskWorld.CLERK, DeskWorld.BOSS);
    offering(
        DeskWorld.offer(
            withBoss.occurrence(1).request(),
            withBoss,
            DeskWorld.approval(withBoss.detail()),
            world.boss));
    plugAnew();
    assertFalse(world.isOpen());
    assertTrue(isRefused(Refusal.APPROVAL_OWN), world.log.lines()::toString);

    // The policy says that the key is another person's, the roster that it is the colleague's.
    GrantTrust plain =
        DeskWorld.trust(
            new Approver("S-0009", DeskWorld.ORGAN, world.bossSpki),
            Map.of(world.bossSpki, COLLEAGUE));
    world.trust = new GrantTrust.Now.InForce(plain);
    world.signed(GrantSettings.LONGEST_SERIES, Duration.ofDays(31));
    world.log.events.clear();
    offering(world.offer(SERIES, 1));
    plugAnew();
    assertFalse(world.isOpen());
    assertTrue(isRefused(Refusal.APPROVAL_OWN), world.log.lines()::toString);
  }
}
