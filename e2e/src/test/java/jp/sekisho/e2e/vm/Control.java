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
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The host's end of {@code guest/control}: a base64 script a line out, {@code RC BASE64} a line in; one script at a time. */
final class Control implements AutoCloseable {
  private static final String END = "";

  private final SocketChannel channel;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Control(SocketChannel channel) {
    this.channel = channel;
  }

  static Control connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    Control control = new Control(channel);
    Thread.ofPlatform().daemon().name("control").start(control::read);
    return control;
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(Channels.newReader(channel, StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // Ends with QEMU; the empty line below tells whoever waits.
    }
    lines.add(END);
  }

  /** Waits for the guest's first word. */
  void awaitReady(Duration limit) {
    String line = take("the guest's boot", limit);
    if (!line.startsWith("READY ")) {
      throw new AssertionError("the guest began with: " + line);
    }
  }

  synchronized TerminalVm.Result run(String script, Duration limit) {
    byte[] line =
        (Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8)) + "\n")
            .getBytes(StandardCharsets.US_ASCII);
    try {
      for (ByteBuffer rest = ByteBuffer.wrap(line); rest.hasRemaining(); ) {
        channel.write(rest);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the VM is gone", e);
    }
    String[] answer = take("the end of: " + script, limit).split(" ", 2);
    String output = answer.length < 2 ? "" : answer[1];
    return new TerminalVm.Result(
        Integer.parseInt(answer[0]),
        new String(Base64.getDecoder().decode(output), StandardCharsets.UTF_8));
  }

  private String take(String what, Duration limit) {
    try {
      @Nullable String line = lines.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw new AssertionError("waited " + limit.toSeconds() + " s for " + what);
      }
      if (line.equals(END)) {
        throw new AssertionError("the VM ended while waiting for " + what);
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
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
