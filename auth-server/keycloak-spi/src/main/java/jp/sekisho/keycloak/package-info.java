/**
 * The provider for Keycloak 26.7: a flow asks Sekisho's service for card and PIN.
 *
 * <p>Thin on purpose. The page gives the terminal's agent nothing but a transaction's id and posts
 * one opaque answer; the service judges it ({@link jp.sekisho.keycloak.SekishoService}), this
 * provider compares what comes back with what it asked, finds the user by an attribute and says
 * yes. It keeps no key but its own client certificate's, no card data and no state of a login
 * outside Keycloak's authentication session.
 *
 * <p>Fails closed: whatever is not a proof of the service is a refusal, and whatever keeps the
 * service from answering is an error page with status 503, which counts against nobody. For the
 * wire see {@code docs/adr/0015-relying-services.md}, for its use {@code docs/keycloak.md}.
 */
@NullMarked
package jp.sekisho.keycloak;

import org.jspecify.annotations.NullMarked;
