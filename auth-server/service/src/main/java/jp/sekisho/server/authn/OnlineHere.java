package jp.sekisho.server.authn;

import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.OnlineLogin;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.Authenticators.Found;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/**
 * Who is logged in at a terminal by a card that may log in there without the service later: a staff
 * card of normal assurance. Thread-safe.
 */
final class OnlineHere {
  private final Transactions transactions;
  private final Sessions sessions;
  private final Authenticators cards;

  OnlineHere(Transactions transactions, Sessions sessions, Authenticators cards) {
    this.transactions = transactions;
    this.sessions = sessions;
    this.cards = cards;
  }

  OnlineLogins at(String terminal) {
    return transactions.read(handle ->
        new OnlineLogins(
            sessions.openAt(handle, terminal).stream()
                .flatMap(session -> login(handle, session).stream())
                .distinct()
                .limit(OnlineLogins.MOST)
                .toList()));
  }

  private Optional<OnlineLogin> login(Handle handle, Session session) {
    String key = session.authenticator();
    return key != null && !session.assurance().equals(Session.LOW) && isStaffCard(handle, key)
        ? Optional.of(new OnlineLogin(session.person(), key, session.resumed().toString()))
        : Optional.empty();
  }

  /** Passkeys and temporary cards stand in other tables. */
  private boolean isStaffCard(Handle handle, String key) {
    try {
      return cards.find(handle, Base64Url.decode(key, 32))
              instanceof Found.Sound(Authenticator card)
          && card.state() == Authenticator.State.ACTIVE
          && card.assurance() == Authenticator.Assurance.NORMAL
          && card.kind() != CardKind.JPKI;
    } catch (MalformedException e) {
      return false;
    }
  }
}
