/**
 * The USB gate: every controller closed by the kernel, every device judged from its own
 * descriptors, {@code authorized=1} written for those that are allowed and nothing at all for the
 * others.
 *
 * <p>For most uses: {@link jp.sekisho.agent.enforce.usb.UsbGate}. It decides by {@link
 * jp.sekisho.policy.usb.UsbEvaluator}, sees the machine through {@link
 * jp.sekisho.agent.enforce.usb.UsbPorts} and {@link jp.sekisho.agent.enforce.usb.UsbEvents}, and
 * records each decision before it takes effect. Blocking is the state without an agent: closed
 * gates stay closed when it ends, in whatever way.
 */
@NullMarked
package jp.sekisho.agent.enforce.usb;

import org.jspecify.annotations.NullMarked;
