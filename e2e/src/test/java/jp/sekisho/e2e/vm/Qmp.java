package jp.sekisho.e2e.vm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * QEMU's machine protocol: one JSON object a line over a Unix socket. Commands of several threads
 * go one after another; events are not kept.
 */
final class Qmp implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final LineSocket socket;
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();

  private Qmp(LineSocket socket) {
    this.socket = socket;
  }

  /** Connects and leaves the negotiation mode. */
  static Qmp connect(Path path) throws IOException {
    Qmp qmp = new Qmp(LineSocket.connect(path));
    // Whoever waits for an answer when QEMU ends says so.
    qmp.socket.read("qmp", qmp::take, () -> {});
    qmp.execute("qmp_capabilities", Map.of());
    return qmp;
  }

  private void take(String line) {
    try {
      JsonNode message = JSON.readTree(line);
      if (message.has("return") || message.has("error")) {
        answers.add(message);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("QEMU said " + line, e);
    }
  }

  /**
   * Executes one command.
   *
   * @return what stands under {@code return}
   * @throws IllegalStateException with QEMU's words when it refuses or has ended
   */
  JsonNode execute(String command, Map<String, ?> arguments) {
    JsonNode answer = ask(command, arguments);
    if (answer.has("error")) {
      throw new IllegalStateException(
          command + " " + arguments + ": " + answer.get("error").path("desc").asText());
    }
    return answer.get("return");
  }

  /** As {@link #execute}, where a refusal is a possible answer. */
  boolean accepts(String command, Map<String, ?> arguments) {
    return ask(command, arguments).has("return");
  }

  private synchronized JsonNode ask(String command, Map<String, ?> arguments) {
    try {
      socket.send(JSON.writeValueAsString(Map.of("execute", command, "arguments", arguments)));
      @Nullable JsonNode answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (answer == null) {
        throw new IllegalStateException("QEMU does not answer " + command);
      }
      return answer;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(command + " " + arguments, e);
    } catch (IOException e) {
      throw new UncheckedIOException("QEMU is gone: " + command, e);
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
