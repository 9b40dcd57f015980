package jp.sekisho.policy.usb;

import java.util.Optional;

/** The counter peripherals that are registered for a terminal: scanners, printers, tablets. */
public interface EnrolledDevices {
  /** Nothing is registered. */
  EnrolledDevices NONE = device -> Optional.empty();

  /** Id of the rule that registers {@code device}; empty when none does. */
  Optional<String> ruleFor(UsbDevice device);
}
