/**
 * The part of a policy about the log: how long it is kept, what auditors are asked to look at, and
 * what happens when a terminal has no room left for it.
 */
@NullMarked
package jp.sekisho.policy.audit;

import org.jspecify.annotations.NullMarked;
