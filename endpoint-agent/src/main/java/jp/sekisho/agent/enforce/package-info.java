/**
 * What this terminal lets out and in: policy to action to verified effect, for any operating
 * system.
 *
 * <p>For most uses: {@link jp.sekisho.agent.enforce.Gates}, and {@link
 * jp.sekisho.agent.enforce.MediaGate} for storage; how is in the packages below, which see this one
 * and which it does not see. A gate reports what it measured, never what it intended: 有効 only while
 * the effect is there, otherwise 設定不良 with a stable word.
 */
@NullMarked
package jp.sekisho.agent.enforce;

import org.jspecify.annotations.NullMarked;
