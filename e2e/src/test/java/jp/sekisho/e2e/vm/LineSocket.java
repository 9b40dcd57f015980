package jp.sekisho.e2e.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/** One of QEMU's Unix sockets, on which both sides speak in lines. */
final class LineSocket implements AutoCloseable {
  private final SocketChannel channel;

  private LineSocket(SocketChannel channel) {
    this.channel = channel;
  }

  static LineSocket connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new LineSocket(channel);
  }

  /**
   * Reads on a thread of its own until QEMU ends.
   *
   * @param ended called once, after the last line
   */
  void read(String thread, Consumer<String> line, Runnable ended) {
    Thread.ofPlatform()
        .daemon()
        .name(thread)
        .start(() -> {
          try (BufferedReader in =
              new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            for (String next = in.readLine(); next != null; next = in.readLine()) {
              line.accept(next);
            }
          } catch (IOException e) {
            // Ends with QEMU, as the last line does; whoever waits is told by ended.
          }
          ended.run();
        });
  }

  /** Sends one line; callers take turns. */
  void send(String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
      channel.write(rest);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
