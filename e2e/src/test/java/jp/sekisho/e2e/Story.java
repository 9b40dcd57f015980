package jp.sekisho.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.e2e.Trail.Mark;
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
 * and {@code StoryIT} proves.
 *
 * <p>Longer than other classes because it is read from top to bottom: each step stands beside the
 * next one, which rests on it.
 */
final class Story {
  /** The terminal in a VM. */
  static final String TERMINAL = "T-0043";

  /** How many steps a whole story has. */
  static final int STEPS = 17;

  /** Nothing happens between the steps. */
  static final Disturbance NONE = new Disturbance(2, (town, after) -> {});

  private static final String MEDIUM = "M-0007";
  private static final String CONTENT = "agenda of the council\n";
  private static final String MOUNTED = "grep -q /run/sekisho/media /proc/self/mountinfo";

  /**
   * What happens to the service between the steps of the exception.
   *
   * @param minutes longest use of the exception, so that there is time for it
   * @param between called after request, approval, activation, read, end and return
   */
  record Disturbance(int minutes, Between between) {}

  /** Called between two steps. */
  interface Between {
    void steps(Town town, String after);
  }

  /** What runs when the story is told. */
  record Scene(Town town, TerminalVm vm, Counter counter, UsbStick stick, UsbStick other) {
    Trail trail() {
      return new Trail(town.entries());
    }

    /** Waits for an entry at or after line {@code from} of the log. */
    String await(Mark mark, int from) {
      AtomicReference<Optional<String>> found = new AtomicReference<>(Optional.empty());
      Programs.await(
          "the entry " + mark,
          Duration.ofMinutes(2),
          Town.ENTRIES_LOOK,
          () -> {
            found.set(trail().find(mark, from));
            return found.get().isPresent();
          });
      return found.get().orElseThrow();
    }
  }

  /** What comes after the last step, while everything still runs. */
  interface Rest {
    void with(Scene scene) throws Exception;
  }

  private record Blocked(Plugged device, String fingerprint, String entry) {}

  private record Opened(GrantView grant, Page approver) {}

  private final Path directory;
  private final Telling telling;
  private final Disturbance disturbance;

  /**
   * @param directory for everything the story makes
   */
  Story(Path directory, Telling telling, Disturbance disturbance) {
    this.directory = directory;
    this.telling = telling;
    this.disturbance = disturbance;
  }

  /**
   * Tells the story; everything it started is stopped when {@code rest} returns.
   *
   * @param peoplePort port of the pages on localhost
   */
  void tell(int peoplePort, Rest rest) throws Exception {
    try (Town town = Town.start(directory, peoplePort, telling::waiting);
        TerminalVm vm = TerminalVm.start(VmOptions.of("story"), telling::waiting)) {
      UsbStick stick = stick("stick", MEDIUM);
      withoutAgent(vm, stick);
      telling.waiting("enrolling " + TERMINAL + ", starting its enforcing agent and a seat");
      Counter counter = new Counter(vm, town, TERMINAL, Town.COUNTER_CLERK);
      Scene scene = new Scene(town, vm, counter, stick, stick("other", "M-0008"));
      Blocked blocked = blocked(scene);
      Opened opened = opened(scene, blocked);
      String other = used(scene, blocked);
      ended(scene, blocked, opened);
      killed(scene);
      audited(scene, blocked, opened, other);
      rest.with(scene);
      telling.waiting("the end of the virtual machine, the agent, the service and the cards");
    }
  }

  private UsbStick stick(String name, String serial) throws IOException {
    return UsbStick.make(
        directory.resolve(name + ".img"),
        serial,
        Map.of("AGENDA.TXT", CONTENT.getBytes(StandardCharsets.UTF_8)));
  }

  private void disturb(Scene scene, String after) {
    disturbance.between().steps(scene.town(), after);
  }

  private void withoutAgent(TerminalVm vm, UsbStick stick) {
    telling.step(
        "without the agent a stick becomes a disk (negative control)",
        () -> {
          Plugged open = vm.plug(stick, "1");
          Uevent disk = vm.awaitUevent("a disk", open.since(), Uevent::opensBlockDevice);
          vm.unplug(open);
          awaitRemoval(vm, open);
          return "uevent add " + disk.devpath();
        });
  }

  private Blocked blocked(Scene scene) {
    TerminalVm vm = scene.vm();
    telling.step(
        "the clerk logs in at the counter with card and PIN",
        () -> {
          scene.counter().insertCard();
          scene.counter().prove("login");
          return shortened(scene.await(loggedIn(Town.COUNTER_CLERK, "login"), 0));
        });
    telling.step(
        "a keyboard works",
        () -> {
          Plugged keyboard = vm.plug(UsbPart.KEYBOARD, "4");
          String name = vm.awaitDevice(keyboard).name();
          vm.await("the keyboard", "[ -d /sys/bus/usb/devices/" + name + ":1.0/driver ]");
          return "driver bound to " + name + ":1.0";
        });
    return telling.step(
        "a stick is plugged in and stays blocked",
        () -> {
          Plugged plugged = vm.plug(scene.stick(), "1");
          vm.awaitDevice(plugged);
          String entry = scene.await(Mark.of("usb.blocked", "USB_STORAGE"), 0);
          noDisk(vm, plugged);
          String told = scene.counter().loopbackStatus();
          if (!told.contains("\"mediumProblem\":\"USB_STORAGE\"")) {
            throw new AssertionError("the clerk is not told: " + told);
          }
          return new Blocked(plugged, Trail.value(entry, "fingerprint"), entry);
        },
        shown -> shortened(shown.entry()));
  }

  private Opened opened(Scene scene, Blocked blocked) {
    Town town = scene.town();
    GrantView grant =
        telling.step(
            "the clerk asks for an exception; one without an end is refused",
            () -> {
              town.registerMedium(MEDIUM, blocked.fingerprint());
              Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
              String refused =
                  scene.counter().refusal("POST", "/api/v1/grants", request(now, null));
              if (!refused.equals("GRANT_WITHOUT_END")) {
                throw new AssertionError("a request without an end: " + refused);
              }
              return scene
                  .counter()
                  .call(
                      "POST",
                      "/api/v1/grants",
                      request(now, now.plus(1, ChronoUnit.HOURS).toString()),
                      GrantView.class);
            },
            made -> "request " + made.id() + "; the same without an end: GRANT_WITHOUT_END");
    disturb(scene, "request");
    Page approver = new Page(town.people(), town.agent());
    telling.step(
        "another person approves the shown text with card and PIN at another terminal",
        () -> {
          town.insert(Town.APPROVER);
          town.typePin(Town.PIN);
          approver.prove("login", null);
          approver.prove("approve", grant.id());
          return shortened(
              scene.await(Mark.of("grant.approved", person(Town.APPROVER), ofGrant(grant)), 0));
        });
    disturb(scene, "approval");
    return new Opened(grant, approver);
  }

  /** Returns the port of the second stick. */
  private String used(Scene scene, Blocked blocked) {
    TerminalVm vm = scene.vm();
    Counter counter = scene.counter();
    telling.step(
        "the exception is activated at the terminal: that stick is mounted read-only",
        () -> {
          vm.await("the mount", MOUNTED);
          return counter.mounted().strip();
        });
    disturb(scene, "activation");
    telling.step(
        "that stick can be read, and not written",
        () -> {
          String place = place(counter);
          String read =
              vm.run(TerminalVm.CLERK + "sh -c 'cat " + place + "/agenda.txt'").expectOk();
          if (!read.equals(CONTENT)) {
            throw new AssertionError("read " + read);
          }
          if (vm.run("touch " + place + "/new").rc() == 0) {
            throw new AssertionError("root could write");
          }
          return "the clerk reads \"" + read.strip() + "\"; root cannot write to " + place;
        });
    disturb(scene, "read");
    String other =
        telling.step(
            "a second stick stays blocked",
            () -> {
              Plugged second = vm.plug(scene.other(), "2");
              String name = vm.awaitDevice(second).name();
              scene.await(Mark.of("usb.blocked", Trail.field("port", name)), 0);
              noDisk(vm, second);
              vm.unplug(second);
              return name;
            },
            name -> "no block device for " + name + " (" + blocked.device().port() + " is open)");
    telling.step(
        "the card is pulled: unmounted and locked",
        () -> {
          counter.removeCard();
          vm.await("it is unmounted", "! " + MOUNTED);
          vm.await("the seat is locked", "[ -f /tmp/clerk/locked ]");
          Programs.await(
              "the suspension",
              Duration.ofSeconds(30),
              () -> counter.session().contains("suspended"));
          return counter.session();
        });
    telling.step(
        "the same card and PIN resume",
        () -> {
          counter.insertCard();
          counter.prove("unlock");
          vm.await("the mount", MOUNTED);
          return counter.mounted().strip();
        });
    return other;
  }

  private void ended(Scene scene, Blocked blocked, Opened opened) {
    TerminalVm vm = scene.vm();
    GrantView grant = opened.grant();
    telling.step(
        "the network is cut: the exception still ends on time",
        () -> {
          Deadline deadline = Deadline.of(scene, grant.id());
          vm.cutNetwork();
          telling.waiting("the end of the exception at " + deadline.at());
          deadline.awaitWithoutNetwork();
          disturb(scene, "end");
          vm.restoreNetwork();
          return deadline.check(
              scene.await(
                  Mark.of("export.closed", Trail.field("cause", "deadline"), ofGrant(grant)), 0));
        });
    telling.step(
        "plugged in again it is blocked again",
        () -> {
          vm.unplug(blocked.device());
          awaitRemoval(vm, blocked.device());
          int before = scene.trail().lines().size();
          Plugged again = vm.plug(scene.stick(), "1");
          vm.awaitDevice(again);
          noDiskAfterSettling(vm, again);
          String entry =
              scene.await(
                  Mark.of("usb.blocked", Trail.field("fingerprint", blocked.fingerprint())),
                  before);
          vm.unplug(again);
          awaitRemoval(vm, again);
          return "no block device in the log of uevents; " + shortened(entry);
        });
    telling.step(
        "the approver confirms that the stick was returned",
        () -> {
          GrantView closed = opened.approver().step(grant.id(), "return").as(GrantView.class);
          return "the exception is "
              + closed.state()
              + "; "
              + shortened(
                  scene.await(Mark.of("grant.returned", person(Town.APPROVER), ofGrant(grant)), 0));
        });
    disturb(scene, "return");
  }

  private void killed(Scene scene) {
    TerminalVm vm = scene.vm();
    Plugged late =
        telling.step(
            "the agent is killed: a new stick stays blocked",
            () -> {
              scene.counter().killAgent();
              Plugged plugged = vm.plug(scene.stick(), "3");
              vm.awaitDevice(plugged);
              noDiskAfterSettling(vm, plugged);
              stillBlocked(vm, plugged);
              return plugged;
            },
            plugged -> vm.awaitDevice(plugged).name() + "/authorized is 0, no block device");
    telling.step(
        "the agent starts again and finds that stick: it stays blocked",
        () -> {
          int before = scene.trail().lines().size();
          scene.counter().startAgent();
          scene.counter().awaitSeat();
          String name = vm.awaitDevice(late).name();
          String entry = scene.await(Mark.of("usb.blocked", Trail.field("port", name)), before);
          stillBlocked(vm, late);
          noDisk(vm, late);
          vm.unplug(late);
          awaitRemoval(vm, late);
          return shortened(entry);
        });
  }

  private void audited(Scene scene, Blocked blocked, Opened opened, String other) {
    telling.step(
        "the auditor's export holds each step in order and verifies offline",
        () -> {
          Trail trail = new Trail(scene.town().exportAndVerify("mayor").lines().toList());
          String grant = ofGrant(opened.grant());
          Mark stick = Mark.of("usb.blocked", Trail.field("fingerprint", blocked.fingerprint()));
          List<String> found =
              trail.inOrder(
                  List.of(
                      List.of(loggedIn(Town.COUNTER_CLERK, "login")),
                      List.of(stick),
                      List.of(Mark.of("grant.refused", "GRANT_WITHOUT_END")),
                      List.of(Mark.of("grant.requested", person(Town.COUNTER_CLERK), grant)),
                      List.of(loggedIn(Town.APPROVER, "login")),
                      List.of(Mark.of("grant.approved", person(Town.APPROVER), grant)),
                      List.of(Mark.of("grant.activated", grant)),
                      List.of(Mark.of("export.opened", grant)),
                      List.of(Mark.of("usb.blocked", Trail.field("port", other))),
                      // Terminal and service each write what the pulled card means for them.
                      List.of(
                          Mark.of("agent.card-removed", Trail.field("terminal", TERMINAL)),
                          Mark.of("export.closed", Trail.field("cause", "card-removed"), grant),
                          Mark.of("session.suspended", person(Town.COUNTER_CLERK))),
                      List.of(loggedIn(Town.COUNTER_CLERK, "unlock")),
                      List.of(Mark.of("session.resumed", person(Town.COUNTER_CLERK))),
                      List.of(Mark.of("export.opened", grant)),
                      // The service's own clock ends the grant while it hears nothing.
                      List.of(
                          Mark.of("export.closed", Trail.field("cause", "deadline"), grant),
                          Mark.of("grant.ended", grant)),
                      List.of(stick),
                      List.of(Mark.of("grant.returned", person(Town.APPROVER), grant)),
                      List.of(Mark.of("agent.started", Trail.field("terminal", TERMINAL))),
                      List.of(Mark.of("usb.blocked", Trail.field("terminal", TERMINAL)))));
          return trail.lines().size() + " entries verified: " + String.join(" → ", found);
        });
  }

  private NewGrant request(Instant start, @Nullable String end) {
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
        disturbance.minutes());
  }

  private static Mark loggedIn(String person, String purpose) {
    return Mark.of("login.succeeded", person(person), Trail.field("purpose", purpose));
  }

  private static String person(String person) {
    return Trail.field("person", person);
  }

  private static String ofGrant(GrantView grant) {
    return Trail.field("grant", grant.id());
  }

  private static String place(Counter counter) {
    Matcher place = Pattern.compile("/run/sekisho/media/\\S+").matcher(counter.mounted());
    if (!place.find()) {
      throw new AssertionError("nothing is mounted");
    }
    return place.group();
  }

  private static void awaitRemoval(TerminalVm vm, Plugged device) {
    vm.awaitUevent("its removal", device.since(), e -> e.is("remove", "usb", "usb_device"));
  }

  private static void stillBlocked(TerminalVm vm, Plugged device) {
    String name = vm.awaitDevice(device).name();
    String authorized =
        vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip();
    if (!authorized.equals("0")) {
      throw new AssertionError("authorized is " + authorized);
    }
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

  private static String shortened(String line) {
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }
}
