/**
 * Logins at a terminal that cannot reach its service: what is kept of the last contact, who may log
 * in by it, and the one login that stands.
 *
 * <p>Nothing here makes a session of the service. Everything that is unknown, damaged or doubtful
 * refuses.
 */
@NullMarked
package jp.sekisho.agent.offline;

import org.jspecify.annotations.NullMarked;
