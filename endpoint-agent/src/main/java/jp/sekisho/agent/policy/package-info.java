/**
 * The signed files this terminal goes by: fetched, verified against the root its ticket named, kept
 * on disk, handed to the USB gate and the desk of grants.
 *
 * <p>For most uses: {@link jp.sekisho.agent.policy.TrustedPolicies#current}. Empty means: nothing
 * that needs a rule is allowed. Not trusted: the service and its database; what they send that is
 * older, changed or wrongly signed is refused and recorded, and what counted before still does.
 */
@NullMarked
package jp.sekisho.agent.policy;

import org.jspecify.annotations.NullMarked;
