package jp.sekisho.server.terminal;

import io.micronaut.http.HttpRequest;

/**
 * The agents' port as its controllers see it: {@code @Controller(value = "/agent/v1/…", port =
 * AgentPort.PORT)}, and {@link #terminal} for the caller.
 */
public final class AgentPort {
  /** For {@code @Controller(port = …)}: the port that {@code listener.Listeners} set. */
  public static final String PORT = "${sekisho.agents.port}";

  /** Request attribute with the authenticated {@link Terminal}. */
  public static final String TERMINAL = "sekisho.terminal";

  /** Request attribute with the authenticated {@link RelyingService}. */
  public static final String SERVICE = "sekisho.service";

  private AgentPort() {}

  /**
   * The terminal that {@link AgentPortFilter} identified.
   *
   * @throws IllegalStateException when it identified none: the route is open to strangers, or the
   *     filter did not run
   */
  public static Terminal terminal(HttpRequest<?> request) {
    return request
        .getAttribute(TERMINAL, Terminal.class)
        .orElseThrow(
            () -> new IllegalStateException("a request of the agents' port without its terminal"));
  }

  /**
   * The relying service that {@link AgentPortFilter} identified.
   *
   * @throws IllegalStateException when it identified none
   */
  public static RelyingService service(HttpRequest<?> request) {
    return request
        .getAttribute(SERVICE, RelyingService.class)
        .orElseThrow(
            () -> new IllegalStateException("a request of the agents' port without its service"));
  }
}
