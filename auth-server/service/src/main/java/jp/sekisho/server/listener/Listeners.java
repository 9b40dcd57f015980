package jp.sekisho.server.listener;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** The Micronaut properties of the two ports. */
public final class Listeners {
  /** Largest body of any route, in bytes. */
  static final int MAX_BODY = 1 << 20;

  private static final int FIRST_PORT = 15_000;
  private static final int PORTS = 15_000;

  /** Where the next look begins; several processes begin at different ones. */
  private static final AtomicInteger NEXT_PORT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));

  private Listeners() {}

  /**
   * The properties to start the context with.
   *
   * <p>Ports must be fixed before, because controllers name theirs: see {@link #freePort}.
   */
  public static Map<String, Object> properties(ListenerSettings settings) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("sekisho.agents.port", settings.agentsPort());
    String people = "micronaut.server.netty.listeners.people.";
    properties.put(people + "host", settings.trial() ? "127.0.0.1" : "0.0.0.0");
    properties.put(people + "port", settings.peoplePort());
    properties.put(people + "ssl", !settings.trial());
    properties.put(people + "key-name", KeyStoreNone.NAME);
    properties.put(people + "expose-default-routes", true);
    String agents = "micronaut.server.netty.listeners.agents.";
    properties.put(agents + "host", "0.0.0.0");
    properties.put(agents + "port", settings.agentsPort());
    properties.put(agents + "ssl", true);
    properties.put(agents + "key-name", KeyStoreNone.NAME);
    properties.put(agents + "expose-default-routes", false);
    // Only makes Micronaut build TLS at all; the listeners above say where.
    properties.put("micronaut.server.ssl.enabled", true);
    properties.put("micronaut.server.max-request-size", MAX_BODY);
    properties.put("micronaut.server.multipart.enabled", false);
    properties.put("micronaut.server.idle-timeout", "120s");
    // Controllers wait for the database; none may do so on a connection's own thread.
    properties.put("micronaut.server.thread-selection", "BLOCKING");
    properties.put("micronaut.banner.enabled", false);
    return properties;
  }

  /**
   * A port nobody listens on now, for settings that say 0, and another one each time. None of those
   * that the system gives to connections that go out (Linux: from 32768, Windows: from 49152): one
   * of them would take it before anybody listens.
   */
  public static int freePort() {
    for (int tries = 0; tries < PORTS; tries++) {
      int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Somebody listens there: the next one.
      }
    }
    throw new IllegalStateException("no port is free");
  }
}
