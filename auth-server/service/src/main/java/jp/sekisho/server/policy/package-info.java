/**
 * Signed policies: what officers signed is imported at the console, verified and kept as it came;
 * roster and current are signed here by the online key; terminals fetch all of it.
 *
 * <p>For most uses: {@link jp.sekisho.server.policy.SignedPolicies}. No page and no route imports
 * anything: whoever holds this service can list staff cards and say which versions count, but not
 * change a rule. Rows of {@code signed_file} are sealed.
 */
@NullMarked
package jp.sekisho.server.policy;

import org.jspecify.annotations.NullMarked;
