package jp.sekisho.server.authn;

import jp.sekisho.server.session.Relying;

/**
 * A login that a relying service asks for.
 *
 * @param session where the session will be kept
 * @param client the application that the person wants to reach
 */
record RelyingLogin(Relying session, String client) {}
