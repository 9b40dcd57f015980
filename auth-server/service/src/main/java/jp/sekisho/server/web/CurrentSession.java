package jp.sekisho.server.web;

import io.micronaut.http.HttpRequest;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;

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
}
