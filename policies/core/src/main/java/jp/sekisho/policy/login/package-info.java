/**
 * The part of a policy about logins and sessions. Each bound is checked where the value is made, so
 * no policy can hold a session without an end.
 */
@NullMarked
package jp.sekisho.policy.login;

import org.jspecify.annotations.NullMarked;
