/** What the agent's tests share: a service that speaks the contract over TLS, seats, clocks. */
@NullMarked
package jp.sekisho.agent.testing;

import org.jspecify.annotations.NullMarked;
