package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Supplier;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.ActingPerson;
import jp.sekisho.server.listener.Doors;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Token;

/**
 * The person of the session that {@link SessionFilter} found behind a request; on routes that it
 * lets everybody have, and where it failed itself, of the session whose cookie came along.
 */
@Singleton
@Requires(beans = Installation.class)
final class ActingSession implements ActingPerson {
  private final Sessions sessions;

  ActingSession(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public Supplier<Optional<Entry.Subject>> of(HttpRequest<?> request) {
    Optional<Resolution> found = request.getAttribute(SessionFilter.RESOLUTION, Resolution.class);
    if (found.isPresent()) {
      return () -> subject(found.get());
    }
    Optional<Token> token = SessionCookies.read(request, SessionCookies.SESSION);
    if (token.isEmpty()) {
      return Optional::empty;
    }
    InetAddress source = Doors.source(request);
    return () -> subject(sessions.resolve(token.get(), Sessions.Use.LOOK, source));
  }

  private static Optional<Entry.Subject> subject(Resolution resolution) {
    return switch (resolution) {
      case Resolution.Active(Session session) -> Optional.of(session.subject());
      case Resolution.Suspended(Session session) -> Optional.of(session.subject());
      case Resolution.Refused _ -> Optional.empty();
    };
  }
}
