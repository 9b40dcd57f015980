package jp.sekisho.server.terminal;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ConditionalFilter;
import io.micronaut.http.server.annotation.PreMatching;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.protocol.event.TerminalEvent;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.Doors;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.PerMinute;
import jp.sekisho.server.listener.RefusalCounter;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one guard of the agents' port: refuses every request that {@link AgentPortGuard} does not
 * admit, and puts the terminal of an admitted one into the request ({@link AgentPort#terminal}).
 *
 * <p>A refused terminal becomes an entry, at most one per terminal, route, reason and minute; a
 * refused stranger is counted.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Requires(beans = ListenerSettings.class)
@Order(-900)
final class AgentPortFilter implements ConditionalFilter {
  private static final Logger LOG = LoggerFactory.getLogger(AgentPortFilter.class);

  private final AgentPortGuard guard;
  private final Doors doors;
  private final Answers answers;
  private final RefusalCounter strangers;
  private final Transactions transactions;
  private final InstantSource clock;
  private final PerMinute bound = new PerMinute();

  AgentPortFilter(
      AgentPortGuard guard,
      Doors doors,
      Answers answers,
      RefusalCounter strangers,
      Transactions transactions,
      InstantSource clock) {
    this.guard = guard;
    this.doors = doors;
    this.answers = answers;
    this.strangers = strangers;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Asked before a thread is taken for it: the people's port is guarded by filters of its own. */
  @Override
  public boolean isEnabled(HttpRequest<?> request) {
    return doors.isAgents(request);
  }

  @RequestFilter
  @PreMatching
  @ExecuteOn(TaskExecutors.BLOCKING)
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    if (!doors.isAgents(request)) {
      return null;
    }
    AgentRoute route = AgentRoute.of(request.getMethod(), request.getPath()).orElse(null);
    X509Certificate shown = request.getCertificate().map(X509Certificate.class::cast).orElse(null);
    return switch (guard.judge(route, shown)) {
      case AgentPortGuard.Verdict.Stranger _ -> {
        Refusal refusal = body(request, route);
        yield refusal == null ? null : refuse(request, refusal);
      }
      case AgentPortGuard.Verdict.Admitted(Terminal terminal) -> {
        Refusal refusal = body(request, route);
        if (refusal != null) {
          yield refuse(request, route, terminal, refusal);
        }
        request.setAttribute(AgentPort.TERMINAL, terminal);
        yield null;
      }
      case AgentPortGuard.Verdict.AdmittedService(RelyingService service) -> {
        Refusal refusal = body(request, route);
        if (refusal != null) {
          yield refuse(request, route, service, refusal);
        }
        request.setAttribute(AgentPort.SERVICE, service);
        yield null;
      }
      case AgentPortGuard.Verdict.ServiceRefused(RelyingService service, Refusal refusal) ->
          refuse(request, route, service, refusal);
      case AgentPortGuard.Verdict.StrangerRefused(Refusal refusal) -> refuse(request, refusal);
      case AgentPortGuard.Verdict.TerminalRefused(Terminal terminal, Refusal refusal) ->
          refuse(request, route, terminal, refusal);
    };
  }

  private static @Nullable Refusal body(HttpRequest<?> request, @Nullable AgentRoute route) {
    return Doors.bodyRefusal(request, route == null ? 0 : route.maxBody());
  }

  private HttpResponse<?> refuse(HttpRequest<?> request, Refusal refusal) {
    strangers.count(Doors.source(request), refusal);
    return answer(request, refusal);
  }

  private HttpResponse<?> refuse(
      HttpRequest<?> request, @Nullable AgentRoute route, Terminal terminal, Refusal refusal) {
    String text = text(route);
    record(terminal.id(), text, terminal.subject(), new TerminalEvent.Refused(text, refusal));
    return answer(request, refusal);
  }

  private HttpResponse<?> refuse(
      HttpRequest<?> request, @Nullable AgentRoute route, RelyingService service, Refusal refusal) {
    String text = text(route);
    record(
        service.name(),
        text,
        Entry.Subject.NONE,
        new RelyingEvent.Refused(service.name(), text, refusal));
    return answer(request, refusal);
  }

  private static String text(@Nullable AgentRoute route) {
    return route == null ? "unknown" : route.text();
  }

  private void record(String caller, String route, Entry.Subject subject, AuditEvent refused) {
    if (bound.first(String.join(" ", caller, route, "" + refused.reason()), clock.instant())) {
      try {
        transactions.write(change -> change.record(subject, refused));
      } catch (StorageException e) {
        // Refused all the same: the entry is for the log, the refusal does not depend on it.
        LOG.error("the entry for a refused caller could not be written", e);
      }
    }
  }

  private MutableHttpResponse<byte[]> answer(HttpRequest<?> request, Refusal refusal) {
    return answers.refuse(refusal, request).header(HttpHeaders.CACHE_CONTROL, "no-store");
  }
}
