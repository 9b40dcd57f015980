package jp.sekisho.server.terminal;

import io.micronaut.http.HttpMethod;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every route of the agents' port and who may call it: the table of {@link AgentPortFilter}. What
 * is not here does not exist on that port, whatever controllers there are.
 */
enum AgentRoute {
  /** A terminal's first words. */
  ENROLL("/agent/v1/enroll", Caller.ANYONE),
  /** A new certificate, also long after the old one ended. */
  RENEW("/agent/v1/renew", Caller.ACTIVE_OR_EXPIRED),
  /** Binds a transaction to the terminal. */
  FETCH("/agent/v1/transactions/[A-Za-z0-9_-]{22}/fetch", Caller.ACTIVE),
  /** Records for the log. */
  EVENTS("/agent/v1/events", Caller.ACTIVE_OR_PENDING),
  /** A sign of life. */
  HEARTBEAT("/agent/v1/heartbeat", Caller.ACTIVE_OR_PENDING),
  /** The signed files that count for this terminal. */
  POLICY(HttpMethod.GET, "/agent/v1/policy", Caller.ACTIVE),
  /** What the service judges cards by. */
  CARD_TRUST(HttpMethod.GET, "/agent/v1/card-trust(/[A-Za-z0-9_-]{43})?", Caller.ACTIVE),
  /** Exceptions for this terminal. */
  GRANTS(HttpMethod.GET, "/agent/v1/grants", Caller.ACTIVE),
  /** The use of one begins. */
  ACTIVATE("/agent/v1/grants/[A-Za-z0-9_-]{22}/activate", Caller.ACTIVE),
  /** Who is logged in there online. */
  LOGINS(HttpMethod.GET, "/agent/v1/logins", Caller.ACTIVE),
  /** A relying service asks for a login. */
  SERVICE_ASK("/agent/v1/services/transactions", Caller.SERVICE),
  /** It hands on the answer. */
  SERVICE_ANSWER("/agent/v1/services/transactions/[A-Za-z0-9_-]{22}/answer", Caller.SERVICE),
  /** It hears which of its sessions are over. */
  SERVICE_SESSIONS("/agent/v1/services/sessions/ended", Caller.SERVICE),
  /** It reports events of its own. */
  SERVICE_EVENTS("/agent/v1/services/events", Caller.SERVICE),
  /** It compares its event store with the log. */
  SERVICE_EVENTS_HELD("/agent/v1/services/events/held", Caller.SERVICE),
  /** It asks for the state of a session's terminal. */
  SERVICE_TERMINAL("/agent/v1/services/terminals/state", Caller.SERVICE);

  /** Who may call. */
  enum Caller {
    /** Without a certificate; one that is shown does not matter. */
    ANYONE,
    /** A confirmed terminal with a valid certificate. */
    ACTIVE,
    /** A confirmed terminal, its certificate expired by no more than 30 days. */
    ACTIVE_OR_EXPIRED,
    /** An enrolled terminal with a valid certificate. */
    ACTIVE_OR_PENDING,
    /** A registered relying service with a valid certificate, and no terminal. */
    SERVICE
  }

  private static final int SMALL_BODY = 64 * 1024;
  private static final int LARGE_BODY = 1 << 20;

  private final HttpMethod method;
  private final Pattern path;
  private final Caller caller;

  AgentRoute(String path, Caller caller) {
    this(HttpMethod.POST, path, caller);
  }

  AgentRoute(HttpMethod method, String path, Caller caller) {
    this.method = method;
    this.path = Pattern.compile(path);
    this.caller = caller;
  }

  /** The route of exactly this method and raw path. */
  static Optional<AgentRoute> of(HttpMethod method, String rawPath) {
    for (AgentRoute route : values()) {
      if (route.method == method && route.path.matcher(rawPath).matches()) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  Caller caller() {
    return caller;
  }

  /** Largest body, in bytes. */
  int maxBody() {
    return this == EVENTS || this == SERVICE_EVENTS ? LARGE_BODY : SMALL_BODY;
  }

  /** The word in the log. */
  String text() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
