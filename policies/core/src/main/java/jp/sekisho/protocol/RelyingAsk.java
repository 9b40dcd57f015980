package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A relying service asks for a login transaction: {@code POST /agent/v1/services/transactions}.
 *
 * @param realm the service's realm; must be the registered one
 * @param client the application that the person wants to reach, for the log
 * @param session id under which the service will keep the person's session
 * @param source address of the browser as the service sees it, without a name lookup
 * @param back for a login by passkey: where our page posts the answer, at the registered origin;
 *     absent for a card, which is asked on the service's own page
 */
public record RelyingAsk(
    String realm, String client, String session, String source, @Nullable String back) {}
