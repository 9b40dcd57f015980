package jp.sekisho.policy.media;

/** Ways into a network. */
public enum NetworkKind {
  /** The built-in wired adapter. */
  WIRED,
  /** Wireless LAN. */
  WIFI,
  /** Tethering, modems, Bluetooth, USB adapters. */
  OTHER
}
