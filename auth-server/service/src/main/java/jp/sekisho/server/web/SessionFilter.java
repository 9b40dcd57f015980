package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ConditionalFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.Doors;
import jp.sekisho.server.listener.RefusalCounter;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sessions.Use;
import jp.sekisho.server.session.Token;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of every route of the people's port: what is not listed here does not exist, what
 * is listed needs an active session unless it is listed as open. An error in here refuses the
 * request. That a POST comes from our own page was checked by {@code listener.PeoplePortFilter}.
 *
 * <p>Routes of the agents' port ({@code /agent/}) are guarded by the filter of that port.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Requires(beans = Installation.class)
@Order(100)
final class SessionFilter implements ConditionalFilter {
  /** Request attribute with the {@link Resolution} of the cookie, on routes that need a session. */
  static final String RESOLUTION = "sekisho.session";

  /** Id of an exception, an exceptional measure or a case of 漏えい等 in a path. */
  private static final String GRANT = "[A-Za-z0-9_-]{22}";

  /** Staff number in a path. */
  private static final String PERSON = "[0-9A-Za-z][0-9A-Za-z-]{0,31}";

  private static final Pattern OPEN_PATHS =
      Pattern.compile(
          "/static/[a-z.]{1,40}"
              + "|/authn/v1/transactions/[A-Za-z0-9_-]{1,64}/(answer|passkey)"
              + "|/relying/[A-Za-z0-9_-]{22}");
  private static final Pattern PAGE_PATHS =
      Pattern.compile(
          "/(grants|measures)/"
              + GRANT
              + "(/request|/permit)?|/breaches/"
              + GRANT
              + "(/paper)?|/people/"
              + PERSON);
  private static final Pattern ACTIVE_PATHS =
      Pattern.compile(
          "/api/v1/[a-z/-]{1,80}|/api/v1/(grants|emergencies|measures|breaches)/"
              + GRANT
              + "(/[a-z-]{1,16})?");

  private final Sessions sessions;
  private final Answers answers;
  private final RefusalCounter refusals;
  private final SessionLimit limit;
  private final List<OpenRoute> openRoutes;

  SessionFilter(
      Sessions sessions,
      Answers answers,
      RefusalCounter refusals,
      SessionLimit limit,
      List<OpenRoute> openRoutes) {
    this.sessions = sessions;
    this.answers = answers;
    this.refusals = refusals;
    this.limit = limit;
    this.openRoutes = List.copyOf(openRoutes);
  }

  /** What a route asks for. */
  private enum Guard {
    /** Everybody. */
    OPEN,
    /** A session in any state but ended; looking is no activity. */
    LOOK,
    /** A page: its controller shows the lock of a suspended session, and nothing else of it. */
    PAGE,
    /** An active session. */
    ACTIVE,
    /** As {@link #PAGE}, the one page of a session whose post is not chosen. */
    CHOICE_PAGE,
    /** As {@link #ACTIVE}, what that page does. */
    CHOICE,
    /** Not a route of the people's port. */
    ABSENT,
    /** Guarded elsewhere. */
    AGENTS
  }

  /** Whether anybody may have {@code path}; the first start's own routes say so elsewhere. */
  static boolean isOpen(String path) {
    return guard(path) == Guard.OPEN;
  }

  private static Guard guard(String path) {
    if (path.startsWith("/agent/")) {
      return Guard.AGENTS;
    }
    return switch (path) {
      case "/", "/health", "/authn/v1/transactions", "/authn/v1/logout" -> Guard.OPEN;
      case "/post" -> Guard.CHOICE_PAGE;
      case "/api/v1/session/post" -> Guard.CHOICE;
      case "/log",
          "/grants",
          "/grants-register",
          "/emergencies",
          "/measures",
          "/breaches",
          "/media",
          "/reconciliation",
          "/log-sheet",
          "/authenticators",
          "/sessions",
          "/people",
          "/temporary",
          "/confirmations",
          "/setup/steps" ->
          Guard.PAGE;
      case "/api/v1/session" -> Guard.LOOK;
      case "/api/v1/log/export.csv", "/api/v1/log/export.jsonl" -> Guard.ACTIVE;
      default -> {
        if (OPEN_PATHS.matcher(path).matches()) {
          yield Guard.OPEN;
        }
        if (PAGE_PATHS.matcher(path).matches()) {
          yield Guard.PAGE;
        }
        if (path.startsWith("/log/")) {
          yield LogFilesController.OPEN.matcher(path).matches()
              ? Guard.OPEN
              : LogFilesController.ENTRIES.matcher(path).matches() ? Guard.ACTIVE : Guard.ABSENT;
        }
        yield ACTIVE_PATHS.matcher(path).matches() ? Guard.ACTIVE : Guard.ABSENT;
      }
    };
  }

  /** Asked before a thread is taken for it: everybody may have these, or others guard them. */
  @Override
  public boolean isEnabled(HttpRequest<?> request) {
    Guard guard = guard(request.getPath());
    return guard != Guard.OPEN && guard != Guard.AGENTS;
  }

  @RequestFilter
  @ExecuteOn(TaskExecutors.BLOCKING)
  @Nullable HttpResponse<?> guard(HttpRequest<?> request) {
    Guard guard = guard(request.getPath());
    if (guard == Guard.OPEN || guard == Guard.AGENTS) {
      return null;
    }
    if (guard == Guard.ABSENT && openRoutes.stream().anyMatch(r -> r.matches(request.getPath()))) {
      return null;
    }
    if (guard == Guard.ABSENT) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    return session(request, guard);
  }

  private @Nullable HttpResponse<?> session(HttpRequest<?> request, Guard guard) {
    Optional<Token> token = SessionCookies.read(request, SessionCookies.SESSION);
    if (token.isEmpty()) {
      return isPage(guard) ? toLogin() : answers.refuse(Refusal.SESSION_NONE, request);
    }
    Resolution worth =
        sessions.resolve(
            token.get(), guard == Guard.LOOK ? Use.LOOK : Use.ACTIVITY, Doors.source(request));
    if (!admits(worth, token.get())) {
      return answers.refuse(Refusal.TOO_MANY, request).header(HttpHeaders.RETRY_AFTER, "60");
    }
    return switch (worth) {
      case Resolution.Refused(Refusal reason) -> {
        HttpResponse<?> refusal = refuse(request, reason);
        yield isPage(guard) && reason != Refusal.STATE_TAMPERED ? toLogin() : refusal;
      }
      case Resolution.Suspended _ when guard == Guard.ACTIVE || guard == Guard.CHOICE ->
          answers.refuse(Refusal.SESSION_SUSPENDED, request);
      case Resolution.Suspended suspended -> pass(request, suspended);
      case Resolution.Active(Session session) when session.isUndecided() && guard == Guard.PAGE ->
          HttpResponse.seeOther(URI.create("/post"));
      case Resolution.Active(Session session) when session.isUndecided() && guard == Guard.ACTIVE ->
          answers.refuse(Refusal.POST_NEEDED, request);
      case Resolution.Active active -> pass(request, active);
    };
  }

  private boolean admits(Resolution worth, Token token) {
    return switch (worth) {
      case Resolution.Refused _ -> true;
      case Resolution.Suspended(Session session) -> limit.admits(session, token);
      case Resolution.Active(Session session) -> limit.admits(session, token);
    };
  }

  private static boolean isPage(Guard guard) {
    return guard == Guard.PAGE || guard == Guard.CHOICE_PAGE;
  }

  private static @Nullable HttpResponse<?> pass(HttpRequest<?> request, Resolution resolution) {
    request.setAttribute(RESOLUTION, resolution);
    return null;
  }

  private static HttpResponse<?> toLogin() {
    return HttpResponse.seeOther(URI.create("/"));
  }

  private HttpResponse<?> refuse(HttpRequest<?> request, Refusal reason) {
    refusals.count(Doors.source(request), reason);
    return answers.refuse(reason, request);
  }
}
