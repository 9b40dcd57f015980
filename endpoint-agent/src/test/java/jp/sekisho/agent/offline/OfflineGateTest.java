package jp.sekisho.agent.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.Effect;
import jp.sekisho.policy.calendar.CalendarSettings;
import jp.sekisho.policy.calendar.Weekday;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.OnlineLogin;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.OfflineEvent.Cause;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * R7: who may log in without the service, with scripted clocks; wall and boot clock apart.
 *
 * <p>Over 400 lines: one list of limits, each from both sides.
 */
class OfflineGateTest {
  private static final KeyPair KEYS = TestPki.newKeys();
  @TempDir Path temp;
  private OfflineWorld world;

  @BeforeEach
  void begin() {
    world = new OfflineWorld(temp.resolve("offline.json"), KEYS);
  }

  private void allowed() {
    assertEquals(OfflineWorld.CLERK, world.judged());
  }

  private void refused(String code) {
    assertEquals(code, world.judged());
  }

  // --- The calendar ---

  @Test
  @DisplayName("R7: a terminal that was off over an 87-hour weekend lets its clerk in on Tuesday")
  void longWeekend() {
    world.online();
    world.off(Duration.ofHours(87));
    assertEquals(OfflineWorld.at("2026-11-24T08:15"), world.wall);
    allowed();
  }

  @Test
  @DisplayName("R7: and until the third opening day's last minute, not on the fourth")
  void openingDays() {
    world.online();
    world.offUntil("2026-11-26T23:59");
    allowed();
    world.offUntil("2026-11-27T00:00");
    refused("OFFLINE_POLICY login.offline-days");
  }

  @Test
  @DisplayName("R7: a 159-hour new year is one opening day by the signed calendar")
  void newYear() {
    world.onlineAt("2026-12-28T17:15");
    world.off(Duration.ofHours(159));
    assertEquals(OfflineWorld.at("2027-01-04T08:15"), world.wall);
    allowed();
  }

  @Test
  @DisplayName("R7: without a calendar every day counts, and the same new year is too long")
  void newYearWithoutCalendar() {
    world.onlineAt("2026-12-28T17:15");
    Instant made = world.wall;
    world.sign(
        made,
        policy ->
            policy
                .put(
                    CalendarSettings.OPEN_DAYS,
                    SignedSet.rule("calendar.open-days", List.of(Weekday.values())))
                .put(CalendarSettings.HOLIDAYS, SignedSet.rule("calendar.holidays", List.of())));
    world.off(Duration.ofHours(159));
    refused("OFFLINE_POLICY login.offline-days");
  }

  @Test
  @DisplayName("R7: an expired calendar is an expired policy, and nobody gets in")
  void expired() {
    // 400 days are over at 17:15 of this Friday; the roster is younger.
    world.sign(OfflineWorld.START.minus(Duration.ofDays(400)), policy -> policy);
    world.online();
    refused("POLICY_EXPIRED");
  }

  @Test
  @DisplayName("R7: a roster lives ten days, whatever the policy says")
  void rosterExpired() {
    world.sign(
        OfflineWorld.START.minus(Duration.ofDays(9)),
        policy ->
            policy.put(
                CalendarSettings.OPEN_DAYS, SignedSet.rule("calendar.open-days", List.of())));
    world.online();
    world.off(Duration.ofHours(23));
    allowed();
    world.off(Duration.ofHours(1));
    refused("POLICY_EXPIRED");
  }

  @Test
  @DisplayName("R7: ten calendar days are the cap, also where no day is an opening day")
  void tenDays() {
    world.sign(
        OfflineWorld.START.plus(Duration.ofHours(5)),
        policy ->
            policy.put(
                CalendarSettings.OPEN_DAYS, SignedSet.rule("calendar.open-days", List.of())));
    world.online();
    world.offUntil("2026-11-30T22:00");
    allowed();
    world.sign(
        OfflineWorld.START.plus(Duration.ofDays(2)),
        policy ->
            policy.put(
                CalendarSettings.OPEN_DAYS, SignedSet.rule("calendar.open-days", List.of())));
    world.offUntil("2026-12-01T00:00");
    refused("OFFLINE_POLICY login.offline-days");
  }

  @Test
  @DisplayName("R7: a reboot at 31 March 24:00: the old fiscal year's contact lets nobody in")
  void fiscalYear() {
    world.onlineAt("2027-03-31T17:15");
    world.offUntil("2027-03-31T23:59");
    allowed();
    world.offUntil("2027-04-01T00:00");
    refused("OFFLINE_YEAR");
    world.onlineAt("2027-04-01T08:15");
    world.off(Duration.ofMinutes(1));
    allowed();
  }

  // --- Power and boots ---

  @Test
  @DisplayName("R7: 48 hours powered on are the budget, over any number of boots")
  void power() {
    world.online();
    world.on(Duration.ofHours(30));
    world.off(Duration.ofHours(1));
    // 20 seconds of the second boot had gone when its agent began.
    world.on(Duration.ofHours(18).minusSeconds(20));
    allowed();
    world.on(Duration.ofSeconds(1));
    refused("OFFLINE_POLICY login.offline-power");
  }

  @Test
  @DisplayName("R7: a weekend suspended instead of off is powered on all the time")
  void suspended() {
    world.online();
    world.suspended(Duration.ofDays(2));
    allowed();
    world.suspended(Duration.ofHours(39));
    refused("OFFLINE_POLICY login.offline-power");
  }

  @Test
  @DisplayName("R7: the 20th boot since the contact is the last, and a contact begins anew")
  void boots() {
    world.online();
    for (int i = 0; i < 20; i++) {
      allowed();
      world.off(Duration.ofMinutes(2));
    }
    allowed();
    world.off(Duration.ofMinutes(2));
    refused("OFFLINE_POLICY login.offline-boots");
    world.contacts.heard(world.wall);
    allowed();
  }

  @Test
  @DisplayName("R7: an agent killed and started again in one boot adds neither boots nor time")
  void sameBoot() {
    world.online();
    world.on(Duration.ofHours(1));
    for (int i = 0; i < 30; i++) {
      world.contacts = world.open(Optional.of(world.boot));
    }
    Contacts.Now.Known now = assertInstanceOf(Contacts.Now.Known.class, world.contacts.now());
    assertEquals(0, now.boots());
    assertEquals(Duration.ofHours(1), now.powered());
  }

  // --- Clocks ---

  @Test
  @DisplayName("the wall clock a second back is refused until it has caught up")
  void aSecondBack() {
    world.online();
    world.on(Duration.ofMinutes(5));
    world.wall = world.wall.minusSeconds(1);
    refused("OFFLINE_CLOCK");
    world.on(Duration.ofSeconds(1));
    allowed();
  }

  @Test
  @DisplayName("set back by more than clocks differ, it is refused until the next contact")
  void setBack() {
    world.online();
    world.on(Duration.ofHours(3));
    world.wall = world.wall.minus(Duration.ofHours(2));
    refused("OFFLINE_CLOCK");
    world.on(Duration.ofHours(4));
    refused("OFFLINE_CLOCK");
    world.online();
    allowed();
  }

  @Test
  @DisplayName("set back while the terminal is off, it is below the durable high water")
  void setBackWhileOff() {
    world.online();
    world.on(Duration.ofHours(3));
    world.off(Duration.ofHours(-2));
    refused("OFFLINE_CLOCK");
    world.offUntil("2026-11-21T08:00");
    refused("OFFLINE_CLOCK");
  }

  @Test
  @DisplayName("set forward while it runs, it is doubtful, and stays so when it is set back")
  void setForward() {
    world.online();
    world.wall = world.wall.plus(Duration.ofHours(2));
    refused("OFFLINE_CLOCK");
    world.on(Duration.ofMinutes(2));
    world.wall = world.wall.minus(Duration.ofHours(2));
    refused("OFFLINE_CLOCK");
  }

  @Test
  @DisplayName("set forward while it is off, it only shortens what is left")
  void setForwardWhileOff() {
    world.online();
    world.offUntil("2026-12-20T08:00");
    refused("POLICY_EXPIRED");
    world.offUntil("2026-11-24T08:15");
    refused("OFFLINE_CLOCK");
  }

  @Test
  @DisplayName("a wall clock that stands still is found by the boot clock")
  void frozen() {
    world.online();
    for (int i = 0; i < 40; i++) {
      world.sinceBoot = world.sinceBoot.plusSeconds(30);
      world.contacts.silent();
    }
    refused("OFFLINE_CLOCK");
  }

  @Test
  @DisplayName("a clock that begins at the same time at each boot gives no time away")
  void frozenOverBoots() {
    world.online();
    Instant always = world.wall;
    for (int i = 0; i < 3; i++) {
      world.on(Duration.ofMinutes(9));
      world.contacts.mark();
      world.wall = always;
      world.off(Duration.ZERO);
    }
    refused("OFFLINE_CLOCK");
  }

  @Test
  @DisplayName("a terminal whose clock was wrong at the contact itself lets nobody in")
  void wrongAtContact() {
    world.online();
    world.contacts.heard(world.wall.plus(Contacts.NEAR).plusSeconds(1));
    refused("OFFLINE_CLOCK");
    world.contacts.heard(world.wall.plus(Contacts.NEAR));
    allowed();
    assertEquals(Optional.of(world.wall.plus(Contacts.NEAR)), world.contacts.time());
  }

  // --- The state ---

  @Test
  @DisplayName("without a contact, or with its file deleted, nobody gets in")
  void missing() throws IOException {
    refused("OFFLINE_UNKNOWN");
    world.online();
    world.contacts.mark();
    Files.delete(world.file);
    world.off(Duration.ofMinutes(1));
    allowed(); // it was written once more at the shutdown
    Files.delete(world.file);
    world.contacts = world.open(Optional.of(world.boot));
    refused("OFFLINE_UNKNOWN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"v\":2}",
        "{\"boot\":\"AAAA\",\"boots\":0,\"v\":1}",
        "not json",
        "[]"
      })
  @DisplayName("a damaged file counts as none")
  void damaged(String text) throws IOException {
    world.online();
    world.damage(text);
    world.contacts = world.open(Optional.of(world.boot));
    refused("OFFLINE_UNKNOWN");
    assertFalse(world.contacts.mark());
    world.online();
    allowed();
  }

  @Test
  @DisplayName("a file of an earlier boot that was put back counts as none")
  void rolledBack() throws IOException {
    world.online();
    world.contacts.mark();
    byte[] early = Files.readAllBytes(world.file);
    for (int i = 0; i < 15; i++) {
      world.off(Duration.ofMinutes(2));
    }
    allowed();
    Files.write(world.file, early);
    world.contacts = world.open(Optional.of(world.boot));
    refused("OFFLINE_UNKNOWN");
  }

  @Test
  @DisplayName("a file from before records, or on a disk with none, counts as none")
  void withoutRecords() {
    world.online();
    world.contacts = world.open(Optional.empty());
    refused("OFFLINE_UNKNOWN");
  }

  @Test
  @DisplayName("what cannot be made durable is not believed")
  void notWritable() throws IOException {
    world.online();
    Files.delete(world.file);
    Files.createDirectories(world.file.resolve("in-the-way"));
    assertFalse(world.contacts.mark());
    refused("OFFLINE_UNKNOWN");
  }

  // --- People and cards ---

  @Test
  @DisplayName("R7: 14 days after the last online login here, and not a day longer")
  void known() {
    world.online();
    for (int day = 0; day < 14; day++) {
      world.off(Duration.ofDays(1));
      world.sign(world.wall, policy -> policy);
      world.contacts.heard(world.wall);
    }
    allowed();
    world.off(Duration.ofDays(1));
    world.sign(world.wall, policy -> policy);
    world.contacts.heard(world.wall);
    refused("OFFLINE_POLICY login.offline-known");
  }

  @Test
  @DisplayName("who never logged in online here, or whose card is another's there, does not get in")
  void unknownHere() {
    world.contacts.heard(world.wall);
    refused("OFFLINE_PERSON");
    world.contacts.logins(
        new OnlineLogins(List.of(new OnlineLogin("S-2000", world.spki, world.wall.toString()))));
    refused("OFFLINE_PERSON");
    world.contacts.logins(
        new OnlineLogins(
            List.of(
                new OnlineLogin("not a number", world.spki, world.wall.toString()),
                new OnlineLogin(OfflineWorld.CLERK, "short", world.wall.toString()),
                new OnlineLogin(OfflineWorld.CLERK, world.spki, "today"))));
    refused("OFFLINE_PERSON");
  }

  @Test
  @DisplayName("R4: a revoked key, and one that left the roster, do not get in")
  void offTheLists() {
    world.online();
    TrustedState files = Objects.requireNonNull(world.trust);
    world.trust =
        new TrustedState(
            files.organ(),
            files.signedRoot(),
            files.signedPolicy(),
            files.layers(),
            files.policy(),
            files.signedRoster(),
            files.signedCurrent(),
            Set.of(world.spki));
    refused("CERT_REVOKED");
    assertEquals(Cause.REVOKED, whyNot(world.gate(), "2026-11-20T17:15", 1));
    world.sign(OfflineWorld.START, policy -> policy, Map.of());
    refused("OFFLINE_PERSON");
  }

  @ParameterizedTest
  @EnumSource(
      value = Refusal.class,
      names = {"CERT_REVOKED", "CERT_EXPIRED", "CERT_UNTRUSTED", "REVOCATION_UNKNOWN"})
  @DisplayName("R4: what the certificate's path says is said, an overdue list too")
  void certificate(Refusal reason) {
    world.online();
    world.number = new StaffNumbers.Outcome.No(reason);
    refused(reason.name());
  }

  @Test
  @DisplayName("a certificate of another number than the roster's line does not get in")
  void otherNumber() {
    world.online();
    world.number = new StaffNumbers.Outcome.Carries("S-2000");
    refused("CERT_UNTRUSTED");
  }

  @Test
  @DisplayName("R7: no policy, no offline login; a policy of 0 days neither, and a passkey never")
  void policy() {
    world.online();
    world.trust = null;
    refused("POLICY_MISSING");
    world.sign(
        OfflineWorld.START,
        policy -> policy.put(LoginSettings.OFFLINE_DAYS, SignedSet.rule("login.none", 0)));
    refused("OFFLINE_POLICY login.none");
    world.sign(
        OfflineWorld.START,
        policy -> policy.put(LoginSettings.FACTORS, SignedSet.rule("login.no-card", List.of())));
    refused("OFFLINE_POLICY login.no-card");
    assertInstanceOf(
        OfflineGate.Verdict.No.class, world.gate().judge(CardKind.JPKI, world.certificate));
  }

  @Test
  @DisplayName("R18: whoever gets in is marked in the log")
  void marked() {
    world.online();
    OfflineGate.Verdict.Yes yes =
        assertInstanceOf(
            OfflineGate.Verdict.Yes.class,
            world.gate().judge(CardKind.STAFF_PIV, world.certificate));
    assertEquals(Effect.AUDIT, yes.by().effect());
    assertEquals(Duration.ofHours(12), yes.longest());
    assertTrue(world.gate().against(CardKind.STAFF_PIV, world.certificate).isEmpty());
  }

  @Test
  @DisplayName(
      "one that stands ends with the year, the policy and the roster's line, not with a day")
  void standing() {
    world.online();
    OfflineGate gate = world.gate();
    assertNull(whyNot(gate, "2026-11-20T17:15", 7));
    assertEquals(Cause.YEAR, whyNot(gate, "2027-03-31T22:00", 2));
    assertNull(whyNot(gate, "2027-03-31T22:00", 1));
    assertEquals(Cause.POLICY_EXPIRED, whyNot(gate, "2027-12-25T17:15", 1));
    world.sign(OfflineWorld.START, policy -> policy, Map.of(world.spki, "S-2000"));
    assertEquals(Cause.REVOKED, whyNot(gate, "2026-11-20T17:15", 1));
    world.trust = null;
    assertEquals(Cause.POLICY_EXPIRED, whyNot(gate, "2026-11-20T17:15", 1));
  }

  private @Nullable Cause whyNot(OfflineGate gate, String at, int hours) {
    return gate.whyNot(
        OfflineWorld.CLERK, world.spki, OfflineWorld.at(at), Duration.ofHours(hours));
  }
}
