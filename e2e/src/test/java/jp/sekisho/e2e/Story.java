package jp.sekisho.e2e;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.e2e.vm.Recorded.Uevent;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import jp.sekisho.e2e.vm.UsbPart;
import jp.sekisho.e2e.vm.UsbStick;
import jp.sekisho.e2e.vm.VmOptions;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.NewGrant;
import org.jspecify.annotations.Nullable;

/**
 * The main job from end to end, told step by step with its evidence: what {@code ./dev demo} prints
 * and {@code StoryIT} proves. A step that fails is said and ends the story, since the next ones
 * rest on it.
 */
final class Story {
  private static final String TERMINAL = "T-0043";
  private static final String MEDIUM = "M-0007";

  /** How many steps a whole story has. */
  static final int STEPS = 14;

  private static final int MINUTES = 2;
  private static final String CONTENT = "agenda of the council\n";
  private static final Pattern FINGERPRINT =
      Pattern.compile("\"fingerprint\":\"([A-Za-z0-9_-]{43})\"");

  /** What comes after the last step, while everything still runs. */
  interface Rest {
    void with(Town town, TerminalVm vm, UsbStick stick) throws IOException;
  }

  /** One thing that is shown; returns its evidence. */
  private interface Step {
    String show() throws Exception;
  }

  private final Path directory;
  private final PrintStream out;
  private final Instant started = Instant.now();
  private int shown;
  private int failed;

  /**
   * @param directory for everything the story makes
   * @param out one line per step
   */
  Story(Path directory, PrintStream out) {
    this.directory = directory;
    this.out = out;
  }

  /** Steps that held. */
  int shown() {
    return shown;
  }

  /** Steps that did not, 0 or 1. */
  int failed() {
    return failed;
  }

  private void step(String what, Step step) {
    if (failed > 0) {
      return;
    }
    try {
      String evidence = step.show();
      shown++;
      say("ok", what, evidence);
    } catch (Exception | AssertionError e) {
      failed++;
      say("FAILED", what, String.valueOf(e.getMessage()));
      throw new Ended(e);
    }
  }

  private void say(String verdict, String what, String evidence) {
    out.printf(
        "%4d s  %-6s %s%n               %s%n",
        Duration.between(started, Instant.now()).toSeconds(), verdict, what, evidence);
  }

  /** The story cannot go on. */
  static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Ended(Throwable cause) {
      super(cause);
    }
  }

  /**
   * Tells the story; everything it started is stopped when {@code rest} returns.
   *
   * @param peoplePort port of the pages on localhost
   */
  void tell(int peoplePort, Rest rest) throws IOException {
    out.println(
        "starting the service, a terminal beside this screen (T-HOST) and one in a virtual machine (T-VM)");
    try (Town town = Town.start(directory, peoplePort);
        TerminalVm vm = TerminalVm.start(VmOptions.of("story"))) {
      UsbStick stick = stick("stick", MEDIUM);
      UsbStick other = stick("other", "M-0008");
      withoutAgent(vm, stick);
      Counter counter = new Counter(vm, town, TERMINAL, Town.COUNTER_CLERK);
      Plugged plugged = blocked(vm, town, counter, stick);
      opened(vm, town, counter, plugged, other);
      closed(vm, town, counter, stick, plugged);
      audited(town);
      rest.with(town, vm, stick);
    }
  }

  private UsbStick stick(String name, String serial) throws IOException {
    return UsbStick.make(
        directory.resolve(name + ".img"),
        serial,
        Map.of("AGENDA.TXT", CONTENT.getBytes(StandardCharsets.UTF_8)));
  }

  private void withoutAgent(TerminalVm vm, UsbStick stick) {
    step(
        "without the agent a stick becomes a disk (negative control)",
        () -> {
          Plugged open = vm.plug(stick, "1");
          Uevent disk = vm.awaitUevent("a disk", open.since(), Uevent::opensBlockDevice);
          vm.unplug(open);
          vm.awaitUevent("its removal", open.since(), e -> e.is("remove", "usb", "usb_device"));
          return "uevent add " + disk.devpath();
        });
  }

  private Plugged blocked(TerminalVm vm, Town town, Counter counter, UsbStick stick) {
    step(
        "the clerk logs in at the counter with card and PIN",
        () -> {
          counter.insertCard();
          counter.prove("login");
          return entry(town, "login.succeeded", Town.COUNTER_CLERK);
        });
    step(
        "a keyboard works",
        () -> {
          Plugged keyboard = vm.plug(UsbPart.KEYBOARD, "4");
          String name = vm.awaitDevice(keyboard).name();
          vm.await("the keyboard", "[ -d /sys/bus/usb/devices/" + name + ":1.0/driver ]");
          return "driver bound to " + name + ":1.0";
        });
    Plugged[] plugged = new Plugged[1];
    step(
        "a stick is plugged in and stays blocked",
        () -> {
          plugged[0] = vm.plug(stick, "1");
          vm.awaitDevice(plugged[0]);
          String entry = awaitEntry(town, "usb.blocked", "USB_STORAGE");
          noDisk(vm, plugged[0]);
          if (!counter.loopbackStatus().contains("\"mediumProblem\":\"USB_STORAGE\"")) {
            throw new AssertionError("the clerk is not told: " + counter.loopbackStatus());
          }
          return entry;
        });
    return plugged[0];
  }

  private void opened(TerminalVm vm, Town town, Counter counter, Plugged plugged, UsbStick other) {
    GrantView[] grant = new GrantView[1];
    step(
        "the clerk asks for an exception",
        () -> {
          Matcher fingerprint = FINGERPRINT.matcher(find(town, "usb.blocked", "USB_STORAGE"));
          if (!fingerprint.find()) {
            throw new AssertionError("the entry has no fingerprint");
          }
          town.registerMedium(MEDIUM, fingerprint.group(1));
          Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
          NewGrant without = request(now, null);
          String refused = counter.refusal("POST", "/api/v1/grants", without);
          if (!refused.equals("GRANT_WITHOUT_END")) {
            throw new AssertionError("a request without an end: " + refused);
          }
          grant[0] =
              counter.call(
                  "POST",
                  "/api/v1/grants",
                  request(now, now.plus(1, ChronoUnit.HOURS).toString()),
                  GrantView.class);
          return "request " + grant[0].id() + "; the same without an end: " + refused;
        });
    step(
        "another person approves the shown text with card and PIN at another terminal",
        () -> {
          town.insert(Town.APPROVER);
          town.typePin(Town.PIN);
          Page approver = new Page(town.people(), town.agent());
          approver.prove("login", null);
          approver.prove("approve", grant[0].id());
          return awaitEntry(town, "grant.approved", Town.APPROVER);
        });
    step(
        "that stick can be read, and not written",
        () -> {
          vm.await("the mount", "grep -q /run/sekisho/media /proc/self/mountinfo");
          String place = place(counter);
          String read =
              vm.run(TerminalVm.CLERK + "sh -c 'cat " + place + "/agenda.txt'").expectOk();
          if (!read.equals(CONTENT)) {
            throw new AssertionError("read " + read);
          }
          if (vm.run("touch " + place + "/new").rc() == 0) {
            throw new AssertionError("root could write");
          }
          return counter.mounted().strip();
        });
    step(
        "a second stick stays blocked",
        () -> {
          Plugged second = vm.plug(other, "2");
          String name = vm.awaitDevice(second).name();
          awaitEntry(town, "usb.blocked", "\"port\":\"" + name + "\"");
          noDisk(vm, second);
          vm.unplug(second);
          return "no block device for " + name + " (stick " + plugged.port() + " stays open)";
        });
    step(
        "the card is pulled: unmounted and locked",
        () -> {
          counter.removeCard();
          vm.await("it is unmounted", "! grep -q /run/sekisho/media /proc/self/mountinfo");
          vm.await("the seat is locked", "[ -f /tmp/clerk/locked ]");
          Programs.await(
              "the suspension",
              Duration.ofSeconds(30),
              () -> counter.session().contains("suspended"));
          return counter.session();
        });
    step(
        "the same card and PIN resume",
        () -> {
          counter.insertCard();
          counter.prove("unlock");
          vm.await("the mount", "grep -q /run/sekisho/media /proc/self/mountinfo");
          return counter.mounted().strip();
        });
  }

  private void closed(TerminalVm vm, Town town, Counter counter, UsbStick stick, Plugged plugged) {
    step(
        "the network is cut: the exception still ends on time",
        () -> {
          vm.cutNetwork();
          Instant cut = Instant.now();
          Programs.await(
              "the end of the exception",
              Duration.ofMinutes(MINUTES + 1),
              () -> counter.mounted().isEmpty());
          String after = Duration.between(cut, Instant.now()).toSeconds() + " s after the cut";
          vm.restoreNetwork();
          return after + ": " + awaitEntry(town, "export.closed", "\"cause\":\"deadline\"");
        });
    step(
        "plugged in again it is blocked again",
        () -> {
          vm.unplug(plugged);
          vm.awaitUevent("its removal", plugged.since(), e -> e.is("remove", "usb", "usb_device"));
          Plugged again = vm.plug(stick, "1");
          vm.awaitDevice(again);
          noDiskAfterSettling(vm, again);
          vm.unplug(again);
          return "no block device in the log of uevents";
        });
    step(
        "the agent is killed: a new stick stays blocked",
        () -> {
          counter.killAgent();
          Plugged late = vm.plug(stick, "3");
          String name = vm.awaitDevice(late).name();
          noDiskAfterSettling(vm, late);
          String authorized =
              vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip();
          if (!authorized.equals("0")) {
            throw new AssertionError("authorized is " + authorized);
          }
          vm.unplug(late);
          return name + "/authorized is 0, no block device";
        });
  }

  private void audited(Town town) {
    step(
        "the auditor's export holds each step in order and verifies offline",
        () -> {
          String lines = town.exportAndVerify("mayor");
          int at = 0;
          List<String> wanted =
              List.of(
                  "usb.blocked",
                  "grant.requested",
                  "grant.approved",
                  "grant.activated",
                  "export.opened",
                  "agent.card-removed",
                  "export.opened",
                  "export.closed");
          for (String type : wanted) {
            int next = lines.indexOf("\"type\":\"" + type + "\"", at);
            if (next < 0) {
              throw new AssertionError(type + " is missing or out of order");
            }
            at = next + 1;
          }
          return lines.lines().count() + " entries verified: " + String.join(" → ", wanted);
        });
  }

  private static NewGrant request(Instant start, @Nullable String end) {
    return new NewGrant(
        Town.COUNTER_CLERK,
        TERMINAL,
        MEDIUM,
        "議案資料の受け取り",
        "市総第12号",
        null,
        null,
        0,
        start.toString(),
        end,
        MINUTES);
  }

  private static String place(Counter counter) {
    Matcher place = Pattern.compile("/run/sekisho/media/\\S+").matcher(counter.mounted());
    if (!place.find()) {
      throw new AssertionError("nothing is mounted");
    }
    return place.group();
  }

  private static void noDisk(TerminalVm vm, Plugged device) {
    boolean disk =
        vm.recorderLog().stream()
            .skip(device.since())
            .anyMatch(line -> line instanceof Uevent event && event.opensBlockDevice());
    if (disk) {
      throw new AssertionError("a block device appeared");
    }
  }

  /** As {@link #noDisk}, after another device went through the kernel's whole path. */
  private static void noDiskAfterSettling(TerminalVm vm, Plugged device) {
    vm.awaitUevent(
        "its binding to the bus", device.since(), e -> e.is("bind", "usb", "usb_device"));
    vm.run("udevadm settle; sleep 2").expectOk();
    noDisk(vm, device);
  }

  private static String find(Town town, String type, String with) {
    return town.entries().stream()
        .filter(line -> line.contains("\"type\":\"" + type + "\"") && line.contains(with))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no entry " + type + " with " + with));
  }

  private static String entry(Town town, String type, String with) {
    String line = find(town, type, with);
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }

  private static String awaitEntry(Town town, String type, String with) {
    Programs.await(
        "the entry " + type,
        Duration.ofMinutes(2),
        () ->
            town.entries().stream()
                .anyMatch(
                    line -> line.contains("\"type\":\"" + type + "\"") && line.contains(with)));
    return entry(town, type, with);
  }
}
