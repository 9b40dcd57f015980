/**
 * The part of a policy about card readers: which reader serves whom. A reader for residents is
 * never touched by anything of ours, so every policy gives every reader a role.
 */
@NullMarked
package jp.sekisho.policy.reader;

import org.jspecify.annotations.NullMarked;
