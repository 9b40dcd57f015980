package jp.sekisho.server.session;

import io.micronaut.context.ApplicationContext;
import java.net.InetAddress;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.config.Installation;
import org.jspecify.annotations.Nullable;

/** A session as a login by card leaves it, with its entry, in a service that runs in this JVM. */
public final class SampleSession {
  private SampleSession() {}

  /** From this machine, in no chosen post; returns the session's secret. */
  public static Token open(ApplicationContext context, String person, String organ) {
    return open(context, person, organ, null, InetAddress.getLoopbackAddress());
  }

  /** At the terminal {@code T-<person>}; returns the session's secret. */
  public static Token open(
      ApplicationContext context,
      String person,
      String organ,
      @Nullable String post,
      InetAddress from) {
    return open(context, person, organ, post, "T-" + person, from);
  }

  /** At any terminal; returns the session's secret. */
  public static Token open(
      ApplicationContext context,
      String person,
      String organ,
      @Nullable String post,
      String terminal,
      InetAddress from) {
    Token token = Token.random();
    Sessions sessions = context.getBean(Sessions.class);
    context
        .getBean(Installation.class)
        .transactions()
        .write(change -> {
          var login =
              change.record(
                  new Entry.Subject(organ, person, null, terminal, Session.nameOf(token.hash())),
                  new LoginEvent.Succeeded(
                      "t", Purpose.LOGIN, "s", "g", "k", true, "staff-piv", "normal"));
          sessions.open(
              change,
              login,
              token,
              new Sessions.Opening(
                  person, organ, post, terminal, "boot", "t-" + person, "normal", from));
          return null;
        });
    return token;
  }
}
