package jp.sekisho.smartcard.testing;

import com.sun.jna.Native;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.smartcard.cli.CardCommand;
import jp.sekisho.smartcard.simulate.ControlSocket;
import org.bouncycastle.asn1.cmp.CertStatus;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.NullMarked;
import picocli.CommandLine;

/**
 * A simulated card ({@code sekisho-card simulate}) in its own process inside a {@link
 * PcscService}'s network namespace. Inserted when {@link #start} returns as far as the card is
 * concerned; pcscd notices within half a second.
 */
public final class VirtualCard implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final PcscService service;
  private final String application;
  private final int slot;
  private final Path directory;
  private final List<String> options;
  private Process process;

  private VirtualCard(
      PcscService service, String application, int slot, Path directory, List<String> options)
      throws IOException {
    this.service = service;
    this.application = application;
    this.slot = slot;
    this.directory = directory;
    this.options = options;
    this.process = launch();
  }

  /**
   * Starts a card and waits until it can be controlled.
   *
   * @param application {@code piv} or {@code jpki}
   * @param slot 0 or 1
   * @param directory the card's memory; short, its control socket's path is limited to 107 bytes
   * @param options further options of {@code simulate}, e.g. {@code --subject-number}, {@code 7}
   */
  static VirtualCard start(
      PcscService service, String application, int slot, Path directory, String... options)
      throws IOException {
    return new VirtualCard(service, application, slot, directory, List.of(options));
  }

  public Path directory() {
    return directory;
  }

  public void insert() throws IOException {
    ControlSocket.send(directory, "insert");
  }

  public void remove() throws IOException {
    ControlSocket.send(directory, "remove");
  }

  /** Exchanges the card at once for that of another directory, which is made when empty. */
  public void swap(Path other) throws IOException {
    ControlSocket.send(directory, "swap " + other);
  }

  /** Plans what goes wrong: {@code remove 3}, {@code slow 200}; see docs/virtual-cards.md. */
  public void fault(String order) throws IOException {
    ControlSocket.send(directory, "fault " + order);
  }

  /** Every command and answer since the process started, PIN bytes masked. */
  public List<String> trace() throws IOException {
    return ControlSocket.send(directory, "trace");
  }

  /** Kills the process, as a power cut would, and starts it again on the same memory. */
  public void restart() throws IOException {
    close();
    process = launch();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    Await.until("the card's process ends", START, () -> !process.isAlive());
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("nsenter", "--net=/proc/" + service.pid() + "/ns/net"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m"));
    command.addAll(List.of("-cp", classPath(), CardCommand.class.getName()));
    command.addAll(List.of("simulate", application, "--dir", directory.toString()));
    command.addAll(List.of("--port", String.valueOf(PcscService.PORT_0 + slot)));
    command.addAll(options);
    Process started =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    Await.until(
        "the card can be controlled",
        START,
        () -> {
          if (!started.isAlive()) {
            throw new IOException("simulator ended with " + started.exitValue());
          }
          return !ControlSocket.send(directory, "status").isEmpty();
        });
    return started;
  }

  /** What the simulator needs, wherever this JVM has it from. */
  private static String classPath() {
    return Stream.of(
            CardCommand.class,
            Native.class,
            X509CertificateHolder.class,
            BouncyCastleProvider.class,
            CertStatus.class,
            CommandLine.class,
            NullMarked.class)
        .map(VirtualCard::location)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type.getName(), e);
    }
  }
}
