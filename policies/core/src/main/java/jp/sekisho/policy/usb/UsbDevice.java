package jp.sekisho.policy.usb;

import org.jspecify.annotations.Nullable;

/**
 * A device at a port, as read in one go: what a decision is about. Immutable.
 *
 * <p>Two readings are of one device exactly when their {@link #fingerprint} is equal.
 */
public final class UsbDevice {
  private final String port;
  private final byte[] descriptors;
  private final @Nullable String serial;
  private final String fingerprint;

  /**
   * A device.
   *
   * @param port the kernel's name of the port, such as {@code 3-1.2}: bus, then the hubs' ports
   * @param descriptors raw bytes of the kernel's {@code descriptors} file
   * @param manufacturer string of the device; null without one
   * @param product the same
   * @param serial the same; it is compared with enrolled ones and goes nowhere but into the
   *     fingerprint
   */
  public UsbDevice(
      String port,
      byte[] descriptors,
      @Nullable String manufacturer,
      @Nullable String product,
      @Nullable String serial) {
    this.port = port;
    this.descriptors = descriptors.clone();
    this.serial = serial;
    this.fingerprint = MediumFingerprint.of(descriptors, manufacturer, product, serial);
  }

  public String port() {
    return port;
  }

  public byte[] descriptors() {
    return descriptors.clone();
  }

  @Nullable String serial() {
    return serial;
  }

  /** {@link MediumFingerprint} of all it says of itself. */
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public String toString() {
    return "UsbDevice[" + port + ", " + fingerprint + "]";
  }
}
