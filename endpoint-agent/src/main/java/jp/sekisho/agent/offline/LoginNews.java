package jp.sekisho.agent.offline;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import jp.sekisho.agent.login.Bindings;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.OnlineLogins;
import org.jspecify.annotations.Nullable;

/**
 * Hears from the service who is logged in online here, after a card answered: this terminal itself
 * does not learn whether its answer was taken. Thread-safe.
 */
public final class LoginNews implements Bindings.Listener {
  /** Heartbeats after which it is asked about one answer: the page may post it late, or never. */
  static final int TIMES = 3;

  private final Contacts contacts;
  private final Supplier<Reply<OnlineLogins>> service;
  private final AtomicInteger left = new AtomicInteger(1);
  private volatile @Nullable LivePresence newest;

  public LoginNews(Contacts contacts, Supplier<Reply<OnlineLogins>> service) {
    this.contacts = contacts;
    this.service = service;
  }

  @Override
  public void came(LivePresence presence) {
    newest = presence;
    left.set(TIMES);
  }

  @Override
  public void went(LivePresence presence, boolean cardGone) {
    // The login was all the same.
  }

  /** Asks, if there is something to ask; to be called after each answered heartbeat. */
  public void look() {
    LivePresence about = newest;
    if (left.get() > 0
        && left.getAndDecrement() > 0
        && service.get() instanceof Reply.Ok<OnlineLogins> ok) {
      contacts.logins(ok.value());
      if (about != null && about.equals(newest) && names(ok.value(), about.spki())) {
        left.set(0);
      }
    }
  }

  private static boolean names(OnlineLogins logins, String spki) {
    return logins.logins().stream().anyMatch(one -> one.spki().equals(spki));
  }
}
