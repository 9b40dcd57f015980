package jp.sekisho.e2e.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.e2e.vm.Recorded.SysWrite;
import jp.sekisho.e2e.vm.Recorded.Uevent;

/**
 * A terminal: Debian's kernel and udevd in QEMU (TCG, two processors, of which the guest's init
 * switches the second on when the drivers are loaded), controlled over a virtio-serial port, with a
 * USB controller of eight ports and a network whose only neighbour is this machine, {@code service}
 * = 10.0.2.2.
 *
 * <p>The agent lies ready in {@code /opt/sekisho} ({@code /opt/sekisho/agent COMMAND…}) and is not
 * started: that is the test's first step, or its negative control. Thread-safe; scripts run one
 * after another.
 */
public final class TerminalVm implements AutoCloseable {
  /**
   * What a script said.
   *
   * @param rc its exit code
   * @param output both streams
   */
  public record Result(int rc, String output) {
    /** The output of a script that had to succeed. */
    public String expectOk() {
      if (rc != 0) {
        throw new AssertionError("in the guest: exit " + rc + "\n" + output);
      }
      return output;
    }
  }

  /**
   * A device in a port.
   *
   * @param id QEMU's
   * @param port such as {@code 1}, or {@code 1.2} behind a hub
   * @param since length of the recorder's log when it was plugged
   */
  public record Plugged(String id, String port, int since) {}

  /** Put before a command of the guest, it runs as the clerk; the guest's su would want PAM. */
  public static final String CLERK = "setpriv --reuid=1000 --regid=1000 --clear-groups ";

  /** As {@link #CLERK}, for a user who is nobody's. */
  public static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

  private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);
  private static final Duration SCRIPT_LIMIT = Duration.ofMinutes(2);
  private static final Duration EVENT_LIMIT = Duration.ofMinutes(1);
  private static final Pattern FORWARD =
      Pattern.compile("HOST_FORWARD\\]\\s+\\d+\\s+127\\.0\\.0\\.1\\s+(\\d+)\\s+\\S+\\s+35963");

  private final Process qemu;
  private final Path sockets;
  private final Path console;
  private final Thread atExit;
  private final List<Recorded> recorded = new ArrayList<>();
  private Qmp qmp;
  private Control control;
  private UsbPorts ports;
  private Duration bootTime = Duration.ZERO;
  private long read;

  @SuppressWarnings("NullAway.Init") // boot() sets the rest before anyone sees the object
  private TerminalVm(Process qemu, Path sockets, Path console) {
    this.qemu = qemu;
    this.sockets = sockets;
    this.console = console;
    this.atExit = new Thread(this::switchOff, "vm-end");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Builds the image if needed, boots and waits for the guest's control. */
  public static TerminalVm start(VmOptions options) {
    return start(options, line -> {});
  }

  /**
   * As {@link #start(VmOptions)}.
   *
   * @param says gets a line for each thing that takes long: packages, image, boot
   */
  public static TerminalVm start(VmOptions options, Consumer<String> says) {
    String program = Tool.find("qemu-system-x86_64", "qemu-system-x86").toString();
    VmImage image = VmImage.ready(says);
    says.accept("booting the terminal in a VM");
    try {
      Path logs =
          Files.createDirectories(VmImage.root().resolve("e2e/target/vm/" + options.name()));
      // A Unix socket's path is at most 107 bytes long, a checkout's may be longer.
      Path sockets = Files.createTempDirectory("tvm");
      Path console = logs.resolve("console.log");
      Files.deleteIfExists(console);
      long from = System.nanoTime();
      Process qemu =
          new ProcessBuilder(QemuCommand.of(program, image, options, sockets, console))
              .redirectErrorStream(true)
              .redirectOutput(logs.resolve("qemu.log").toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      TerminalVm vm = new TerminalVm(qemu, sockets, console);
      PidFile.write(vm.pidFile(), qemu);
      try {
        vm.boot(options, from);
      } catch (IOException | RuntimeException | AssertionError e) {
        vm.close();
        throw new AssertionError(
            "the VM did not boot; "
                + logs.resolve("qemu.log")
                + ": "
                + Files.readString(logs.resolve("qemu.log"))
                + vm.consoleTail(),
            e);
      }
      return vm;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void boot(VmOptions options, long from) throws IOException {
    Path qmpSocket = sockets.resolve("qmp");
    Await.value(
        "QEMU",
        Duration.ofSeconds(30),
        () -> {
          if (!qemu.isAlive()) {
            throw new IllegalStateException("QEMU ended with " + qemu.exitValue());
          }
          return Optional.of(true).filter(yes -> Files.exists(qmpSocket));
        });
    qmp = Qmp.connect(qmpSocket);
    control = Control.connect(sockets.resolve("control"));
    ports = new UsbPorts(qmp);
    options.plugged().forEach((port, device) -> ports.plug(device, port));
    qmp.execute("cont", Map.of());
    control.awaitReady(BOOT_LIMIT);
    bootTime = Duration.ofNanos(System.nanoTime() - from);
  }

  /**
   * Where a run may leave the JVM's list of the classes and lambdas that the agent loaded ({@code
   * -XX:DumpLoadedClassList}); the second disk of the next boot is made with it.
   */
  public static Path loadedClasses() {
    return VmImage.root().resolve(".dev/vm/agent-loaded.lst");
  }

  /** From the start of QEMU to the guest's first word. */
  public Duration bootTime() {
    return bootTime;
  }

  /** Id of QEMU's process on this machine. */
  public long pid() {
    return qemu.pid();
  }

  /** Runs a shell script as root; a program left in the background needs its own output file. */
  public Result run(String script) {
    return run(script, SCRIPT_LIMIT);
  }

  /**
   * As {@link #run(String)}; a script that is not done within the limit fails the test and leaves
   * the VM unusable.
   */
  public Result run(String script, Duration limit) {
    try {
      return control.run(script, limit);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + consoleTail(), e);
    }
  }

  /** Waits inside the guest until a shell condition holds. */
  public void await(String what, String condition) {
    long tries = EVENT_LIMIT.toMillis() / 50;
    Result result =
        run(
            "n=0; until "
                + condition
                + "; do n=$((n+1)); [ $n -lt "
                + tries
                + " ] || exit 1; usleep 50000; done 2>/dev/null");
    if (result.rc() != 0) {
      throw new AssertionError("the guest waited in vain for " + what + ": " + condition);
    }
  }

  /** Mounts of the place where media are written, in any namespace, by the tasks that have them. */
  public String writable() {
    return run("grep -h /run/sekisho/writing/ /proc/[0-9]*/task/*/mountinfo; true").expectOk();
  }

  /** Writes a file of the guest, its directories included. */
  public void write(String path, byte[] content) {
    String base64 = java.util.Base64.getMimeEncoder().encodeToString(content);
    run("mkdir -p \"$(dirname '"
            + path
            + "')\" && base64 -d >'"
            + path
            + "' <<'E'\n"
            + base64
            + "\nE\n")
        .expectOk();
  }

  /**
   * Starts the guest's pcscd with its virtual reader, waits for it, and returns the port of
   * 127.0.0.1 for {@code sekisho-card.jar simulate --port}. Each card that comes or goes is a line
   * of {@code /run/pcscd.log}.
   */
  public int startCards() {
    run("set -e; card=$(grep -l "
            + QemuCommand.CARDS
            + " /sys/class/net/*/address | cut -d/ -f5); ip link set $card up;"
            + " ip addr add 10.0.3.15/24 dev $card;"
            + " pcscd --foreground --info >/run/pcscd.log 2>&1 &")
        .expectOk();
    await("the virtual reader", "grep -q ':8C7B 00000000:0000 0A' /proc/net/tcp");
    return cardPort();
  }

  /** Port of 127.0.0.1 that leads to the guest's vpcd. */
  public int cardPort() {
    String table =
        qmp.execute("human-monitor-command", Map.of("command-line", "info usernet")).asText();
    Matcher forward = FORWARD.matcher(table);
    if (!forward.find()) {
      throw new AssertionError("QEMU forwards no port to vpcd:\n" + table);
    }
    return Integer.parseInt(forward.group(1));
  }

  /**
   * Puts a device into a port, {@code "1"} to {@code "8"}, or {@code "1.2"} behind a hub in port 1.
   */
  public Plugged plug(Pluggable device, String port) {
    int since = recorderLog().size();
    return new Plugged(ports.plug(device, port), port, since);
  }

  /** Pulls a device out; its image is free afterwards. */
  public void unplug(Plugged device) {
    ports.unplug(device.id());
  }

  /**
   * Waits until the kernel announces the device and returns that event; its name is the one under
   * {@code /sys/bus/usb/devices}.
   */
  public Uevent awaitDevice(Plugged device) {
    Pattern name = Pattern.compile("\\d+-" + Pattern.quote(device.port()));
    return awaitUevent(
        "the device in port " + device.port(),
        device.since(),
        event -> event.is("add", "usb", "usb_device") && name.matcher(event.name()).matches());
  }

  /** Cuts the line; the guest's carrier goes down. */
  public void cutNetwork() {
    link(false);
  }

  /** Mends the line. */
  public void restoreNetwork() {
    link(true);
  }

  private void link(boolean up) {
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("name", "nic0");
    arguments.put("up", up);
    qmp.execute("set_link", arguments);
  }

  /** Everything the recorder saw since the boot, in its order. */
  public synchronized List<Recorded> recorderLog() {
    String more = run("tail -c +" + (read + 1) + " /run/recorder.log").expectOk();
    String whole = more.substring(0, more.lastIndexOf('\n') + 1);
    read += whole.getBytes(StandardCharsets.UTF_8).length;
    whole.lines().map(Recorded::parse).forEach(recorded::add);
    return List.copyOf(recorded);
  }

  /** Waits for a uevent that stands at or after {@code since} in the recorder's log. */
  public Uevent awaitUevent(String what, int since, Predicate<Uevent> wanted) {
    return awaitRecorded(what, since, Uevent.class, wanted);
  }

  /** Waits for a write that stands at or after {@code since} in the recorder's log. */
  public SysWrite awaitWrite(String what, int since, Predicate<SysWrite> wanted) {
    return awaitRecorded(what, since, SysWrite.class, wanted);
  }

  private <T extends Recorded> T awaitRecorded(
      String what, int since, Class<T> type, Predicate<T> wanted) {
    return Await.value(
        what,
        EVENT_LIMIT,
        () ->
            recorderLog().stream()
                .skip(since)
                .filter(type::isInstance)
                .map(type::cast)
                .filter(wanted)
                .findFirst());
  }

  private Path pidFile() {
    return console.resolveSibling("qemu.pid");
  }

  /** The last lines of the kernel's console. */
  private String consoleTail() {
    try {
      String all = Files.exists(console) ? Files.readString(console, StandardCharsets.UTF_8) : "";
      return "\n" + console + " ends:\n" + all.substring(Math.max(0, all.length() - 2000));
    } catch (IOException e) {
      return "\n" + console + " cannot be read: " + e.getMessage();
    }
  }

  /** Switches the machine off, as pulling its plug would; the console's log stays. */
  @Override
  public void close() {
    switchOff();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is already going down.
    }
  }

  private void switchOff() {
    qemu.destroy();
    try {
      if (!qemu.waitFor(5, TimeUnit.SECONDS)) {
        qemu.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      qemu.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    PidFile.remove(pidFile());
    for (String socket : List.of("qmp", "control", "")) {
      try {
        Files.deleteIfExists(sockets.resolve(socket));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
