/**
 * The part of a policy about USB devices.
 *
 * <p>For most uses: {@link jp.sekisho.policy.usb.UsbRules}, which a terminal's gate decides by.
 * There is no value that lets storage in: that takes a signed grant.
 */
@NullMarked
package jp.sekisho.policy.usb;

import org.jspecify.annotations.NullMarked;
