package jp.sekisho.e2e.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host's end of {@code guest/control}: a base64 script a line out, {@code RC BASE64} a line in;
 * one script at a time.
 */
final class Control implements AutoCloseable {
  private static final String END = "";

  private final LineSocket socket;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Control(LineSocket socket) {
    this.socket = socket;
  }

  static Control connect(Path path) throws IOException {
    Control control = new Control(LineSocket.connect(path));
    control.socket.read("control", control.lines::add, () -> control.lines.add(END));
    return control;
  }

  /** Waits for the guest's first word. */
  void awaitReady(Duration limit) {
    String line = take("the guest's boot", limit);
    if (!line.startsWith("READY ")) {
      throw new AssertionError("the guest began with: " + line);
    }
  }

  synchronized TerminalVm.Result run(String script, Duration limit) {
    try {
      socket.send(Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8)));
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
    socket.close();
  }
}
