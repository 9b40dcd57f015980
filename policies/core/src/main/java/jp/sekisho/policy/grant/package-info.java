/**
 * The part of a policy about exceptions that people approve with their cards: how long one may
 * last, and whose cards approve. Terminals check an approval against these keys, not against the
 * service's word.
 */
@NullMarked
package jp.sekisho.policy.grant;

import org.jspecify.annotations.NullMarked;
