/**
 * What a policy can set: each {@link jp.sekisho.policy.setting.Setting} has a place, the form of
 * its value, an order that says which of two values is stricter, and the strictest value, which
 * holds when no layer sets it.
 *
 * <p>For most uses: the constants in the packages of the sections, such as {@code
 * jp.sekisho.policy.clipboard.ClipboardSettings}, and {@code jp.sekisho.policy.Settings}, which
 * lists them all. Combining layers, comparing two policies and the JSON on disk follow from these
 * alone, so a new setting cannot be forgotten by one of them.
 */
@NullMarked
package jp.sekisho.policy.setting;

import org.jspecify.annotations.NullMarked;
