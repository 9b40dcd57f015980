/**
 * The provider for Keycloak 26.7: a flow asks Sekisho's service for card and PIN.
 *
 * <p>Thin on purpose. The page gives the terminal's agent nothing but a transaction's id and posts
 * one opaque answer; the service judges it ({@link jp.sekisho.keycloak.SekishoService}), this
 * provider compares what comes back with what it asked, finds the user by an attribute or the user
 * name and says yes. It keeps no key but its own client certificate's, no card data and no state of
 * a login outside Keycloak's authentication session.
 *
 * <p>Fails closed: whatever is not a proof of the service is a refusal, and whatever keeps the
 * service from answering is an error page with status 503, which counts against nobody. For the
 * wire see {@code docs/adr/0015-relying-services.md}, for its use {@code docs/keycloak.md}.
 *
 * <h2>Where to begin</h2>
 *
 * <ul>
 *   <li>A login: {@link jp.sekisho.keycloak.StepAuthenticator}, with {@link
 *       jp.sekisho.keycloak.LevelFactory} before the cookie and {@link
 *       jp.sekisho.keycloak.TerminalConditionFactory} behind the card.
 *   <li>An event: {@link jp.sekisho.keycloak.EventsListener} to {@link jp.sekisho.keycloak.Spool}
 *       to {@link jp.sekisho.keycloak.EventsSender}; what got lost is found by {@link
 *       jp.sekisho.keycloak.Comparison}. What leaves Keycloak: {@link
 *       jp.sekisho.keycloak.Occurrence}, less {@link jp.sekisho.keycloak.Strangers}.
 *   <li>An end: {@link jp.sekisho.keycloak.EndedSessions} asks, {@link
 *       jp.sekisho.keycloak.SeenEnds} remembers, {@link jp.sekisho.keycloak.LogoutCalls} tells
 *       applications.
 * </ul>
 *
 * <h2>At another Keycloak</h2>
 *
 * <p>Its service provider interfaces are internal, and these are where it may move under us: that
 * {@code AcrStore} reads the levels of switched-off subflows and the level that a client note asks
 * (ADR 0029); that the cookie's step compares that note; that an event of the error kind has a
 * transaction of its own and a listener may be part of one after completion; that {@code
 * PostMigrationEvent} comes when the realms are there; that the lock-out counts its own categories
 * and steps without one; that an exception of a condition carries its page out of the flow, and
 * which one does so within an alternative; that Apache's HttpClient 4.5 is on the class path (ADR
 * 0044). {@code KeycloakIT} notices each. The jar has a limit, so its wire records are listed one
 * by one in the pom, and {@code ProviderJarIT} says which one is missing.
 */
@NullMarked
package jp.sekisho.keycloak;

import org.jspecify.annotations.NullMarked;
