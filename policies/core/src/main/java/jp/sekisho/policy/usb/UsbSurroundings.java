package jp.sekisho.policy.usb;

/**
 * What the machine around a device looks like when it is judged.
 *
 * @param systemDisk the running system was started from this very device
 * @param inUseAtStart it was authorised already when the gate started, before anything was decided
 * @param otherKeyboard another USB keyboard is released now
 */
public record UsbSurroundings(boolean systemDisk, boolean inUseAtStart, boolean otherKeyboard) {
  /** A device plugged in alone. */
  public static final UsbSurroundings PLAIN = new UsbSurroundings(false, false, false);
}
