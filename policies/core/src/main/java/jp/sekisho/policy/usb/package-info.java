/**
 * Which USB devices a terminal releases: a pure decision over what a device says of itself in all
 * its configurations, by the part of a policy about USB.
 *
 * <p>For most uses: {@link jp.sekisho.policy.usb.UsbEvaluator}, by {@link
 * jp.sekisho.policy.usb.UsbRules}. There is no value that lets storage in: that takes a signed
 * grant.
 *
 * <p>Threats: a device that shows one face in its first configuration and another in the second,
 * one whose lengths lie, one that becomes storage when it is plugged in again. Not told apart by
 * anything here: an exact copy of a device's descriptors, and a device that types what its user did
 * not.
 */
@NullMarked
package jp.sekisho.policy.usb;

import org.jspecify.annotations.NullMarked;
