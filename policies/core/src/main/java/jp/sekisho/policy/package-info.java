/**
 * The compiled policy: what officers sign and terminals obey.
 *
 * <p>For most uses: {@link jp.sekisho.policy.Policy#parse}, which refuses everything unknown, and
 * the records of its sections. A package per capability holds the rules; {@code
 * jp.sekisho.policy.source} in the command line program compiles them from YAML.
 */
@NullMarked
package jp.sekisho.policy;

import org.jspecify.annotations.NullMarked;
