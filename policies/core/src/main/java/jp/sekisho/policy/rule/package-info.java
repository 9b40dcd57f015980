/**
 * What every rule of a policy has besides its value: an id that decisions and the log name, and a
 * reason people can read.
 */
@NullMarked
package jp.sekisho.policy.rule;

import org.jspecify.annotations.NullMarked;
