package jp.sekisho.protocol;

import java.util.List;

/**
 * Who is logged in online at a terminal, as the service tells that terminal: those, and nobody
 * else, may log in there later while the service cannot be reached.
 *
 * @param logins one per card; not those of low assurance, temporary cards or passkeys
 */
public record OnlineLogins(List<OnlineLogin> logins) {
  /** Most logins of one terminal at a time. */
  public static final int MOST = 64;

  public OnlineLogins {
    logins = List.copyOf(logins);
  }
}
