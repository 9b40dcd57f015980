package jp.sekisho.server.web;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import org.jspecify.annotations.Nullable;

/** The session behind a request that {@link SessionFilter} let pass. */
final class CurrentSession {
  private CurrentSession() {}

  /** What the cookie is worth. */
  static Resolution resolution(HttpRequest<?> request) {
    return request
        .getAttribute(SessionFilter.RESOLUTION, Resolution.class)
        .orElseThrow(() -> new IllegalStateException("a route behind no session filter"));
  }

  /** The active session on a route that only those reach. */
  static Session active(HttpRequest<?> request) {
    return switch (resolution(request)) {
      case Resolution.Active(Session session) -> session;
      case Resolution.Suspended _ ->
          throw new IllegalStateException("the filter lets no suspended session here");
      case Resolution.Refused _ ->
          throw new IllegalStateException("the filter lets no refused session here");
    };
  }

  /** Makes a page of its content; of a suspended session's page there is the lock only. */
  @FunctionalInterface
  interface Layout<C> {
    HttpResponse<?> of(Session session, @Nullable C content);
  }

  /**
   * A page whose content only an active session gets.
   *
   * @param otherwise what is said where there is no content
   */
  static <C> HttpResponse<?> page(
      HttpRequest<?> request,
      Answers answers,
      Refusal otherwise,
      Function<Session, Optional<C>> content,
      Layout<C> layout) {
    return switch (resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) -> layout.of(session, null);
      case Resolution.Active(Session session) ->
          content
              .apply(session)
              .<HttpResponse<?>>map(shown -> layout.of(session, shown))
              .orElseGet(() -> answers.refuse(otherwise, request));
    };
  }
}
