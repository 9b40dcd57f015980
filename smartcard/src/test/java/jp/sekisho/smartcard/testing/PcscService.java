package jp.sekisho.smartcard.testing;

import com.sun.jna.NativeLibrary;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A real pcscd with two virtual readers ({@link #READER_0}, {@link #READER_1}), isolated: own
 * network namespace, because vpcd listens on all addresses at fixed ports; own {@code /run/pcscd},
 * which appears as {@link #directory()} outside. Any number of JVMs may each run one.
 *
 * <p>pcsc-lite takes its socket from {@code PCSCLITE_CSOCK_NAME} and reads that variable once per
 * process. This JVM's is set before the first use, to one directory per JVM; child processes get it
 * through {@link #environment()}. A shell owns the namespace and pcscd; it ends when this JVM does,
 * however that happens.
 *
 * <p>Needs root and the Debian packages pcscd, vsmartcard-vpcd, iproute2, util-linux; says which is
 * missing.
 */
public final class PcscService implements AutoCloseable {
  public static final String READER_0 = "Virtual PCD 00 00";
  public static final String READER_1 = "Virtual PCD 00 01";
  static final int PORT_0 = 35963;

  private static final Duration START = Duration.ofSeconds(20);
  private static final String VARIABLE = "PCSCLITE_CSOCK_NAME";

  /** The bind mount hides the machine's own pcscd from ours and ours from the machine. */
  private static final String KEEPER =
      """
      mkdir -p /run/pcscd && mount --bind "$1" /run/pcscd && ip link set lo up || exit 1
      echo ready
      pid=
      while read -r word; do
        case $word in
          start) pcscd --foreground --error >&2 & pid=$! ;;
          stop) kill "$pid"; wait "$pid"; pid= ;;
        esac
        echo done
      done
      [ -z "$pid" ] || kill "$pid"
      """;

  /** One per JVM: pcsc-lite will not look anywhere else. */
  private static final Path DIRECTORY = jvmDirectory();

  private static boolean running;

  private final Process keeper;
  private final PrintWriter commands;
  private final BufferedReader answers;

  private PcscService(Process keeper) {
    this.keeper = keeper;
    this.commands = new PrintWriter(keeper.outputWriter(StandardCharsets.UTF_8), true);
    this.answers = keeper.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts the service and waits until it answers. One at a time per JVM. */
  public static synchronized PcscService start() throws IOException {
    requireTools();
    if (running) {
      throw new IllegalStateException("this JVM already runs a PcscService");
    }
    PcscService service =
        new PcscService(
            new ProcessBuilder(
                    "unshare", "--net", "--mount", "sh", "-c", KEEPER, "sh", DIRECTORY.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    service.expect("ready");
    service.resume();
    running = true;
    return service;
  }

  /** Where the client's socket is. */
  public Path directory() {
    return DIRECTORY;
  }

  /** What a child process needs in its environment to be a client of this service. */
  public Map<String, String> environment() {
    return Map.of(VARIABLE, socket().toString());
  }

  /** The process whose network namespace holds vpcd's ports: for {@code nsenter --net}. */
  public long pid() {
    return keeper.pid();
  }

  /** Puts a new staff card in the reader of a slot. See {@link VirtualCard#start}. */
  public VirtualCard card(int slot, Path directory, String... options) throws IOException {
    return VirtualCard.start(this, "piv", slot, directory, options);
  }

  /** Puts a new JPKI card in the reader of a slot. See {@link VirtualCard#start}. */
  public VirtualCard jpki(int slot, Path directory, String... options) throws IOException {
    return VirtualCard.start(this, "jpki", slot, directory, options);
  }

  /** Stops pcscd; cards stay in their (powerless) readers. */
  public void stop() throws IOException {
    command("stop");
  }

  /** Starts pcscd again after {@link #stop()}. */
  public void resume() throws IOException {
    command("start");
    Await.until(
        "pcscd answers",
        START,
        () -> {
          try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            return client.isConnected();
          }
        });
  }

  @Override
  public void close() {
    synchronized (PcscService.class) {
      running = false;
    }
    commands.close();
    Await.until("pcscd ends", START, () -> !keeper.isAlive());
  }

  private static Path socket() {
    return DIRECTORY.resolve("pcscd.comm");
  }

  private void command(String word) throws IOException {
    commands.println(word);
    expect("done");
  }

  private void expect(String answer) throws IOException {
    String line = answers.readLine();
    if (!answer.equals(line)) {
      throw new IOException("expected " + answer + " from the namespace's shell, got " + line);
    }
  }

  private static Path jvmDirectory() {
    try {
      Path directory = Files.createTempDirectory("sekisho-pcsc");
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                for (String name : new String[] {"pcscd.comm", "pcscd.pid", ""}) {
                  directory.resolve(name).toFile().delete();
                }
              }));
      NativeLibrary.getInstance("c")
          .getFunction("setenv")
          .invokeInt(new Object[] {VARIABLE, directory.resolve("pcscd.comm").toString(), 1});
      return directory;
    } catch (IOException e) {
      throw new IllegalStateException("no temporary directory", e);
    }
  }

  private static void requireTools() {
    Set<String> missing = new LinkedHashSet<>();
    Map.of("pcscd", "pcscd", "ip", "iproute2", "unshare", "util-linux", "nsenter", "util-linux")
        .forEach((tool, debian) -> {
          if (!onPath(tool)) {
            missing.add(debian);
          }
        });
    if (!Files.exists(Path.of("/usr/lib/pcsc/drivers/serial/libifdvpcd.so"))) {
      missing.add("vsmartcard-vpcd");
    }
    if (!missing.isEmpty()) {
      throw new AssertionError("apt-get install " + String.join(" ", missing));
    }
    if (!System.getProperty("user.name").equals("root")) {
      throw new AssertionError("needs root: pcscd runs in its own network and mount namespace");
    }
  }

  /** Whether a program is installed. */
  static boolean onPath(String tool) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    return Arrays.stream(path.split(":", -1))
        .anyMatch(directory -> new File(directory, tool).canExecute());
  }
}
