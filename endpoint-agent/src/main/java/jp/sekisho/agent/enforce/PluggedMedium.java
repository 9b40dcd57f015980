package jp.sekisho.agent.enforce;

/**
 * A storage device at a port of this terminal, blocked or open.
 *
 * @param device name of the port as the kernel has it, such as {@code 3-1} or {@code 3-1.2}
 * @param fingerprint {@link jp.sekisho.policy.usb.MediumFingerprint} of what is plugged in there
 */
public record PluggedMedium(String device, String fingerprint) {}
