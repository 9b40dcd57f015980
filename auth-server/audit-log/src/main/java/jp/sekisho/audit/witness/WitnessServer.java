package jp.sekisho.audit.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.witness.WitnessAnswer.Conflict;
import jp.sekisho.audit.witness.WitnessAnswer.Cosigned;
import jp.sekisho.audit.witness.WitnessAnswer.Refused;

/**
 * A witness's HTTP service: {@code POST /add-checkpoint} and nothing else. Plain HTTP; requests
 * need no secrecy and prove themselves by the log's signature.
 */
public final class WitnessServer implements AutoCloseable {
  private static final String PATH = "/add-checkpoint";
  private static final int THREADS = 4;
  private static final int BACKLOG = 32;
  private static final String SECONDS_FOR_A_REQUEST = "20";

  private final Witness witness;
  private final Consumer<String> journal;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  private WitnessServer(Witness witness, Consumer<String> journal, HttpServer server) {
    this.witness = witness;
    this.journal = journal;
    this.server = server;
  }

  /**
   * Opens the port.
   *
   * @param journal hears one English line per answer
   */
  public static WitnessServer start(
      Witness witness, InetSocketAddress address, Consumer<String> journal) throws IOException {
    // The JDK's server waits for slow senders for ever unless told so before its first use.
    System.setProperty("sun.net.httpserver.maxReqTime", SECONDS_FOR_A_REQUEST);
    System.setProperty("sun.net.httpserver.maxRspTime", SECONDS_FOR_A_REQUEST);
    HttpServer server = HttpServer.create(address, BACKLOG);
    WitnessServer started = new WitnessServer(witness, journal, server);
    server.createContext("/", started::handle);
    server.setExecutor(started.threads);
    server.start();
    return started;
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        send(exchange, 404, "text/plain; charset=utf-8", "there is only " + PATH + "\n");
      } else if (!exchange.getRequestMethod().equals("POST")) {
        exchange.getResponseHeaders().add("Allow", "POST");
        send(exchange, 405, "text/plain; charset=utf-8", "POST only\n");
      } else {
        add(exchange);
      }
    }
  }

  private void add(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(WitnessRequest.MAX_BYTES + 1);
    WitnessAnswer answer;
    String origin = "-";
    try {
      WitnessRequest request = WitnessRequest.parse(body);
      origin = request.checkpoint().origin();
      answer = witness.answer(request);
    } catch (FormatException e) {
      answer = new Refused(WitnessAnswer.Reason.MALFORMED, String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException e) {
      journal.accept("500 " + origin + " " + e);
      send(exchange, 500, "text/plain; charset=utf-8", "the witness cannot remember it\n");
      return;
    }
    if (answer instanceof Cosigned cosigned) {
      journal.accept("200 " + origin);
      send(exchange, 200, "text/plain; charset=utf-8", cosigned.line().line());
    } else if (answer instanceof Conflict conflict) {
      journal.accept("409 " + origin + (conflict.otherRoot() ? " FORK" : ""));
      send(exchange, 409, "text/x.tlog.size", conflict.size() + "\n");
    } else if (answer instanceof Refused refused) {
      journal.accept(refused.reason().status() + " " + origin + " " + refused.reason());
      send(
          exchange,
          refused.reason().status(),
          "text/plain; charset=utf-8",
          refused.reason() + ": " + refused.detail() + "\n");
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
