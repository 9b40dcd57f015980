package jp.sekisho.server.session;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import java.util.Optional;

/**
 * The cookies that carry secrets. {@code __Host-} makes browsers refuse them from any other host,
 * path or without {@code Secure}.
 */
public final class SessionCookies {
  /** Shows that an answer comes from the browser that asked. */
  public static final String PRELOGIN = "__Host-sekisho-prelogin";

  /** A session. */
  public static final String SESSION = "__Host-sekisho-session";

  /** The browser that entered the code of the first start. */
  public static final String SETUP = "__Host-sekisho-setup";

  private SessionCookies() {}

  /** The secret in the cookie called {@code name}, if there is one of its form. */
  public static Optional<Token> read(HttpRequest<?> request, String name) {
    return request.getCookies().findCookie(name).map(Cookie::getValue).flatMap(Token::parse);
  }

  /** Gives the browser a secret until it closes. */
  public static Cookie set(String name, Token token) {
    return of(name, token.secret());
  }

  /** Takes it away. */
  public static Cookie clear(String name) {
    return of(name, "").maxAge(0);
  }

  private static Cookie of(String name, String value) {
    return Cookie.of(name, value).path("/").secure(true).httpOnly(true).sameSite(SameSite.Strict);
  }
}
