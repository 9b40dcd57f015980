package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.listener.DeviceCa;
import jp.sekisho.server.listener.DeviceCa.Examined;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Decides who calls and whether that caller may call that route: certificate of our device CA, for
 * the key registered now, of a terminal in the right state, at a time the injected clock allows.
 * Thread-safe.
 */
@Singleton
final class AgentPortGuard {
  /** How long after its end a certificate still serves to renew itself. */
  static final Duration RENEWABLE = Duration.ofDays(30);

  private final DeviceCa ca;
  private final Terminals terminals;
  private final RelyingServices services;
  private final Transactions transactions;
  private final InstantSource clock;

  AgentPortGuard(
      DeviceCa ca,
      Terminals terminals,
      RelyingServices services,
      Transactions transactions,
      InstantSource clock) {
    this.ca = ca;
    this.terminals = terminals;
    this.services = services;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** The decision about one request. */
  sealed interface Verdict {
    /** The route is open to strangers. */
    record Stranger() implements Verdict {}

    /** The terminal may call the route. */
    record Admitted(Terminal terminal) implements Verdict {}

    /** No, to somebody whose identity is not proved. */
    record StrangerRefused(Refusal refusal) implements Verdict {}

    /** The relying service may call the route. */
    record AdmittedService(RelyingService service) implements Verdict {}

    /** No, to a relying service that proved its registered key. */
    record ServiceRefused(RelyingService service, Refusal refusal) implements Verdict {}

    /** No, to a terminal that proved its registered key. */
    record TerminalRefused(Terminal terminal, Refusal refusal) implements Verdict {}
  }

  /**
   * Judges a request.
   *
   * @param route null when the table knows no such route
   * @param shown the certificate whose key the handshake proved; null without one
   */
  Verdict judge(@Nullable AgentRoute route, @Nullable X509Certificate shown) {
    if (route != null && route.caller() == AgentRoute.Caller.ANYONE) {
      return new Verdict.Stranger();
    }
    if (shown == null) {
      return new Verdict.StrangerRefused(Refusal.DEVICE_CERT_MISSING);
    }
    return switch (ca.examine(shown)) {
      case Examined.Foreign _ -> new Verdict.StrangerRefused(Refusal.DEVICE_CERT_FOREIGN);
      case Examined.Ours ours -> judge(route, ours);
      case Examined.OurService service -> judge(route, service);
    };
  }

  private Verdict judge(@Nullable AgentRoute route, Examined.OurService shown) {
    Optional<RelyingService> found =
        transactions.read(handle -> services.find(handle, shown.service()));
    if (found.isEmpty() || !Arrays.equals(found.get().spki(), shown.spki())) {
      return new Verdict.StrangerRefused(Refusal.DEVICE_CERT_FOREIGN);
    }
    RelyingService service = found.get();
    Instant now = clock.instant();
    if (service.state() == RelyingService.State.REVOKED) {
      return new Verdict.ServiceRefused(service, Refusal.SERVICE_REVOKED);
    }
    if (now.isBefore(shown.notBefore()) || now.isAfter(shown.notAfter())) {
      return new Verdict.ServiceRefused(service, Refusal.DEVICE_CERT_EXPIRED);
    }
    if (route == null) {
      return new Verdict.ServiceRefused(service, Refusal.NOT_FOUND);
    }
    return route.caller() == AgentRoute.Caller.SERVICE
        ? new Verdict.AdmittedService(service)
        : new Verdict.ServiceRefused(service, Refusal.DEVICE_CERT_FOREIGN);
  }

  private Verdict judge(@Nullable AgentRoute route, Examined.Ours shown) {
    Optional<Terminal> found =
        transactions.read(handle -> terminals.find(handle, shown.terminal()));
    // A certificate of a key that was replaced since proves nothing about the terminal of now.
    if (found.isEmpty() || !Arrays.equals(found.get().spki(), shown.spki())) {
      return new Verdict.StrangerRefused(Refusal.DEVICE_CERT_FOREIGN);
    }
    Terminal terminal = found.get();
    Refusal refusal = refusal(route, shown, terminal);
    return refusal == null
        ? new Verdict.Admitted(terminal)
        : new Verdict.TerminalRefused(terminal, refusal);
  }

  private @Nullable Refusal refusal(
      @Nullable AgentRoute route, Examined.Ours shown, Terminal terminal) {
    if (terminal.state() == Terminal.State.REVOKED) {
      return Refusal.TERMINAL_REVOKED;
    }
    AgentRoute.Caller caller = route == null ? AgentRoute.Caller.ACTIVE : route.caller();
    Instant now = clock.instant();
    Instant end =
        caller == AgentRoute.Caller.ACTIVE_OR_EXPIRED
            ? shown.notAfter().plus(RENEWABLE)
            : shown.notAfter();
    if (now.isBefore(shown.notBefore()) || now.isAfter(end)) {
      return Refusal.DEVICE_CERT_EXPIRED;
    }
    if (route == null) {
      return Refusal.NOT_FOUND;
    }
    if (caller == AgentRoute.Caller.SERVICE) {
      return Refusal.DEVICE_CERT_FOREIGN;
    }
    boolean pending = terminal.state() == Terminal.State.PENDING;
    return pending && caller != AgentRoute.Caller.ACTIVE_OR_PENDING
        ? Refusal.TERMINAL_PENDING
        : null;
  }
}
