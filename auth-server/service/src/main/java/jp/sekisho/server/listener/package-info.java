/**
 * The two doors of the service: keys and certificates, TLS, what every answer and every refusal
 * looks like, and who may knock at the people's port.
 *
 * <p>People come to one port (TLS, or plain HTTP on loopback in a trial), agents to another (TLS
 * 1.3, client certificate requested). Micronaut keeps their routes apart by port; {@link
 * jp.sekisho.server.listener.PeoplePortFilter} here and {@code terminal.AgentPortFilter} refuse by
 * default whatever arrives at the wrong door, so a mistake in one of the two opens nothing.
 *
 * <p>For most uses: {@link jp.sekisho.server.listener.ServerKeys} makes and loads the keys, {@link
 * jp.sekisho.server.listener.Listeners} turns settings into Micronaut properties, and controllers
 * answer through {@link jp.sekisho.server.listener.Answers}.
 *
 * <p>The handshake of the agents' port proves only that the caller holds the private key of the
 * certificate it shows. Whether that certificate counts is decided per request by the filter, which
 * can say why not, write it down, and use the service's own clock.
 */
@NullMarked
package jp.sekisho.server.listener;

import org.jspecify.annotations.NullMarked;
