package jp.sekisho.agent.enforce.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import jp.sekisho.agent.enforce.DecisionLog;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.RatedRecords;
import jp.sekisho.agent.heartbeat.Enforcement;
import jp.sekisho.agent.platform.linux.ScriptedNetlink;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.usb.EnrolledPeripheral;
import jp.sekisho.policy.usb.StorageAccess;
import jp.sekisho.policy.usb.UnlistedDevices;
import jp.sekisho.policy.usb.UsbEvaluator;
import jp.sekisho.policy.usb.UsbRules;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.UsbEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gate over a copy of sysfs. Past 400 lines: a case for each thing that a device or the kernel
 * may do.
 */
class UsbGateTest {
  @TempDir Path sys;

  private final List<AgentEvent> events = new CopyOnWriteArrayList<>();
  private volatile boolean full;
  private volatile boolean brokenToo;
  private volatile Consumer<AgentEvent> whileRecording = event -> {};

  private final DecisionLog log =
      new DecisionLog() {
        @Override
        public boolean record(AgentEvent event) {
          // The last room takes only whether the gate holds.
          if (full && (brokenToo || !(event instanceof UsbEvent.Enforcement))) {
            return false;
          }
          whileRecording.accept(event);
          events.add(event);
          return true;
        }

        @Override
        public boolean takesReleases() {
          return !full;
        }
      };

  private FakeBus bus;
  private UsbGate gate;

  @BeforeEach
  void machine() throws IOException {
    bus = new FakeBus(sys);
    gate = new UsbGate(bus.ports(), bus, System::nanoTime);
  }

  @AfterEach
  void end() {
    gate.close();
  }

  private List<String> types() {
    return events.stream()
        .map(AgentEvent::type)
        .filter(type -> !type.equals("usb.enforcement"))
        .toList();
  }

  private UsbEvent.Blocked lastBlocked() {
    return events.stream()
        .filter(UsbEvent.Blocked.class::isInstance)
        .map(UsbEvent.Blocked.class::cast)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private void awaitEvents(int count) {
    Await.until(count + " decisions", () -> types().size() >= count);
  }

  @Test
  @DisplayName(
      "R8: starting closes the controllers, releases a keyboard and writes nothing to a stick")
  void start() throws Exception {
    bus.put("1-1", FakeBus.STICK, false);
    bus.put("1-2", FakeBus.KEYBOARD, false);
    gate.start(log);
    assertEquals("0", bus.get("usb1", "authorized_default"));
    assertEquals("0", bus.get("1-1", "authorized"));
    assertEquals("1", bus.get("1-2", "authorized"));
    assertEquals(List.of("usb.blocked", "usb.allowed"), types());
    assertEquals(Refusal.USB_STORAGE, lastBlocked().reason());
    assertFalse(lastBlocked().wasOpen());
    assertEquals(new Enforcement(true, null), gate.enforcement());
    assertEquals(1, events.stream().filter(UsbEvent.Enforcement.class::isInstance).count());
  }

  @Test
  @DisplayName("R8: a stick that was open before the start is deauthorised and recorded as open")
  void openBefore() throws Exception {
    bus.put("1-1", FakeBus.STICK, true);
    gate.start(log);
    assertEquals("0", bus.get("1-1", "authorized"));
    assertTrue(lastBlocked().wasOpen());
  }

  @Test
  @DisplayName("keyboards in use at the start stay, hubs come before what hangs on them")
  void inUse() throws Exception {
    bus.put("1-2.1", FakeBus.KEYBOARD, true);
    bus.put("1-2", FakeBus.HUB, true);
    bus.put("1-3", FakeBus.KEYBOARD, true);
    gate.start(log);
    assertEquals("1", bus.get("1-3", "authorized"));
    assertEquals("1", bus.get("1-2.1", "authorized"));
    assertEquals(
        List.of("1-2", "1-3", "1-2.1"),
        events.stream()
            .filter(UsbEvent.Allowed.class::isInstance)
            .map(event -> ((UsbEvent.Allowed) event).device().port())
            .toList());
  }

  @Test
  @DisplayName("the record is durable before authorized=1 is written")
  void recordFirst() throws Exception {
    whileRecording =
        event -> {
          if (event instanceof UsbEvent.Allowed) {
            assertEquals("0", authorized("1-2"));
          }
        };
    gate.start(log);
    bus.plug("1-2", FakeBus.KEYBOARD);
    Await.until("released", () -> authorized("1-2").equals("1"));
    assertEquals(List.of("usb.allowed"), types());
  }

  private String authorized(String port) {
    try {
      return bus.get(port, "authorized");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("a full spool blocks; when there is room again the next comparison releases")
  void spoolFull() throws Exception {
    gate.start(log);
    full = true;
    bus.plug("1-2", FakeBus.KEYBOARD);
    Await.until("the fault", () -> "records-full".equals(gate.enforcement().fault()));
    assertEquals("0", authorized("1-2"));
    gate.reconcile();
    assertEquals("0", authorized("1-2"));
    assertTrue(
        events.contains(new UsbEvent.Enforcement("misconfigured", "records-full")), "" + events);
    full = false;
    gate.reconcile();
    assertEquals("1", authorized("1-2"));
    assertTrue(gate.enforcement().enforcing());
    assertEquals(
        List.of("effective", "misconfigured", "effective"),
        events.stream()
            .filter(UsbEvent.Enforcement.class::isInstance)
            .map(event -> ((UsbEvent.Enforcement) event).state())
            .toList());
  }

  @Test
  @DisplayName("blocks that found no room are counted, and told of when there is room again")
  void blocksWithoutRoom() throws Exception {
    AtomicLong now = new AtomicLong();
    gate = new UsbGate(bus.ports(), bus, now::get);
    gate.start(log);
    full = true;
    bus.plug("1-1", FakeBus.STICK);
    bus.plug("1-2", FakeBus.STICK);
    Await.until("seen", () -> gate.media().size() == 2);
    now.addAndGet(RatedRecords.WINDOW.toNanos());
    bus.plug("1-3", FakeBus.STICK);
    Await.until("seen", () -> gate.media().size() == 3);
    assertEquals(List.of(), types());
    full = false;
    awaitEvents(1);
    assertEquals(3, lastBlocked().count());
    assertEquals("1-3", lastBlocked().device().port());
    assertTrue(gate.enforcement().enforcing());
  }

  @Test
  @DisplayName("a gap that nothing could be written of is in the records afterwards")
  void gapWithoutRecords() throws Exception {
    gate.start(log);
    full = true;
    brokenToo = true;
    assertEquals("records-full", gate.enforcement().fault());
    assertEquals("records-full", gate.enforcement().fault());
    full = false;
    assertTrue(gate.enforcement().enforcing());
    assertEquals(
        List.of(
            new UsbEvent.Enforcement("effective", ""),
            new UsbEvent.Enforcement("misconfigured", "records-full"),
            new UsbEvent.Enforcement("effective", "")),
        events);
  }

  @Test
  @DisplayName("a device that says something else right after the decision is judged again")
  void changesBetween() throws Exception {
    whileRecording =
        event -> {
          try {
            if (event instanceof UsbEvent.Allowed) {
              bus.descriptors("1-2", FakeBus.STICK);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    gate.start(log);
    bus.plug("1-2", FakeBus.KEYBOARD);
    awaitEvents(2);
    assertEquals(List.of("usb.allowed", "usb.blocked"), types());
    assertEquals("0", authorized("1-2"));
  }

  @Test
  @DisplayName("a further keyboard waits and is released when the first one leaves")
  void furtherKeyboard() throws Exception {
    gate.start(log);
    bus.plug("1-2", FakeBus.KEYBOARD);
    bus.plug("1-3", FakeBus.KEYBOARD);
    awaitEvents(2);
    assertEquals(Refusal.USB_KEYBOARD_WAITS, lastBlocked().reason());
    assertEquals("0", authorized("1-3"));
    bus.pull("1-2");
    Await.until("released", () -> authorized("1-3").equals("1"));
  }

  @Test
  @DisplayName("an input device that turns out to type is blocked again while there is a keyboard")
  void typesByItsReports() throws Exception {
    gate.start(log);
    bus.plug("1-2", FakeBus.KEYBOARD);
    bus.plugInput("1-3", FakeBus.TYPES);
    awaitEvents(3);
    assertEquals(List.of("usb.allowed", "usb.allowed", "usb.blocked"), types());
    assertEquals(Refusal.USB_KEYBOARD_WAITS, lastBlocked().reason());
    assertEquals("usb.further-keyboard", lastBlocked().rule());
    assertTrue(lastBlocked().wasOpen());
    assertEquals("0", authorized("1-3"));
    assertEquals("1", authorized("1-2"));
    bus.pull("1-2");
    Await.until("released as the only keyboard", () -> authorized("1-3").equals("1"));
  }

  @Test
  @DisplayName("the only keyboard and the only pointer are never blocked for typing")
  void neverTheOnlyOne() throws Exception {
    gate.start(log);
    bus.plugInput("1-3", FakeBus.TYPES);
    bus.plug("1-2", FakeBus.KEYBOARD);
    awaitEvents(2);
    bus.plugInput("1-4", FakeBus.TYPES_AND_POINTS);
    awaitEvents(3);
    gate.reconcile();
    assertEquals("1", authorized("1-2"));
    assertEquals("1", authorized("1-4"), "nothing else points");
    bus.plugInput("1-5", FakeBus.POINTS);
    awaitEvents(4);
    gate.reconcile();
    for (String port : List.of("1-2", "1-3", "1-4", "1-5")) {
      assertEquals("1", authorized(port), "what was decided stays: " + port);
    }
    bus.plugInput("1-6", FakeBus.TYPES_AND_POINTS);
    awaitEvents(6);
    assertEquals("0", authorized("1-6"), "others type and point");
    assertEquals("1", authorized("1-4"));
  }

  @Test
  @DisplayName("a keyboard that the kernel's list of odd devices makes a disk is blocked again")
  void boundByItsIdAtOnce() throws Exception {
    bus.bind("1-2", "usb-storage");
    gate.start(log);
    bus.plug("1-2", FakeBus.KEYBOARD);
    awaitEvents(2);
    assertEquals(List.of("usb.allowed", "usb.blocked"), types());
    assertEquals(Refusal.USB_DRIVER, lastBlocked().reason());
    assertEquals("usb.driver", lastBlocked().rule());
    assertTrue(lastBlocked().wasOpen());
    assertEquals("0", authorized("1-2"));
    gate.reconcile();
    gate.decideBy(UsbEvaluator.strictest());
    assertEquals("0", authorized("1-2"), "the same device is not released again");
    assertEquals(2, types().size());
    bus.set("1-2", "authorized", "1");
    gate.reconcile();
    assertEquals("0", authorized("1-2"), "nor by somebody else");
  }

  @Test
  @DisplayName("a driver that is loaded only after the release is judged when it is bound")
  void boundByItsIdLater() throws Exception {
    gate.start(log);
    bus.plug("1-2", FakeBus.INPUT);
    awaitEvents(1);
    bus.bind("1-2", "usbhid");
    bus.signal(UsbSignal.Kind.INTERFACE, "1-2");
    gate.reconcile();
    assertEquals("1", authorized("1-2"));
    bus.bind("1-2", "asix");
    bus.signal(UsbSignal.Kind.INTERFACE, "1-2");
    awaitEvents(2);
    assertEquals("0", authorized("1-2"));
    assertEquals(Refusal.USB_DRIVER, lastBlocked().reason());
  }

  @Test
  @DisplayName("a disk or a network behind what is no medium is shut, whatever driver made it")
  void carries() throws Exception {
    gate.start(log);
    bus.plug("1-2", FakeBus.INPUT);
    bus.plug("1-3", FakeBus.INPUT);
    bus.plug("1-4", FakeBus.HUB);
    awaitEvents(3);
    bus.disk("1-2", "sdb");
    bus.signal(UsbSignal.Kind.VOLUME, "1-2");
    Await.until("blocked", () -> authorized("1-2").equals("0"));
    bus.bind("1-3", "usbhid");
    bus.carry("1-3", "net");
    bus.bind("1-4", "hub");
    gate.reconcile();
    assertEquals("0", authorized("1-3"));
    assertEquals("1", authorized("1-4"));
    assertEquals(
        List.of("usb.allowed", "usb.allowed", "usb.allowed", "usb.blocked", "usb.blocked"),
        types());
  }

  @Test
  @DisplayName("a keyboard that waits is released when the first one turns out to be none")
  void waitsForNone() throws Exception {
    gate.start(log);
    bus.plug("1-2", FakeBus.KEYBOARD);
    bus.plug("1-3", FakeBus.KEYBOARD);
    awaitEvents(2);
    bus.bind("1-2", "uas");
    bus.signal(UsbSignal.Kind.INTERFACE, "1-2");
    Await.until("released", () -> authorized("1-3").equals("1"));
    assertEquals("0", authorized("1-2"));
  }

  @Test
  @DisplayName(
      "a granted medium that gets any driver but storage's is shut and is a medium no more")
  void mediumWithNetwork() throws Exception {
    bus.put("1-1", FakeBus.STICK, false);
    bus.bind("1-1", "usb-storage");
    gate.start(log);
    PluggedMedium medium = gate.media().get(0);
    assertEquals(Optional.empty(), gate.open(medium));
    bus.bind("1-1", "cdc_ether");
    bus.signal(UsbSignal.Kind.INTERFACE, "1-1");
    awaitEvents(3);
    assertEquals("0", authorized("1-1"));
    assertEquals(Refusal.USB_DRIVER, lastBlocked().reason());
    assertEquals(Optional.of(Refusal.MEDIUM_CHANGED), gate.open(medium));
    assertEquals("0", authorized("1-1"));
  }

  @Test
  @DisplayName("an enrolled peripheral keeps its own driver, but none that brings files")
  void enrolledDriver() throws Exception {
    bus.put("1-1", FakeBus.SCANNER, false);
    bus.bind("1-1", "scanner-of-its-maker");
    gate.start(log);
    gate.decideBy(scannerAllowed());
    assertEquals("1", authorized("1-1"));
    gate.reconcile();
    assertEquals("1", authorized("1-1"));
    bus.carry("1-1", "host6");
    gate.reconcile();
    assertEquals("0", authorized("1-1"));
    assertEquals(Refusal.USB_DRIVER, lastBlocked().reason());
  }

  @Test
  @DisplayName(
      "what stays released by another rule of a new policy is judged by that rule's drivers")
  void otherRule() throws Exception {
    gate.start(log);
    gate.decideBy(enrolled("03:00:00"));
    bus.bind("1-2", "tablet-of-its-maker");
    bus.plug("1-2", FakeBus.INPUT);
    awaitEvents(1);
    gate.reconcile();
    assertEquals("1", authorized("1-2"));
    gate.decideBy(UsbEvaluator.strictest());
    assertEquals("0", authorized("1-2"));
    assertEquals(Refusal.USB_DRIVER, lastBlocked().reason());
  }

  @Test
  @DisplayName("an error about one device keeps a new policy from no other")
  void newPolicyWithAnError() throws Exception {
    bus.put("1-1", FakeBus.SCANNER, false);
    bus.put("1-2", FakeBus.SCANNER, false);
    gate.start(log);
    gate.decideBy(scannerAllowed());
    assertEquals("1", authorized("1-2"));
    whileRecording =
        event -> {
          if (event instanceof UsbEvent.Blocked blocked && blocked.device().port().equals("1-1")) {
            throw new StackOverflowError("scripted");
          }
        };
    gate.decideBy(UsbEvaluator.strictest());
    assertEquals("0", authorized("1-1"));
    assertEquals("0", authorized("1-2"));
    assertEquals("decision-failed", gate.enforcement().fault());
  }

  @Test
  @DisplayName("a controller that cannot be closed is named as such, not as a failed decision")
  void controllerStays() throws Exception {
    gate.start(log);
    Files.createDirectories(sys.resolve("bus/usb/devices/usb2/authorized_default"));
    bus.signal(UsbSignal.Kind.CONTROLLER, "");
    Await.until("told", () -> !gate.enforcement().enforcing());
    assertEquals("ports-unreadable", gate.enforcement().fault());
  }

  @Test
  @DisplayName("lost messages: everything is looked at again, new controllers included")
  void lost() throws Exception {
    gate.start(log);
    bus.controller("usb2");
    bus.put("2-1", FakeBus.STICK, true);
    bus.put("1-2", FakeBus.KEYBOARD, false);
    bus.signal(UsbSignal.Kind.LOST, "");
    awaitEvents(2);
    assertEquals("0", bus.get("usb2", "authorized_default"));
    assertEquals("0", authorized("2-1"));
    assertEquals("1", authorized("1-2"));
  }

  @Test
  @DisplayName("the kernel's queue of messages ran over: everything is looked at again")
  void overflowed() throws Exception {
    ScriptedNetlink kernel = new ScriptedNetlink();
    gate = new UsbGate(bus.ports(), kernel.uevents(), System::nanoTime);
    gate.start(log);
    bus.controller("usb2");
    bus.put("2-1", FakeBus.STICK, true);
    bus.put("1-2", FakeBus.KEYBOARD, false);
    kernel.overflow();
    awaitEvents(2);
    assertEquals("0", bus.get("usb2", "authorized_default"));
    assertEquals("0", authorized("2-1"));
    Await.until("the keyboard's release", () -> authorized("1-2").equals("1"));
    assertEquals(List.of("usb.allowed", "usb.blocked"), types().stream().sorted().toList());
  }

  @Test
  @DisplayName("an error in one decision blocks that device, is recorded and ends nothing")
  void oneBadDecision() throws Exception {
    gate.start(log);
    whileRecording =
        event -> {
          if (event instanceof UsbEvent.Allowed allowed && allowed.device().port().equals("1-2")) {
            throw new StackOverflowError("scripted");
          }
        };
    bus.plug("1-2", FakeBus.INPUT);
    bus.plug("1-3", FakeBus.INPUT);
    Await.until("the other one is released", () -> authorized("1-3").equals("1"));
    assertEquals("0", authorized("1-2"));
    assertEquals("decision-failed", gate.enforcement().fault());
    gate.reconcile();
    assertEquals("0", authorized("1-2"));
    assertTrue(
        events.contains(new UsbEvent.Enforcement("misconfigured", "decision-failed")), "" + events);
    whileRecording = event -> {};
    gate.reconcile();
    assertEquals("1", authorized("1-2"));
    assertTrue(gate.enforcement().enforcing());
  }

  @Test
  @DisplayName("an error in reading the kernel's messages is told and does not end the gating")
  void messagesFail() throws Exception {
    AtomicInteger failures = new AtomicInteger(2);
    gate =
        new UsbGate(
            bus.ports(),
            new UsbEvents() {
              @Override
              public UsbSignal next() throws IOException {
                if (failures.getAndDecrement() > 0) {
                  if (failures.get() > 0) {
                    throw new LinkageError("scripted");
                  }
                  throw new IOException("scripted");
                }
                return bus.next();
              }

              @Override
              public void close() {}
            },
            System::nanoTime);
    gate.start(log);
    Await.until("told", () -> "events-lost".equals(gate.enforcement().fault()));
    bus.put("1-2", FakeBus.KEYBOARD, false);
    Await.until("looked at again", () -> authorized("1-2").equals("1"));
    bus.plug("1-1", FakeBus.STICK);
    awaitEvents(2);
    assertEquals(Refusal.USB_STORAGE, lastBlocked().reason());
    assertTrue(gate.enforcement().enforcing());
  }

  @Test
  @DisplayName("a new controller is closed as soon as it is announced")
  void controller() throws Exception {
    gate.start(log);
    bus.controller("usb2");
    bus.signal(UsbSignal.Kind.CONTROLLER, "");
    Await.until(
        "closed",
        () -> {
          try {
            return bus.get("usb2", "authorized_default").equals("0");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  @DisplayName("what somebody else opened is measured, blocked again and recorded")
  void foreignWrites() throws Exception {
    bus.put("1-1", FakeBus.STICK, false);
    gate.start(log);
    bus.set("1-1", "authorized", "1");
    assertEquals("device-open", gate.enforcement().fault());
    bus.signal(UsbSignal.Kind.INTERFACE, "1-1");
    Await.until("blocked", () -> authorized("1-1").equals("0"));
    awaitEvents(2);
    assertTrue(lastBlocked().wasOpen());
    bus.set("usb1", "authorized_default", "1");
    assertEquals("gate-open", gate.enforcement().fault());
    gate.reconcile();
    assertEquals("0", bus.get("usb1", "authorized_default"));
    assertTrue(gate.enforcement().enforcing());
    assertTrue(
        events.contains(new UsbEvent.Enforcement("misconfigured", "gate-open")), "" + events);
  }

  @Test
  @DisplayName("a stick that comes and goes endlessly stays blocked and cannot fill the records")
  void comesAndGoes() throws Exception {
    AtomicLong now = new AtomicLong();
    gate = new UsbGate(bus.ports(), bus, now::get);
    gate.start(log);
    for (int i = 0; i < RatedRecords.SINGLY + 7; i++) {
      bus.plug("1-1", FakeBus.STICK);
      Await.until("seen", () -> gate.media().size() == 1);
      assertEquals("0", authorized("1-1"));
      bus.pull("1-1");
      Await.until("gone", () -> gate.media().isEmpty());
    }
    assertEquals(RatedRecords.SINGLY, types().size());
    now.addAndGet(RatedRecords.WINDOW.toNanos());
    awaitEvents(RatedRecords.SINGLY + 1);
    assertEquals(7, lastBlocked().count());
    bus.plug("1-1", FakeBus.STICK);
    awaitEvents(RatedRecords.SINGLY + 2);
    assertNull(lastBlocked().count());
  }

  @Test
  @DisplayName("unreadable descriptors block")
  void unreadable() throws Exception {
    gate.start(log);
    bus.plug("1-1", new byte[0]);
    awaitEvents(1);
    assertEquals(Refusal.USB_MALFORMED, lastBlocked().reason());
    assertEquals("0", authorized("1-1"));
  }

  static Stream<Arguments> malformed() {
    byte[] endless = FakeBus.KEYBOARD.clone();
    endless[18 + 9] = 0;
    byte[] within = FakeBus.KEYBOARD.clone();
    within[18 + 9 + 1] = 2;
    byte[] more = FakeBus.KEYBOARD.clone();
    more[18 + 4] = 2;
    byte[] fewer = FakeBus.KEYBOARD.clone();
    fewer[18 + 2]--;
    byte[] beyond = FakeBus.KEYBOARD.clone();
    beyond[18 + 9] = 40;
    return Stream.of(
        Arguments.of("a length of 0, over which a careless reader never gets", endless),
        Arguments.of("a configuration within a configuration", within),
        Arguments.of("more interfaces announced than there are", more),
        Arguments.of("a total length that ends within a descriptor", fewer),
        Arguments.of("a descriptor longer than its configuration", beyond),
        Arguments.of("more interfaces than the kernel reads", FakeBus.keyboards(33)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  @DisplayName("descriptors that do not add up: blocked, with their code and a record")
  void malformed(String what, byte[] descriptors) throws Exception {
    bus.put("1-1", descriptors, true);
    gate.start(log);
    assertEquals(List.of("usb.blocked"), types(), what);
    assertEquals(UsbEvaluator.MALFORMED, lastBlocked().rule());
    assertEquals(Refusal.USB_MALFORMED, lastBlocked().reason());
    assertTrue(lastBlocked().wasOpen());
    assertNull(lastBlocked().device().vendor());
    assertEquals("0", authorized("1-1"));
    bus.plug("1-2", descriptors);
    awaitEvents(2);
    assertEquals(Refusal.USB_MALFORMED, lastBlocked().reason());
    assertFalse(lastBlocked().wasOpen());
    assertEquals("0", authorized("1-2"));
  }

  @Test
  @DisplayName("another policy judges what is present again, in both directions")
  void policy() throws Exception {
    bus.put("1-1", FakeBus.SCANNER, false);
    gate.start(log);
    assertEquals(Refusal.USB_CLASS, lastBlocked().reason());
    gate.decideBy(scannerAllowed());
    assertEquals("1", authorized("1-1"));
    gate.decideBy(UsbEvaluator.strictest());
    assertEquals("0", authorized("1-1"));
    assertTrue(lastBlocked().wasOpen());
  }

  private static UsbEvaluator scannerAllowed() {
    return enrolled("ff:00:00");
  }

  private static UsbEvaluator enrolled(String classes) {
    Reason reason = new Reason("窓口のスキャナー", "scanner of the counter");
    return UsbEvaluator.by(
        new UsbRules(
            new Rule<>("t.storage", reason, StorageAccess.GRANT_ONLY),
            new Rule<>("t.unlisted", reason, UnlistedDevices.BLOCK),
            new Rule<>(
                "t.enrolled",
                reason,
                List.of(new EnrolledPeripheral("0627", "0001", null, List.of(classes))))));
  }

  @Test
  @DisplayName("a medium is opened only as the one that was compared, and closed from any state")
  void medium() throws Exception {
    bus.put("1-1", FakeBus.STICK, false);
    bus.put("1-2", FakeBus.KEYBOARD, false);
    gate.start(log);
    PluggedMedium medium = gate.media().get(0);
    assertEquals("1-1", medium.device());
    assertEquals(Optional.of(Refusal.MEDIUM_CHANGED), gate.open(new PluggedMedium("1-1", "other")));
    assertEquals(
        Optional.of(Refusal.MEDIUM_ABSENT),
        gate.open(new PluggedMedium("1-9", medium.fingerprint())));
    assertEquals("0", authorized("1-1"));
    assertEquals(Optional.empty(), gate.open(medium));
    assertEquals("1", authorized("1-1"));
    assertTrue(gate.enforcement().enforcing());
    gate.reconcile();
    assertEquals("1", authorized("1-1"));
    assertTrue(gate.shutMedium("1-1"));
    assertEquals("0", authorized("1-1"));
    assertTrue(gate.shutMedium("1-1"));
    assertTrue(gate.shutMedium("1-9"));
    // What the policy released is not a medium: shutting it does nothing.
    assertTrue(gate.shutMedium("1-2"));
    assertEquals("1", authorized("1-2"));
    bus.descriptors("1-1", FakeBus.KEYBOARD);
    assertEquals(Optional.of(Refusal.MEDIUM_CHANGED), gate.open(medium));
    assertEquals("0", authorized("1-1"));
  }

  @Test
  @DisplayName("a gate that does not hold opens no medium, nor does a full spool")
  void mediumRefused() throws Exception {
    bus.put("1-1", FakeBus.STICK, false);
    gate.start(log);
    PluggedMedium medium = gate.media().get(0);
    bus.set("usb1", "authorized_default", "1");
    assertEquals(Optional.of(Refusal.NOT_ENFORCING), gate.open(medium));
    bus.set("usb1", "authorized_default", "0");
    assertTrue(gate.enforcement().enforcing());
    full = true;
    assertFalse(gate.open(medium).isEmpty());
    assertEquals("0", authorized("1-1"));
  }

  @Test
  @DisplayName("the end of the gate leaves everything as it is")
  void staysClosed() throws Exception {
    bus.put("1-1", FakeBus.STICK, false);
    gate.start(log);
    gate.close();
    assertEquals("0", bus.get("usb1", "authorized_default"));
    assertEquals("0", authorized("1-1"));
    assertEquals("events-lost", gate.enforcement().fault());
  }

  @Test
  @DisplayName("the end of the gate waits for the decision that is being made")
  void endWaits() throws Exception {
    CountDownLatch deciding = new CountDownLatch(1);
    CountDownLatch ending = new CountDownLatch(1);
    gate.start(log);
    whileRecording =
        event -> {
          deciding.countDown();
          Await.until("the end has begun", () -> ending.getCount() == 0);
        };
    bus.plug("1-1", FakeBus.STICK);
    deciding.await();
    Thread end = new Thread(() -> gate.close());
    end.start();
    Await.until("it waits", () -> end.getState() == Thread.State.TIMED_WAITING);
    ending.countDown();
    end.join();
    assertEquals(List.of("usb.blocked"), types());
  }
}
