/**
 * The compiled policy: what officers sign and terminals obey.
 *
 * <p>For most uses: {@link jp.sekisho.policy.Policy#parse}, which refuses everything unknown, and
 * {@link jp.sekisho.policy.PolicyEvaluator}, which decides by it. {@link
 * jp.sekisho.policy.PolicyLayers} combines layers by the stricter value; {@link
 * jp.sekisho.policy.Settings} lists all there is to set. A package per capability holds the rules;
 * {@code jp.sekisho.policy.source} in the command line program compiles them from YAML.
 */
@NullMarked
package jp.sekisho.policy;

import org.jspecify.annotations.NullMarked;
