package jp.sekisho.e2e;

import com.sun.net.httpserver.HttpServer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jp.sekisho.e2e.vm.Recorded.SysWrite;
import jp.sekisho.e2e.vm.Recorded.Uevent;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import jp.sekisho.e2e.vm.UsbPart;
import jp.sekisho.e2e.vm.UsbStick;
import jp.sekisho.e2e.vm.VmOptions;

/**
 * {@code ./dev bench terminal}, which gives a directory and a tar of USBGuard: how long a login
 * takes without the person, how long five boots of an enrolled terminal take until its USB
 * controllers are gated and its agent runs, how soon a keyboard works, beside USBGuard's in the
 * same kind of VM and the same run, and whether twenty sticks become a disk. Prints rows for {@code
 * docs/performance.md}.
 */
final class Bench {
  private static final int LOGINS = 30;
  private static final int BOOTS = 5;
  private static final int PLUGS = 20;
  private static final String STATE = "/var/lib/sekisho";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Path directory;
  private final Path usbguard;
  private final PrintStream out;

  private Bench(Path directory, Path usbguard, PrintStream out) {
    this.directory = directory;
    this.usbguard = usbguard;
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    new Bench(Path.of(arguments[0]), Path.of(arguments[1]), out).all();
    System.exit(0);
  }

  private void all() throws IOException {
    out.println("| what | median | p90 | worst | n |");
    out.println("|---|---|---|---|---|");
    try (Town town = Town.start(directory)) {
      logins(town);
      Path enrolled = enrol(town);
      for (int i = 0; i < BOOTS; i++) {
        boot(i, enrolled);
      }
      row("QEMU started → control of the guest", booted);
      row("agent: started → every USB controller gated", gated);
      row("agent: started beside the boot → running", running);
      row("QEMU started → agent running", ready);
    }
    row("USBGuard: keyboard added → authorized", peer());
  }

  private final List<Duration> booted = new ArrayList<>();
  private final List<Duration> gated = new ArrayList<>();
  private final List<Duration> running = new ArrayList<>();
  private final List<Duration> ready = new ArrayList<>();

  /** Question, PIN window that types at once, card, answer, session: all but the person. */
  private void logins(Town town) {
    town.insert(Town.CLERK);
    town.typePin(Town.PIN);
    List<Duration> took = new ArrayList<>();
    for (int i = 0; i < LOGINS; i++) {
      Page page = new Page(town.people(), town.agent());
      long from = System.nanoTime();
      page.prove("login", null);
      took.add(Duration.ofNanos(System.nanoTime() - from));
    }
    row("login without the person: question → card + PIN → session (T-HOST)", took);
  }

  private Path enrol(Town town) throws IOException {
    try (TerminalVm vm = TerminalVm.start(VmOptions.of("bench-enrol"))) {
      Counter counter = new Counter(vm, town, "T-0043", Town.COUNTER_CLERK);
      counter.killAgent();
      Files.writeString(TerminalVm.loadedClasses(), loadedClasses(vm));
      String tar = vm.run("tar -C " + STATE + " -cf - . | base64").expectOk();
      return Files.write(directory.resolve("enrolled.tar"), Base64.getMimeDecoder().decode(tar));
    }
  }

  /** What a whole start of the agent loads: the class archive of the next boots is made of it. */
  private static String loadedClasses(TerminalVm vm) {
    vm.run(
            "JAVA_EXTRA=-XX:DumpLoadedClassList=/run/loaded.lst /opt/sekisho/agent service --seats any --state "
                + STATE
                + " >/run/agent.log 2>&1 & echo $! >/run/agent.pid")
        .expectOk();
    vm.await("the agent", "grep -q 'is running' /run/agent.log");
    // The list is whole when the JVM has ended.
    vm.run("kill $(cat /run/agent.pid)").expectOk();
    vm.await("its end", "[ ! -e /proc/$(cat /run/agent.pid) ]");
    return vm.run("cat /run/loaded.lst").expectOk();
  }

  private void boot(int number, Path enrolled) {
    try (TerminalVm vm = TerminalVm.start(VmOptions.of("bench-" + number).withEnrolled(enrolled))) {
      // Not from before start(): the first one packs the agent's disk anew.
      long controlled = System.nanoTime();
      booted.add(vm.bootTime());
      vm.run("read -r up </run/agent.up", PATIENCE).expectOk();
      ready.add(vm.bootTime().plusNanos(System.nanoTime() - controlled));
      Duration started = step(vm, "agent");
      running.add(step(vm, "running").minus(started));
      // Each controller's first closing; later writes only confirm it.
      Map<String, Duration> closed = new HashMap<>();
      for (var line : vm.recorderLog()) {
        if (line instanceof SysWrite write && write.name().equals("authorized_default")) {
          closed.putIfAbsent(write.path(), write.at());
        }
      }
      gated.add(Collections.max(closed.values()).minus(started));
      if (number == BOOTS - 1) {
        row("agent: keyboard added → authorized", keyboards(vm));
        out.println(
            "agent: resident memory " + memory(vm, "$(cat /run/agent.pid)") + " in the guest");
        sticks(vm);
      }
    }
  }

  /** When the guest's init came to a step, by the guest's clock since its kernel's start. */
  private static Duration step(TerminalVm vm, String name) {
    String uptime = vm.run("sed -n 's/ " + name + "$//p' /run/boot.log").expectOk();
    return Duration.ofMillis(Math.round(Double.parseDouble(uptime.strip()) * 1000));
  }

  private static List<Duration> keyboards(TerminalVm vm) {
    List<Duration> took = new ArrayList<>();
    for (int i = 0; i < PLUGS; i++) {
      Plugged keyboard = vm.plug(UsbPart.KEYBOARD, "4");
      Uevent added = vm.awaitDevice(keyboard);
      SysWrite write =
          vm.awaitWrite(
              "the release",
              keyboard.since(),
              w ->
                  w.name().equals("authorized")
                      && w.value().equals("1")
                      && w.path().contains("/" + added.name() + "/"));
      took.add(write.at().minus(added.at()));
      vm.unplug(keyboard);
      vm.awaitUevent("its removal", keyboard.since(), e -> e.is("remove", "usb", "usb_device"));
    }
    return took;
  }

  private void sticks(TerminalVm vm) {
    try {
      UsbStick stick = UsbStick.make(directory.resolve("bench.img"), "BENCH", Map.of());
      int from = vm.recorderLog().size();
      for (int i = 0; i < PLUGS; i++) {
        Plugged plugged = vm.plug(stick, "1");
        vm.awaitUevent("its binding", plugged.since(), e -> e.is("bind", "usb", "usb_device"));
        vm.unplug(plugged);
        vm.awaitUevent("its removal", plugged.since(), e -> e.is("remove", "usb", "usb_device"));
      }
      long disks =
          vm.recorderLog().stream()
              .skip(from)
              .filter(line -> line instanceof Uevent event && event.opensBlockDevice())
              .count();
      out.println("agent: " + disks + " block devices of " + PLUGS + " sticks plugged in");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<Duration> peer() throws IOException {
    HttpServer files =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    files.createContext(
        "/usbguard.tar",
        exchange -> {
          exchange.sendResponseHeaders(200, Files.size(usbguard));
          try (var body = exchange.getResponseBody()) {
            Files.copy(usbguard, body);
          }
        });
    files.start();
    try (TerminalVm vm = TerminalVm.start(VmOptions.of("bench-usbguard"))) {
      vm.run(
              "curl -s http://10.0.2.2:"
                  + files.getAddress().getPort()
                  + "/usbguard.tar | tar -x -C / && mkdir -p /etc/usbguard",
              PATIENCE)
          .expectOk();
      vm.write(
          "/etc/usbguard/daemon.conf",
          """
          RuleFile=/etc/usbguard/rules.conf
          ImplicitPolicyTarget=block
          PresentDevicePolicy=apply-policy
          PresentControllerPolicy=keep
          InsertedDevicePolicy=apply-policy
          DeviceManagerBackend=uevent
          IPCAllowedUsers=root
          AuditBackend=FileAudit
          AuditFilePath=/run/usbguard.audit
          """
              .getBytes(StandardCharsets.UTF_8));
      vm.write(
          "/etc/usbguard/rules.conf",
          "allow with-interface one-of { 03:*:* }\n".getBytes(StandardCharsets.UTF_8));
      vm.run("chmod 600 /etc/usbguard/*; /sbin/ldconfig 2>/dev/null; true").expectOk();
      vm.run(
              "usbguard-daemon -k -P -c /etc/usbguard/daemon.conf >/run/usbguard.log 2>&1 & echo $! >/run/usbguard.pid")
          .expectOk();
      try {
        vm.awaitWrite("USBGuard's gate", 0, w -> w.name().equals("authorized_default"));
        List<Duration> took = keyboards(vm);
        out.println(
            "USBGuard: resident memory "
                + memory(vm, "$(cat /run/usbguard.pid)")
                + " in the guest");
        return took;
      } catch (AssertionError e) {
        throw new AssertionError(vm.run("cat /run/usbguard.log").output(), e);
      }
    } finally {
      files.stop(0);
    }
  }

  private static String memory(TerminalVm vm, String pid) {
    return vm.run("sed -n 's/^VmRSS: *//p' /proc/" + pid + "/status").expectOk().strip();
  }

  private void row(String what, List<Duration> all) {
    List<Duration> sorted = all.stream().sorted().toList();
    int n = sorted.size();
    out.printf(
        "| %s | %s | %s | %s | %d |%n",
        what,
        shown(sorted.get(n / 2)),
        shown(sorted.get(Math.min(n - 1, (int) Math.ceil(n * 0.9) - 1))),
        shown(sorted.get(n - 1)),
        n);
  }

  private static String shown(Duration duration) {
    return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
  }
}
