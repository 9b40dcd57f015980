package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.e2e.ExceptionTown.Blocked;
import jp.sekisho.e2e.Trail.Mark;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.e2e.vm.UsbStick;
import jp.sekisho.protocol.ConfirmedReport;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.EmergencyView;
import jp.sekisho.protocol.EmergencyViews;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A counter whose line is cut: offline login (オフラインログイン) and 緊急時の例外措置 by the cards in its one
 * reader, on a real kernel, and what the service makes of them afterwards.
 */
@Tag("vm")
@Tag("pcsc")
@Tag("torture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OutageStoryIT {
  private static final String CONTENT = "who lives in the flooded streets\n";
  private static final String STATE = "/var/lib/sekisho/";
  private static final String OFFLINE = "offline-login";
  private static final Pattern PLACE = Pattern.compile("/run/sekisho/media/\\S+/medium");

  @TempDir static Path directory;
  private ExceptionTown world;
  private UsbStick stick;
  private Path clerk;
  private Path first;
  private Path second;

  @BeforeAll
  void start() throws IOException {
    stick =
        UsbStick.make(
            directory.resolve("stick.img"),
            "M-0007",
            Map.of("LIST.TXT", CONTENT.getBytes(StandardCharsets.UTF_8)));
    UsbStick other = UsbStick.make(directory.resolve("other.img"), "M-0008", Map.of());
    world = ExceptionTown.start(directory, "outage-story", stick, other);
    clerk = world.counter().card();
    first = world.counter().cardOf(Town.APPROVER);
    second = world.counter().cardOf(Town.SECOND_APPROVER);
    // What an outage is lived through with: the officers' files, the CAs' lists, who was here.
    awaitKnown();
  }

  /** Until the terminal keeps that the clerk's card is logged in online. */
  private void awaitKnown() {
    world
        .vm()
        .await(
            "what a terminal keeps for an outage",
            "[ -f "
                + STATE
                + "trust/bundle ] && [ -f "
                + STATE
                + "card-trust/list.json ] && grep -q "
                + Town.COUNTER_CLERK
                + " "
                + STATE
                + "offline.json");
  }

  @AfterAll
  void stop() {
    world.close();
  }

  private TerminalVm.Result agent(String words) {
    return world.counter().agent(words);
  }

  private static void refused(String reason, TerminalVm.Result result) {
    assertEquals(1, result.rc(), result.output());
    assertTrue(result.output().contains("(" + reason + ")"), result.output());
  }

  private void loggedInOffline() {
    TerminalVm.Result in = agent(OFFLINE);
    assertEquals(0, in.rc(), in.output());
    assertTrue(in.output().contains("Logged in offline as " + Town.COUNTER_CLERK), in.output());
  }

  private int entries() {
    return world.scene().trail().lines().size();
  }

  @Test
  @Order(1)
  @DisplayName(
      "R7, R12: while the service answers there is neither an offline login nor an emergency")
  void online() {
    Blocked blocked = world.plug(stick, "1");
    world.town().registerMedium(stick.serial(), blocked.fingerprint());
    refused("OFFLINE_ONLINE", agent(OFFLINE));
    refused("EMERGENCY_ONLINE", agent("break-glass --reason disaster --minutes 1"));
    world.assertShut(blocked);
    world.pull(blocked);
  }

  @Test
  @Order(2)
  @DisplayName(
      "R7, R12: with the line cut the clerk logs in by card and PIN, two approvers' cards and theirs"
          + " open one stick, which shuts at its end; then it is 事後報告未了 until reported and"
          + " confirmed")
  void outage() {
    TerminalVm vm = world.vm();
    Counter counter = world.counter();
    int before = entries();
    Blocked blocked = world.plug(stick, "1");
    vm.cutNetwork();
    counter.exchange(clerk, first);
    // Never logged in at this terminal.
    refused("OFFLINE_PERSON", agent(OFFLINE));
    counter.exchange(first, clerk);
    loggedInOffline();

    counter.beginAgent("emergency", "break-glass --reason disaster --minutes 1");
    said("Put the first approver");
    counter.exchange(clerk, first);
    said("Put the second approver");
    counter.exchange(first, second);
    said("Put the card of the person who will use it");
    counter.exchange(second, clerk);
    said("can be read at");
    Matcher place = PLACE.matcher(vm.run("cat /run/emergency.log").expectOk());
    assertTrue(place.find());
    assertTrue(counter.mounted().contains(" ro,nosuid,nodev,noexec,"), counter.mounted());
    assertEquals(
        CONTENT,
        vm.run(TerminalVm.CLERK + "sh -c 'cat " + place.group() + "/list.txt'").expectOk());
    assertNotEquals(0, vm.run(TerminalVm.NOBODY + "ls " + place.group()).rc());
    assertNotEquals(0, vm.run("touch " + place.group() + "/new").rc());
    Programs.await(
        "its end", Duration.ofMinutes(3), Duration.ofSeconds(1), () -> counter.mounted().isEmpty());
    vm.await(
        "the device is shut",
        "[ \"$(cat /sys/bus/usb/devices/" + blocked.name() + "/authorized)\" = 0 ]");
    world.assertShut(blocked);
    world.pull(blocked);
    vm.restoreNetwork();
    afterwards(before);
  }

  private void said(String words) {
    world.vm().await(words, "grep -q '" + words + "' /run/emergency.log");
  }

  /** What the service makes of it, once it hears of it. */
  private void afterwards(int before) {
    String closed =
        world.scene().await(Mark.of("emergency.closed", Trail.field("cause", "deadline")), before);
    assertTrue(closed.contains("\"verified\":true"), closed);
    Page ciso = world.at(Town.UNLUCKY);
    EmergencyView told = only(ciso);
    assertEquals("unreported", told.state());
    assertEquals(Town.COUNTER_CLERK, told.person());
    assertEquals(List.of(Town.APPROVER, Town.SECOND_APPROVER), told.approvers());
    assertEquals(stick.serial(), told.medium());
    assertEquals("deadline", told.cause());
    assertTrue(ciso.get("/emergencies").body().contains(told.id()));

    world.counter().prove("login");
    EmergencyView reported =
        world
            .counter()
            .call(
                "POST",
                "/api/v1/emergencies/" + told.id() + "/report",
                new EmergencyReport("浸水区域の世帯", "避難者の名簿を読み取った", "市総第13号"),
                EmergencyView.class);
    assertEquals("reported", reported.state());
    String detail = Objects.requireNonNull(reported.report()).detail();
    assertEquals(
        "ROLE_MISSING",
        world
            .counter()
            .refusal(
                "POST",
                "/api/v1/emergencies/" + told.id() + "/confirm",
                new ConfirmedReport(detail)));
    EmergencyView confirmed =
        ciso.confirmEmergency(told.id(), new ConfirmedReport(detail)).as(EmergencyView.class);
    assertEquals("confirmed", confirmed.state());
    assertEquals(Town.UNLUCKY, confirmed.confirmedBy());
  }

  private static EmergencyView only(Page page) {
    List<EmergencyView> all =
        page.get("/api/v1/emergencies").as(EmergencyViews.class).emergencies();
    assertEquals(1, all.size(), all::toString);
    return all.get(0);
  }

  @Test
  @Order(3)
  @DisplayName("R7: an offline login of a card that was suspended meanwhile is disputed afterwards")
  void disputed() {
    awaitKnown();
    int before = entries();
    world.vm().cutNetwork();
    loggedInOffline();
    world.town().suspendCards(Town.COUNTER_CLERK);
    world.vm().restoreNetwork();
    String entry =
        world
            .scene()
            .await(
                Mark.of("login.offline-disputed", Trail.field("user", Town.COUNTER_CLERK)), before);
    assertTrue(entry.contains("AUTHENTICATOR_SUSPENDED"), entry);
  }

  @Test
  @Order(4)
  @DisplayName("R7, R12: the auditor's export has each step in order and verifies offline")
  void audited() {
    String person = Trail.field("person", Town.COUNTER_CLERK);
    world.audited(
        List.of(
            List.of(Mark.of("login.succeeded", person)),
            List.of(Mark.of("offline.refused", "OFFLINE_ONLINE")),
            List.of(Mark.of("emergency.refused", "EMERGENCY_ONLINE")),
            List.of(Mark.of("offline.refused", "OFFLINE_PERSON")),
            List.of(Mark.of("offline.succeeded", person)),
            List.of(Mark.of("emergency.asked", person)),
            List.of(signed(Town.APPROVER)),
            List.of(signed(Town.SECOND_APPROVER)),
            List.of(signed(Town.COUNTER_CLERK)),
            List.of(Mark.of("emergency.opened", person)),
            List.of(Mark.of("emergency.case-opened")),
            List.of(Mark.of("emergency.closed", Trail.field("cause", "deadline"))),
            List.of(Mark.of("emergency.reported", person)),
            List.of(Mark.of("emergency.confirmed", Trail.field("person", Town.UNLUCKY))),
            List.of(Mark.of("offline.succeeded", person)),
            List.of(Mark.of("login.offline-disputed", Trail.field("user", Town.COUNTER_CLERK)))));
    // The first one was accepted as it came.
    assertEquals(
        1,
        world.scene().trail().lines().stream()
            .filter(line -> line.contains(Trail.field("type", "login.offline-disputed")))
            .count());
  }

  private static Mark signed(String person) {
    return Mark.of("emergency.signed", person);
  }
}
