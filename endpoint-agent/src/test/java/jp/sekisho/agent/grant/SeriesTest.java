package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantSeries.Repeat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 定例許可: the terminal opens each time of a signed series once, and no time that was not signed. */
class SeriesTest {
  private static final PluggedMedium STICK = DeskWorld.stick("3-1");
  private static final LivePresence CLERK = DeskWorld.CLERK_HERE;
  private static final Duration WEEK = Duration.ofDays(7);
  private static final GrantSeries SERIES =
      new GrantSeries(DeskWorld.text("series"), Repeat.WEEKLY, 3);

  @TempDir Path temp;
  private DeskWorld world;

  @BeforeEach
  void open() {
    world = new DeskWorld(temp.resolve("activations.json"));
    longest(Duration.ofDays(15));
    world.running();
    world.logIn(CLERK);
  }

  /** The signed policy lets a series last so long. */
  private void longest(Duration series) {
    world.signed(GrantSettings.LONGEST_SERIES, series);
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

  /** Time goes on everywhere at once. */
  private void leap(Duration time) {
    world.sinceBoot = world.sinceBoot.plus(time);
    world.wall.advance(time);
    world.pass(Duration.ofSeconds(1));
  }

  private void refused(Refusal reason) {
    assertFalse(world.isOpen());
    assertTrue(world.log.lines().contains("refused " + reason), world.log.lines()::toString);
  }

  @Test
  @DisplayName("each time opens once, in its own window and with its own deadline")
  void eachOnce() {
    offering(world.offer(SERIES, 1));
    plugAnew();
    assertTrue(world.isOpen());
    assertEquals(SERIES.occurrence(1).request(), world.desk.open().get(0).grant());
    world.pass(Duration.ofMinutes(31));
    assertFalse(world.isOpen());
    plugAnew();
    assertFalse(world.isOpen(), "the first time is used");

    leap(WEEK.minusMinutes(31));
    offering(world.offer(SERIES, 1), world.offer(SERIES, 2));
    assertTrue(world.isOpen());
    assertEquals(SERIES.occurrence(2).request(), world.desk.open().get(0).grant());
    world.pass(Duration.ofMinutes(31));
    plugAnew();
    assertFalse(world.isOpen());
    assertEquals(2, world.gate.opened);
    assertEquals(
        List.of("opened", "closed deadline", "opened", "closed deadline"),
        world.log.lines().stream().filter(line -> !line.startsWith("refused")).toList());
  }

  @Test
  @DisplayName("a time that has not come is not opened early, whatever the service offers")
  void early() {
    offering(world.offer(SERIES, 2), world.offer(SERIES, 3));
    plugAnew();
    refused(Refusal.GRANT_EARLY);
  }

  @Test
  @DisplayName("a time more than signed, an invented one and the series itself are none")
  void notSigned() {
    ExportGrant fourth = new GrantSeries(SERIES.first(), Repeat.WEEKLY, 4).occurrence(1);
    for (String id : List.of(fourth.request(), SERIES.request(), DeskWorld.text("two").request())) {
      offering(DeskWorld.offer(id, SERIES, DeskWorld.approval(SERIES.detail()), world.boss));
      plugAnew();
      refused(Refusal.GRANT_INVALID);
      world.log.events.clear();
    }
  }

  @Test
  @DisplayName("a longer series under the signature of a shorter one is another text")
  void rewritten() {
    GrantSeries longer = new GrantSeries(SERIES.first(), Repeat.WEEKLY, 4);
    longest(Duration.ofDays(31));
    offering(
        DeskWorld.offer(
            longer.occurrence(1).request(),
            longer,
            DeskWorld.approval(SERIES.detail()),
            world.boss));
    plugAnew();
    refused(Refusal.APPROVAL_TEXT);
  }

  @Test
  @DisplayName("one time in the form of a single exception was signed by nobody")
  void singled() {
    ExportGrant one = SERIES.occurrence(1);
    offering(DeskWorld.offer(one, DeskWorld.approval(SERIES.detail()), world.boss));
    plugAnew();
    refused(Refusal.APPROVAL_TEXT);
  }

  @Test
  @DisplayName("signed by nobody listed, or by a key that was revoked since: nothing")
  void approver() {
    offering(
        DeskWorld.offer(
            SERIES.occurrence(1).request(),
            SERIES,
            DeskWorld.approval(SERIES.detail()),
            TestPki.newKeys()));
    plugAnew();
    refused(Refusal.APPROVER_UNLISTED);

    offering(world.offer(SERIES, 1));
    plugAnew();
    assertTrue(world.isOpen());
    GrantTrust now = world.inForce();
    world.trust =
        new GrantTrust.Now.InForce(
            new GrantTrust(now.policy(), now.roster(), Set.of(world.bossSpki), true));
    world.pass(Duration.ofSeconds(1));
    refused(Refusal.CERT_REVOKED);
  }

  @Test
  @DisplayName("the signed policy bounds the whole series; one without the rule allows none")
  void policy() {
    Duration whole = Duration.between(SERIES.whole().start(), SERIES.whole().end());
    longest(whole.minusSeconds(1));
    offering(world.offer(SERIES, 1));
    plugAnew();
    refused(Refusal.GRANT_TOO_LONG);
    longest(Duration.ZERO);
    plugAnew();
    refused(Refusal.GRANT_TOO_LONG);
    longest(whole);
    plugAnew();
    assertTrue(world.isOpen());
  }

  @Test
  @DisplayName("a time is not extended, also not by a signed text")
  void extension() {
    ExportGrant one = SERIES.occurrence(1);
    offering(
        DeskWorld.with(
            world.offer(SERIES, 1), one.extended("読取りに時間がかかる", one.end(), 60), world.boss));
    plugAnew();
    assertTrue(world.isOpen());
    Instant until = world.desk.open().get(0).until();
    assertEquals(Duration.ofMinutes(30), Duration.between(world.service.now(), until));
    assertFalse(world.log.lines().contains("extended"));
  }

  @Test
  @DisplayName("a series taken off the list closes the time that is open")
  void ended() {
    offering(world.offer(SERIES, 1));
    plugAnew();
    assertTrue(world.isOpen());
    offering();
    assertFalse(world.isOpen());
    assertTrue(world.log.lines().contains("closed revoked"));
  }

  @Test
  @DisplayName("a restored disk, a new boot and a service that forgot give no time twice")
  void restored() throws Exception {
    Path image = temp.resolve("image");
    offering(world.offer(SERIES, 1));
    plugAnew();
    assertTrue(world.isOpen());
    Files.copy(temp.resolve("activations.json"), image);
    world.pass(Duration.ofMinutes(31));
    assertFalse(world.isOpen());

    Files.copy(image, temp.resolve("activations.json"), StandardCopyOption.REPLACE_EXISTING);
    world.boot = Base64Url.encode(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    world.desk = world.newDesk();
    world.running();
    plugAnew();
    assertFalse(world.isOpen(), "the deadline of the first activation is over");

    // The row was put back, and with it the service would activate anew, to another nonce.
    world.service.activations.clear();
    world.desk = world.newDesk();
    world.running();
    plugAnew();
    assertFalse(world.isOpen());
    assertEquals(1, world.gate.opened);
  }
}
