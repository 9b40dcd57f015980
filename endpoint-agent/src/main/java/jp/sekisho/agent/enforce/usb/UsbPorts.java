package jp.sekisho.agent.enforce.usb;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import jp.sekisho.policy.usb.HidUsages;
import jp.sekisho.policy.usb.UsbDevice;

/** The machine's USB controllers and ports, as the kernel shows them. Thread-safe. */
public interface UsbPorts {
  /**
   * One reading of a port.
   *
   * @param device what is plugged in
   * @param number the kernel's device number, new at each enumeration
   * @param authorized whether the kernel lets drivers and programs use it
   */
  record Reading(UsbDevice device, int number, boolean authorized) {
    /** Whether {@code other} is the same enumeration of the same device. */
    boolean isSameDevice(Reading other) {
      return number == other.number && device.fingerprint().equals(other.device.fingerprint());
    }
  }

  /**
   * What the kernel put behind one interface of a released device.
   *
   * @param driver the kernel's name of the driver; {@code ?} when it cannot be told
   * @param carries whether files or a network are behind it
   */
  record Bound(String driver, boolean carries) {}

  /** Closes every controller: what is plugged in from now on waits for a decision. */
  void gate() throws IOException;

  /** Controllers that are not closed; empty when all are. */
  List<String> openControllers() throws IOException;

  /** Names of the ports with a device, hubs before what hangs on them; without root hubs. */
  List<String> occupied() throws IOException;

  /** What is at {@code port}; empty when nothing is there any more or it cannot be read whole. */
  Optional<Reading> read(String port);

  /** Lets the kernel use the device at {@code port}. Returns after its drivers are bound. */
  void authorize(String port) throws IOException;

  /** Takes the device at {@code port} away from the kernel's drivers and all programs. */
  void block(String port) throws IOException;

  /** Whether the device at {@code port} has interfaces, hence may have drivers. */
  boolean hasInterfaces(String port);

  /**
   * What the HID interfaces of a released device can do, by the report descriptors that the
   * kernel's drivers read; {@code NONE} before there are any.
   */
  HidUsages usages(String port);

  /** The drivers of the interfaces of a released device; empty before there are any. */
  List<Bound> bound(String port);

  /** Whether a block device hangs on {@code port} itself, not on a device behind it. */
  boolean hasVolume(String port);

  /** Ports the running system's own disks hang on, hubs on the way not included. */
  List<String> systemDisks();

  /**
   * Takes every mount of a block device behind {@code port} out of sight, lazily.
   *
   * @return whether none is left
   */
  boolean unmountAll(String port);
}
