package jp.sekisho.smartcard.simulate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Unix socket that takes one line per connection and answers {@code ok} or {@code error
 * <sentence>}, then lines. A socket in the file system is reachable from every network namespace.
 */
public final class ControlSocket implements AutoCloseable {
  static final String NAME = "control.sock";

  private final Path file;
  private final ServerSocketChannel server;
  private final Handler handler;

  /** The simulator is there and does not carry the order out. */
  public static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /** Carries out one line. */
  interface Handler {
    List<String> handle(String line) throws IOException;
  }

  ControlSocket(Path file, Handler handler) throws IOException {
    this.file = file;
    this.handler = handler;
    // The directory's lock is ours: a socket found here is left over from a killed simulator.
    Files.deleteIfExists(file);
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(file));
    Thread thread = new Thread(this::run, "card-control");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Sends a line to the simulator running on a directory.
   *
   * @return the lines of its answer
   * @throws RefusedException when it refuses, with its sentence
   * @throws IOException when none runs there
   */
  public static List<String> send(Path directory, String line) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve(NAME));
    try (SocketChannel channel = SocketChannel.open(address)) {
      writer(channel).println(line);
      List<String> answer = new ArrayList<>(reader(channel).lines().toList());
      String verdict = answer.isEmpty() ? "no answer" : answer.remove(0);
      if (!verdict.equals("ok")) {
        throw new RefusedException("refused: " + line + ": " + verdict);
      }
      return answer;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(file);
  }

  private void run() {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        serve(channel);
      } catch (IOException e) {
        // The client left, or we are closing: the loop's condition decides.
      }
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    String line = reader(channel).readLine();
    PrintWriter out = writer(channel);
    try {
      List<String> answer = handler.handle(line == null ? "" : line);
      out.println("ok");
      answer.forEach(out::println);
    } catch (IOException | RuntimeException e) {
      out.println("error " + e.getMessage());
    }
  }

  private static BufferedReader reader(SocketChannel channel) {
    return new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
  }

  private static PrintWriter writer(SocketChannel channel) {
    return new PrintWriter(Channels.newWriter(channel, StandardCharsets.UTF_8), true);
  }
}
