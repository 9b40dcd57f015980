package jp.sekisho.agent.loopback;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import jp.sekisho.agent.seat.Seats;

/**
 * The HTTP server on {@code 127.0.0.1:47621}, as {@code docs/protocol.md} describes it: serves from
 * construction until closed.
 *
 * <p>Limits: {@value #THREADS} requests at once, further connections are closed; {@link
 * #REQUEST_TIME} to send a request; {@link #ANSWER_TIME} for its answer; {@value #MAX_HEADER_BYTES}
 * bytes of header; bodies as {@link LoopbackRoutes} says. The JDK's server reads its limits from
 * system properties once in the life of a JVM, so this class sets them (unless the command line
 * did) before it first touches that server; no other use of the JDK's server may come before it.
 *
 * <p>Thread-safe.
 */
public final class LoopbackServer implements AutoCloseable {
  /** Requests served at once. A login holds one for as long as its PIN window is open. */
  static final int THREADS = 32;

  static final Duration REQUEST_TIME = Duration.ofSeconds(5);

  /** Longer than a login's 90 s. */
  static final Duration ANSWER_TIME = Duration.ofSeconds(100);

  static final int MAX_HEADER_BYTES = 16 * 1024;

  static {
    Map<String, String> limits =
        Map.of(
            "sun.net.httpserver.maxReqTime", Long.toString(REQUEST_TIME.toSeconds()),
            "sun.net.httpserver.maxRspTime", Long.toString(ANSWER_TIME.toSeconds()),
            "sun.net.httpserver.maxReqHeaders", "64",
            "sun.net.httpserver.maxReqHeaderSize", Integer.toString(MAX_HEADER_BYTES),
            "sun.net.httpserver.maxIdleConnections", "16",
            "sun.net.httpserver.idleInterval", "15",
            // Header and body leave as two segments; without this each answer waits 40 ms.
            "sun.net.httpserver.nodelay", "true");
    limits.forEach((name, value) -> {
      if (System.getProperty(name) == null) {
        System.setProperty(name, value);
      }
    });
  }

  private final HttpServer server;
  private final ThreadPoolExecutor threads;

  /**
   * Binds and serves.
   *
   * @param address 127.0.0.1 with any port; 0 takes a free one
   * @param origins the origins of login pages, exactly as browsers send them; asked per request
   * @param help whom a refusal tells people to call, such as a telephone number; asked per refusal
   * @throws IllegalArgumentException for any other address than 127.0.0.1
   * @throws IOException when the port cannot be had
   */
  public LoopbackServer(
      InetSocketAddress address,
      Peers peers,
      Seats seats,
      LoopbackCalls calls,
      Supplier<List<String>> origins,
      Supplier<String> help,
      InstantSource clock)
      throws IOException {
    InetAddress ip = address.getAddress();
    if (ip == null || !ip.equals(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      throw new IllegalArgumentException("the loopback port is on 127.0.0.1 only");
    }
    this.server = HttpServer.create(address, 64);
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            0,
            THREADS,
            30,
            TimeUnit.SECONDS,
            // No queue: what cannot be served now is closed at once, so it cannot pile up.
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "loopback-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    Gate gate =
        new Gate(server.getAddress().getPort(), peers, seats, origins, new Strikes(calls, clock));
    LoopbackRoutes routes = new LoopbackRoutes(calls, help);
    server.createContext("/", exchange -> serve(exchange, gate, routes));
    server.start();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Closes the port and every connection; a login that still runs loses its answer. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void serve(HttpExchange exchange, Gate gate, LoopbackRoutes routes)
      throws IOException {
    try (exchange) {
      routes.serve(exchange, gate.pass(exchange));
    }
  }
}
