package jp.sekisho.e2e.vm;

/** Devices that need nothing but themselves. */
public enum UsbPart implements Pluggable {
  KEYBOARD("usb-kbd"),
  MOUSE("usb-mouse"),
  HUB("usb-hub"),
  CARD_READER("usb-ccid");

  private final String driver;

  UsbPart(String driver) {
    this.driver = driver;
  }

  /** QEMU's name. */
  String driver() {
    return driver;
  }
}
